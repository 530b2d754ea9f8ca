/** `start` and `exit`: the ends of a path; they do nothing themselves (engine reference §3.2, §4.3). */
import type { DecidedHandler } from '../handler.js';

export const startHandler: DecidedHandler = {
  kind: 'decided',
  decide: () => ({ status: 'succeeded' }),
};

export const exitHandler: DecidedHandler = {
  kind: 'decided',
  decide: () => ({ status: 'succeeded', notes: 'Pipeline completed' }),
};

import type { Actor } from '@fabro/protocol';

/** Who asks, and over which way in. */
export interface Caller {
  readonly actor: Actor;
  readonly transport: 'unix' | 'tcp';
}

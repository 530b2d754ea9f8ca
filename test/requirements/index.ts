/**
 * What the engine reference asks for, as data: each single statement under an id. Tests cite ids in their
 * titles or in comments (`§4.1 weight`); test/house/requirements.test.ts finds what no test cites.
 */
import { COMMANDS } from './commands.js';
import { CONTEXT } from './context.js';
import { LINT } from './lint.js';
import { LOOP } from './loop.js';
import { ROUTING } from './routing.js';

/** Texts by id. An id is its section, a blank, and words that occur nowhere else in the section. */
export const REQUIREMENTS = { ...LINT, ...ROUTING, ...LOOP, ...CONTEXT, ...COMMANDS } as const;

export type RequirementId = keyof typeof REQUIREMENTS;

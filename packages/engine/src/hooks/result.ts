/** What a hook's run came to, and the pieces that both transports make it from. */
import type { HookDecision } from './decision.js';

export interface HookResult {
  readonly decision: HookDecision;
  readonly durationMs: number;
  /** Of a command that ended by itself. */
  readonly exitCode?: number;
  /** The redacted end of what it printed or answered. */
  readonly output?: string;
  /** Why the decision is not the hook's own word: what went wrong, and the remedy. */
  readonly error?: string;
}

/** A result before the time and the redactor. */
export type HookReply = Omit<HookResult, 'durationMs'>;

export const PROCEED: HookDecision = { decision: 'proceed' };

/** The run goes on, and the record says what was wrong. */
export function proceedDespite(error: string): HookReply {
  return { decision: PROCEED, error };
}

export function blockBecause(reason: string): HookReply {
  return { decision: { decision: 'block', reason } };
}

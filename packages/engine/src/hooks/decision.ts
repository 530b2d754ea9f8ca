/** What a hook decides, read from its output, and what several decide together (engine reference §9.1). */
import { parseJson } from '@fabro/protocol';
import { z } from 'zod';
import { MAX_DECISION_BYTES, MAX_DECISION_DEPTH } from '../limits.js';

export type HookDecision =
  /** Go on. */
  | { readonly decision: 'proceed' }
  /** Leave out what the event is about. */
  | { readonly decision: 'skip'; readonly reason?: string }
  /** End what the event is about, as a failure. */
  | { readonly decision: 'block'; readonly reason?: string }
  /** Go on by another edge. */
  | { readonly decision: 'override'; readonly reason?: string; readonly edge_to: string };

/** A hook's decision, and whether the run waits for that hook. */
export interface HookVote {
  readonly blocking: boolean;
  readonly decision: HookDecision;
}

const WEIGHT = { proceed: 0, skip: 1, override: 1, block: 2 } as const;

/** Block over skip and override over proceed; of equals the first. Hooks that do not block do not count. */
export function mergeDecisions(votes: readonly HookVote[]): HookDecision {
  return votes
    .filter(({ blocking }) => blocking)
    .map(({ decision }) => decision)
    .reduce<HookDecision>(
      (strongest, next) => (WEIGHT[next.decision] > WEIGHT[strongest.decision] ? next : strongest),
      { decision: 'proceed' },
    );
}

const reason = z.string().nullish();
const Decision = z.discriminatedUnion('decision', [
  z.object({ decision: z.literal('proceed'), reason }),
  z.object({ decision: z.literal('skip'), reason }),
  z.object({ decision: z.literal('block'), reason }),
  z.object({ decision: z.literal('override'), reason, edge_to: z.string().min(1) }),
]);

export type ReadDecision =
  | { readonly kind: 'decided'; readonly decision: HookDecision }
  /** Nothing but blanks. */
  | { readonly kind: 'silent' }
  /** Something else; `why` ends a sentence that says where it came from. */
  | { readonly kind: 'garbage'; readonly why: string };

const EXPECTED =
  'expected {"decision": "proceed" | "skip" | "block" | "override", "reason"?, "edge_to"?}';

/** Reads a decision; never throws. The caller redacts it. */
export function readDecision(text: string): ReadDecision {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'silent' };
  const json = parseJson(trimmed, {
    maxLength: MAX_DECISION_BYTES,
    maxDepth: MAX_DECISION_DEPTH,
  });
  if (!json.ok) return { kind: 'garbage', why: `no decision (${json.message}); ${EXPECTED}` };
  const parsed = Decision.safeParse(json.value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue?.path.join('.') ?? '';
    const about = place === '' ? 'another JSON value' : `bad "${place}"`;
    return { kind: 'garbage', why: `no decision (${about}); ${EXPECTED}` };
  }
  return { kind: 'decided', decision: decisionOf(parsed.data) };
}

function decisionOf(parsed: z.infer<typeof Decision>): HookDecision {
  if (parsed.decision === 'proceed') return { decision: 'proceed' };
  const why = parsed.reason == null ? {} : { reason: parsed.reason };
  return parsed.decision === 'override'
    ? { decision: 'override', ...why, edge_to: parsed.edge_to }
    : { decision: parsed.decision, ...why };
}

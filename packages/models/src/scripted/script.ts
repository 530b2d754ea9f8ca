/** The shape of a script file; `docs/reference/scripted-models.md` describes it for authors. */
import { z } from 'zod';
import { SCRIPT_MAX_DELAY_MS } from '../limits.js';
import type { ModelErrorKind } from '../port.js';

const ERROR_KINDS = [
  'authentication',
  'access_denied',
  'not_found',
  'invalid_request',
  'context_length',
  'quota_exceeded',
  'rate_limit',
  'server',
  'timeout',
  'network',
  'stream',
  'content_filter',
  'canceled',
] as const satisfies readonly ModelErrorKind[];

const tokens = z.int().nonnegative();

const Call = z.strictObject({
  tool: z.string().min(1),
  /** An object; a text is played as arguments that do not parse. */
  args: z.union([z.record(z.string(), z.json()), z.string()]).default({}),
});

const Turn = z
  .strictObject({
    say: z.string().optional(),
    reason: z.string().optional(),
    call: z.array(Call).min(1).optional(),
    when: z.strictObject({ contains: z.string().min(1) }).optional(),
    usage: z
      .strictObject({
        input_tokens: tokens,
        output_tokens: tokens,
        reasoning_tokens: tokens,
        cache_read_tokens: tokens,
        cache_write_tokens: tokens,
        total_usd_micros: tokens,
      })
      .partial()
      .optional(),
    delay_ms: z.int().nonnegative().max(SCRIPT_MAX_DELAY_MS).optional(),
    error: z
      .strictObject({
        kind: z.enum(ERROR_KINDS),
        message: z.string().min(1),
        retry_after_ms: z.int().nonnegative().optional(),
      })
      .optional(),
  })
  .refine((turn) => turn.say !== undefined || turn.call !== undefined || turn.error !== undefined, {
    error: 'a turn needs say, call or error',
  })
  .refine(
    (turn) => turn.error === undefined || (turn.say ?? turn.reason ?? turn.call) === undefined,
    {
      error: 'a turn with error cannot say, reason or call',
    },
  );
export type ScriptTurn = z.infer<typeof Turn>;

const Section = z.strictObject({
  /** Text of the first user message that this section is for; absent: for every other session. */
  session: z.string().min(1).optional(),
  turns: z.array(Turn).min(1),
});

/** What a file holds: turns, or sections of turns. */
export const ScriptFile = z.strictObject({ sessions: z.array(Section).min(1) });

/** A parsed script; `path` is the file it came from, for messages. */
export interface Script {
  readonly path: string;
  readonly sessions: readonly z.infer<typeof Section>[];
}

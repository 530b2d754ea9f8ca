/** File writes that survive a kill: hashes before and after are recorded with the start, and compared afterwards. */
import { type AnyEvent, EVENT_PROPERTIES, type JsonObject, messageOf } from '@fabro/protocol';
import { z } from 'zod';
import { hashOf, readIfThere } from './tools/file-contents.js';
import {
  type FilePlan,
  type ToolAct,
  type ToolContext,
  type ToolOutcome,
  refusal,
} from './tools/tool.js';

const Recovery = z.object({
  path: z.string(),
  before: z.string().nullable(),
  after: z.string(),
  /** What the model is told when the write was done: the same words with and without a kill. */
  result: z.string(),
});
const Started = EVENT_PROPERTIES['agent.tool.started'].extend({ recovery: Recovery.optional() });

export interface PlannedWrite {
  /** For the started event; absent when nothing will be written. */
  readonly recovery?: JsonObject;
  run(signal: AbortSignal): Promise<ToolOutcome>;
  /** After a kill: the result when the write was done or must not be done, `repeat` when it was not done yet. */
  reconcile(started: AnyEvent, signal: AbortSignal): Promise<ToolOutcome | 'repeat'>;
}

/** Rejects only when the signal aborts. */
export async function planFileWrite(
  act: Extract<ToolAct, { recovery: 'reconcile' }>,
  context: ToolContext,
): Promise<PlannedWrite> {
  const plan = await planOf(act, context);
  const { sandbox } = context;
  return {
    ...(plan.kind === 'write'
      ? {
          recovery: {
            path: plan.place,
            before: plan.beforeHash,
            after: hashOf(plan.after),
            result: plan.outcome.text,
          },
        }
      : {}),
    async run() {
      if (plan.kind === 'write') await sandbox.writeFile(plan.place, plan.after);
      return plan.outcome;
    },
    async reconcile(started) {
      const { recovery } = Started.parse(started.properties);
      if (recovery === undefined) return 'repeat';
      const bytes = await readIfThere(sandbox, recovery.path);
      const now = bytes === undefined ? null : hashOf(bytes);
      if (now === recovery.after) return done(recovery.path, recovery.result);
      if (now === recovery.before) return 'repeat';
      return refusal(
        `'${recovery.path}' was changed by something else while this call was interrupted by a restart; ` +
          'the call was not repeated. Read the file again before you change it.',
      );
    },
  };
}

function done(place: string, text: string): ToolOutcome {
  return { text, isError: false, filesRead: [place], filesTouched: [place] };
}

async function planOf(
  act: Extract<ToolAct, { recovery: 'reconcile' }>,
  context: ToolContext,
): Promise<FilePlan> {
  try {
    return await act.plan(context);
  } catch (error) {
    context.signal.throwIfAborted();
    return { kind: 'refuse', outcome: refusal(messageOf(error)) };
  }
}

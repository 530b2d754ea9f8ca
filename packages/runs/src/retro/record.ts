/** The retro of a run that is about to end, as events. */
import type { RunState } from '@fabro/engine';
import type { Journal } from '@fabro/journal';
import {
  AnyEvent,
  isoTime,
  messageOf,
  parseRunEvent,
  type Clock,
  type EventDraft,
  type RunId,
} from '@fabro/protocol';
import { readStream } from '../read-stream.js';
import { retroOf, type AttemptEnd } from './retro-of.js';

export interface RetroPorts {
  readonly journal: Journal;
  readonly clock: Clock;
}

/**
 * What to record before the run's last event: nothing for a run that has no checkpoint. The run's events must
 * be on disk. Never rejects: a retro that cannot be made is `retro.failed`, and the run ends all the same.
 */
export async function retroEvents(
  state: RunState,
  { dryRun }: { readonly dryRun: boolean },
  { journal, clock }: RetroPorts,
): Promise<readonly EventDraft[]> {
  const startedMs = clock.now();
  const started: EventDraft = { event: 'retro.started', properties: {} };
  const duration = (): number => Math.max(0, clock.now() - startedMs);
  try {
    const { ends, checkpoint } = await attemptEnds(journal, state.runId);
    if (!checkpoint) return [];
    const retro = retroOf(
      {
        runId: state.runId,
        workflowName: state.name,
        goal: state.goal,
        timestamp: isoTime(startedMs),
        durationMs: Math.max(0, startedMs - (state.startedAtMs ?? state.createdAtMs)),
        dryRun,
      },
      ends,
    );
    return [started, { event: 'retro.completed', properties: { duration_ms: duration(), retro } }];
  } catch (error) {
    const failure = { error: messageOf(error), duration_ms: duration() };
    return [started, { event: 'retro.failed', properties: failure }];
  }
}

interface Ends {
  readonly ends: readonly AttemptEnd[];
  readonly checkpoint: boolean;
}

/** Only what a retro reads is parsed: a run has many events for each end of an attempt. */
async function attemptEnds(journal: Journal, run: RunId): Promise<Ends> {
  const ends: AttemptEnd[] = [];
  let checkpoint = false;
  for await (const { type, json } of readStream(journal, run)) {
    if (type === 'checkpoint.completed') checkpoint = true;
    if (type !== 'stage.completed' && type !== 'stage.failed') continue;
    const event = parseRunEvent(AnyEvent.parse(JSON.parse(json)));
    if (event?.event === 'stage.completed' || event?.event === 'stage.failed') ends.push(event);
  }
  return { ends, checkpoint };
}

/** From the journal to a state and the calls that were open or done in its open stages. */
import {
  AnyEvent,
  FabroError,
  eventSeq,
  parseRunEvent,
  runStream,
  type RunId,
} from '@fabro/protocol';
import { MAX_READ_EVENTS, type Journal } from '@fabro/journal';
import type { RecordedCall } from '../calls.js';
import { fold, ImpossibleEvent } from '../fold.js';
import { decodeSnapshot, SNAPSHOT_VERSION } from '../snapshot.js';
import { initialState, openStage, type RunState } from '../state.js';

export interface Recovered {
  readonly state: RunState;
  readonly recorded: ReadonlyMap<string, RecordedCall>;
}

/** Folds a run's stream. Rejects with FabroError `not_found` for an unknown run, with ImpossibleEvent for a stream that contradicts itself. */
export function recoverRun(journal: Journal, runId: RunId): Recovered {
  const state = foldStream(journal, runId);
  if (state.seq === 0) throw new FabroError('not_found', `Run ${runId} not found.`);
  return { state, recorded: recordedCalls(journal, state) };
}

/** The state alone; an unknown run gives the empty one. */
export function foldStream(journal: Journal, runId: RunId): RunState {
  const snapshot = journal.snapshot(runStream(runId));
  const state =
    (snapshot?.version === SNAPSHOT_VERSION ? decodeSnapshot(runId, snapshot.body) : undefined) ??
    initialState(runId);
  for (const event of eventsAfter(journal, runId, state.seq)) {
    const known = parseRunEvent(event);
    try {
      if (known !== undefined) fold(state, known);
    } catch (error) {
      throw new ImpossibleEvent(
        `run ${runId}, event ${event.seq}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
    state.seq = event.seq;
  }
  return state;
}

/** Calls of the attempts that are open, by key: what a handler that goes on is given back. */
function recordedCalls(journal: Journal, state: RunState): ReadonlyMap<string, RecordedCall> {
  const open = [...state.frames.values()]
    .map((f) => (f.phase.kind === 'running' ? openStage(f)?.openedSeq : undefined))
    .filter((s) => s !== undefined && s > 0);
  const calls = new Map<string, RecordedCall>();
  if (open.length === 0) return calls;
  for (const event of eventsAfter(journal, state.runId, Math.min(...open.map(Number)) - 1)) {
    if (event.call === undefined) continue;
    const before = calls.get(event.call) ?? {};
    calls.set(
      event.call,
      event.call_phase === 'started' ? { ...before, started: event } : { ...before, ended: event },
    );
  }
  return calls;
}

function* eventsAfter(journal: Journal, runId: RunId, seq: number): Generator<AnyEvent> {
  let after = eventSeq(seq);
  while (after !== undefined) {
    const page = journal.read(runStream(runId), { after, limit: MAX_READ_EVENTS });
    for (const stored of page) yield AnyEvent.parse(JSON.parse(stored.json));
    after = page.length < MAX_READ_EVENTS ? undefined : page.at(-1)?.seq;
  }
}

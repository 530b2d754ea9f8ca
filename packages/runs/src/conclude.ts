/** How conducting a run ends: in order, by a failure to begin, by a defect, or because the journal fails. */
import {
  ImpossibleEvent,
  LeaseLost,
  foldStream,
  takeRun,
  type Conclusion,
  type Recorder,
  type RunState,
} from '@fabro/engine';
import {
  FabroError,
  ROOT_FRAME,
  messageOf,
  runStream,
  type EventDraft,
  type RunId,
  type StatusReason,
} from '@fabro/protocol';
import { BeginFailed } from './begin-failed.js';
import type { ConductPorts, Conducted } from './conduct-ports.js';
import { retroEvents } from './retro/record.js';

/** The server lets the run go in order; the next one takes it up. */
export async function suspend(recorder: Recorder, ports: ConductPorts): Promise<Conducted> {
  recorder.record([{ event: 'run.suspended', properties: {} }]);
  await recorder.commit();
  await release(recorder, ports);
  return 'suspended';
}

/** What is recorded stands; a lease that could not be given back is taken over by the next owner. */
async function release({ state }: Recorder, ports: ConductPorts): Promise<void> {
  try {
    await ports.journal.releaseLease(runStream(state.runId), state.epoch);
  } catch (error) {
    ports.log('warn', { run: state.runId, error: messageOf(error) }, 'the lease was not released');
  }
}

export interface EndPorts extends ConductPorts {
  /** How a retro is to be made; absent when none is wanted. */
  readonly retro?: { readonly dryRun: boolean };
}

/** Records the retro and the last event of the run in one append, so that no crash comes between them. */
export async function conclude(
  recorder: Recorder,
  conclusion: Conclusion,
  ports: EndPorts,
): Promise<void> {
  const { state } = recorder;
  const sha = state.frames.get(ROOT_FRAME)?.headSha;
  const common = {
    duration_ms: Math.max(0, ports.clock.now() - (state.startedAtMs ?? state.createdAtMs)),
    ...(state.usage === undefined ? {} : { billing: state.usage }),
  };
  const event: EventDraft =
    conclusion.status === 'completed'
      ? {
          event: 'run.completed',
          properties: {
            ...common,
            status: conclusion.reason === 'completed' ? 'succeeded' : 'partially_succeeded',
            reason: conclusion.reason,
            ...(sha === undefined ? {} : { final_git_commit_sha: sha }),
          },
        }
      : {
          event: 'run.failed',
          properties: {
            ...common,
            error: conclusion.error,
            reason: conclusion.reason,
            ...(sha === undefined ? {} : { git_commit_sha: sha }),
          },
        };
  // A retro is made from what is on disk.
  if (ports.retro !== undefined) await recorder.commit();
  const retro = ports.retro === undefined ? [] : await retroEvents(state, ports.retro, ports);
  recorder.record([...unanswered(state), ...retro, event]);
  await recorder.commit();
  await release(recorder, ports);
}

/** Questions that a run leaves open when a defect ends it: nobody is asked them any more. */
function unanswered(state: RunState): readonly EventDraft[] {
  return [...state.questions.values()]
    .filter((question) => question.answer === undefined)
    .map((question) => ({
      stage_id: question.stageId,
      event: 'interview.interrupted',
      properties: { question_id: question.id, reason: 'the run ended' },
    }));
}

/** What an error that reached the end of conducting comes to. Never rejects. */
export async function failed(
  run: RunId,
  recorder: Recorder | undefined,
  error: unknown,
  ports: EndPorts,
  signal: AbortSignal,
): Promise<Conducted> {
  if (error instanceof LeaseLost) {
    ports.log('warn', { run }, error.message);
    return 'lost';
  }
  if (recorder === undefined) return notTaken(run, error, ports, signal);
  if (error instanceof ImpossibleEvent) return setAside(run, error, ports);
  if (signal.aborted) return letGo(recorder, ports);
  if (error instanceof FabroError && UNWRITABLE.has(error.code)) {
    ports.log(
      'error',
      { run, error: error.message },
      'the journal cannot be written; the run goes on when the server is started again',
    );
    return 'suspended';
  }
  const reason: StatusReason = error instanceof BeginFailed ? error.reason : 'terminated';
  if (!(error instanceof BeginFailed))
    ports.log(
      'error',
      { run, error: error instanceof Error ? error.stack : String(error) },
      'a defect ended the run',
    );
  try {
    // A recorder whose append was refused records nothing any more; the run's end needs a fresh one.
    const fit = recorder.lost.aborted ? (await takeRun(run, ports)).recorder : recorder;
    await conclude(fit, { status: 'failed', reason, error: messageOf(error) }, ports);
  } catch (second) {
    ports.log('error', { run, error: messageOf(second) }, "the run's end could not be recorded");
  }
  return 'ended';
}

/** What appends reject with when the fault is the journal's and not the run's. */
const UNWRITABLE: ReadonlySet<string> = new Set([
  'unavailable',
  'storage_full',
  'storage_corrupt',
  'storage_unwritable',
]);

/** A run that could not be taken over: it was deleted, its stream is damaged, or the journal failed. */
function notTaken(run: RunId, error: unknown, ports: ConductPorts, signal: AbortSignal): Conducted {
  if (signal.aborted) return 'suspended';
  if (error instanceof FabroError && error.code === 'not_found') {
    ports.log('warn', { run }, 'the run was deleted before it could begin');
    return 'lost';
  }
  if (!foldable(run, ports)) return setAside(run, error, ports);
  ports.log(
    'error',
    { run, error: messageOf(error) },
    'the run could not be taken over; it goes on when the journal can be written again',
  );
  return 'suspended';
}

function foldable(run: RunId, ports: ConductPorts): boolean {
  try {
    foldStream(ports.journal, run);
    return true;
  } catch {
    // What is wrong with it is in the error that led here.
    return false;
  }
}

function setAside(run: RunId, error: unknown, ports: ConductPorts): Conducted {
  ports.log(
    'error',
    { run, error: messageOf(error) },
    'the run is set aside: its stream cannot be folded',
  );
  return 'quarantined';
}

/** The server stops in the middle of something: said in the stream, so that it does not count as a crash. */
async function letGo(recorder: Recorder, ports: ConductPorts): Promise<Conducted> {
  const { startedAtMs, workingDirectory } = recorder.state;
  const nothingYet = startedAtMs === undefined && workingDirectory === undefined;
  if (nothingYet || recorder.lost.aborted) return 'suspended';
  try {
    return await suspend(recorder, ports);
  } catch (error) {
    ports.log(
      'warn',
      { run: recorder.state.runId, error: messageOf(error) },
      'the run was let go without a record of it',
    );
    return 'suspended';
  }
}

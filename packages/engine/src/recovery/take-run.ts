/** Taking a run over: the lease, the fold, and the record that says so. */
import { FabroError, runStream, type Clock, type IdSource, type RunId } from '@fabro/protocol';
import type { Journal } from '@fabro/journal';
import type { RecordedCall } from '../calls.js';
import { Recorder } from '../recorder.js';
import { recoverRun } from './recover.js';

export interface TakeRunPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Names this server in the lease. */
  readonly holder: string;
}

export interface TakenRun {
  readonly recorder: Recorder;
  readonly recorded: ReadonlyMap<string, RecordedCall>;
}

/** The storage root's holder is the only one that takes runs; its leases end with it and not with time. */
const FOREVER_MS = 1_000 * 60 * 60 * 24 * 365 * 100;

/**
 * Acquires the lease with a new epoch and folds the stream. A run that had begun gets `run.resumed` before
 * anything else happens. Rejects with `not_found`, or with ImpossibleEvent for a damaged stream.
 * @param clean true when the last server let the run go in order.
 */
export async function takeRun(
  runId: RunId,
  clean: boolean,
  ports: TakeRunPorts,
): Promise<TakenRun> {
  const lease = await ports.journal.acquireLease(runStream(runId), {
    holder: ports.holder,
    nowMs: ports.clock.now(),
    ttlMs: FOREVER_MS,
    takeOver: true,
  });
  if (!lease.ok) throw new FabroError('conflict', `run ${runId} is held by ${lease.holder}`);
  const { state, recorded } = recoverRun(ports.journal, runId);
  state.epoch = lease.epoch;
  const recorder = new Recorder(state, ports);
  if (state.startedAtMs !== undefined) {
    recorder.record([{ event: 'run.resumed', properties: { epoch: lease.epoch, clean } }]);
    await recorder.commit();
  }
  return { recorder, recorded };
}

/** Taking a run over: the lease, the fold, and the record that says so. */
import { FabroError, runStream, type RunId } from '@fabro/protocol';
import type { RecordedCall } from '../calls.js';
import { Recorder, type RecorderPorts } from '../recorder.js';
import { recoverRun } from './recover.js';

export interface TakeRunPorts extends RecorderPorts {
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
 */
export async function takeRun(runId: RunId, ports: TakeRunPorts): Promise<TakenRun> {
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
    recorder.record([{ event: 'run.resumed', properties: { epoch: lease.epoch } }]);
    await recorder.commit();
  }
  return { recorder, recorded };
}

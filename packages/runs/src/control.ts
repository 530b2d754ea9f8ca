/** Cancel, pause, unpause, start, resume: requests from outside, each with what must be true for it. */
import {
  isTerminal,
  type EventDraft,
  type FabroError,
  type RunId,
  type RunStatus,
} from '@fabro/protocol';
import type { AppendResult, Precondition } from '@fabro/journal';
import {
  appendOutside,
  archivedIs,
  conflict,
  NOT_CANCELLING,
  NOTHING_PENDING,
  statusIn,
  type OutsidePorts,
} from './append.js';
import { archivedRefusal } from './archive.js';
import type { Caller } from './service.js';

/** What a control request comes to: the run's status when it lost. */
function refusedStatus(
  result: AppendResult,
): { readonly column: string; readonly actual: string } | undefined {
  if (result.ok) return undefined;
  if (result.reason === 'lease_lost') return { column: 'epoch', actual: String(result.epoch) };
  const column =
    result.precondition.kind === 'row' ? result.precondition.column : result.precondition.kind;
  return { column, actual: String(result.actual ?? 'missing') };
}

async function request(
  ports: OutsidePorts,
  run: RunId,
  caller: Caller,
  drafts: readonly EventDraft[],
  preconditions: readonly Precondition[],
): Promise<{ readonly column: string; readonly actual: string } | undefined> {
  return refusedStatus(
    await appendOutside(ports, { run, drafts, preconditions, actor: caller.actor }),
  );
}

/** A run that waits is cancelled at once; one that acts is asked to end. Repeatable. */
export async function cancelRun(run: RunId, caller: Caller, ports: OutsidePorts): Promise<void> {
  const asked: EventDraft = { event: 'run.cancel.requested', properties: { action: 'cancel' } };
  const ended: EventDraft = {
    event: 'run.failed',
    properties: { error: 'Pipeline cancelled', duration_ms: 0, reason: 'cancelled' },
  };
  const waiting = await request(
    ports,
    run,
    caller,
    [asked, ended],
    [statusIn('submitted', 'queued')],
  );
  if (waiting === undefined) return;
  const active = await request(
    ports,
    run,
    caller,
    [asked],
    [statusIn('starting', 'running', 'paused'), NOT_CANCELLING],
  );
  if (active === undefined || active.column === 'cancelling') return;
  throw conflict(`Run is not cancellable. Its status is ${active.actual}.`);
}

export async function pauseRun(run: RunId, caller: Caller, ports: OutsidePorts): Promise<void> {
  const refused = await request(
    ports,
    run,
    caller,
    [{ event: 'run.pause.requested', properties: { action: 'pause' } }],
    [statusIn('running'), ...NOTHING_PENDING],
  );
  if (refused !== undefined)
    throw pending(refused) ?? conflict(`Run is not pausable. Its status is ${refused.actual}.`);
}

export async function unpauseRun(run: RunId, caller: Caller, ports: OutsidePorts): Promise<void> {
  const refused = await request(
    ports,
    run,
    caller,
    [{ event: 'run.unpause.requested', properties: { action: 'unpause' } }],
    [statusIn('paused'), ...NOTHING_PENDING],
  );
  if (refused !== undefined)
    throw pending(refused) ?? conflict(`Run is not paused. Its status is ${refused.actual}.`);
}

function pending(refused: { readonly column: string }): FabroError | undefined {
  return refused.column === 'pending' || refused.column === 'cancelling'
    ? conflict('Run control request is already pending.')
    : undefined;
}

/** Puts a submitted run into the queue. */
export async function queueRun(run: RunId, caller: Caller, ports: OutsidePorts): Promise<void> {
  const refused = await request(
    ports,
    run,
    caller,
    [{ event: 'run.queued', properties: {} }],
    [statusIn('submitted')],
  );
  if (refused === undefined) return;
  throw refused.actual === 'starting' || refused.actual === 'running' || refused.actual === 'paused'
    ? conflict('an engine process is still running for this run — cannot start')
    : conflict(`cannot start run: status is ${refused.actual}, expected submitted`);
}

/** Puts an ended run that did not succeed back into the queue; it goes on where it was. */
export async function resumeRun(
  run: RunId,
  status: RunStatus,
  hasBegun: boolean,
  caller: Caller,
  ports: OutsidePorts,
): Promise<void> {
  if (status === 'completed')
    throw conflict('run already finished successfully — nothing to resume');
  if (status === 'submitted' || status === 'queued')
    throw conflict(`cannot start run: status is ${status}, expected submitted`);
  if (!isTerminal(status))
    throw conflict('an engine process is still running for this run — cannot start');
  if (!hasBegun) throw conflict('no checkpoint to resume from');
  const refused = await request(
    ports,
    run,
    caller,
    [
      { event: 'run.submitted', properties: {} },
      { event: 'run.queued', properties: {} },
    ],
    [statusIn('failed', 'cancelled'), archivedIs(0)],
  );
  if (refused?.column === 'archived') throw archivedRefusal(run);
  if (refused !== undefined) throw conflict(`cannot resume run: status is ${refused.actual}`);
}

/** Takes a queued run out of the queue; false when something else happened to it first. */
export async function claimRun(run: RunId, ports: OutsidePorts): Promise<boolean> {
  const result = await appendOutside(ports, {
    run,
    drafts: [{ event: 'run.starting', properties: {} }],
    preconditions: [statusIn('queued')],
  });
  return result.ok;
}

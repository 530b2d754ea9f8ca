/** Archived runs: hidden from lists and left alone, until they are restored. */
import { TERMINAL_STATUSES, type EventDraft, type FabroError, type RunId } from '@fabro/protocol';
import type { AppendResult } from '@fabro/journal';
import { appendOutside, archivedIs, conflict, statusIn, type OutsidePorts } from './append.js';
import type { RunRow } from './rows.js';
import type { Caller } from './service.js';

/** What every operation that an archived run does not take throws. */
export function archivedRefusal(run: string): FabroError {
  return conflict(
    `run ${run} is archived; run \`fabro unarchive ${run}\` to restore it and try again`,
  );
}

/** Throws `conflict` for an archived run. */
export function refuseArchived(row: RunRow): void {
  if (row.archived_at !== null) throw archivedRefusal(row.id);
}

/**
 * Archives an ended run, with what belongs to it in the same append. False when it was archived before.
 * Rejects with `conflict` for a run that has not ended.
 */
export async function archiveRun(
  run: RunId,
  caller: Caller,
  ports: OutsidePorts,
  before: readonly EventDraft[] = [],
): Promise<boolean> {
  const result = await appendOutside(ports, {
    run,
    actor: caller.actor,
    drafts: [...before, { event: 'run.archived', properties: {} }],
    preconditions: [statusIn(...TERMINAL_STATUSES), archivedIs(0)],
  });
  if (result.ok) return true;
  if (failedColumn(result) === 'archived') return false;
  throw conflict(
    `run ${run} is ${actual(result)}; only an ended run can be archived. Cancel it first: \`fabro cancel ${run}\`.`,
  );
}

/** Restores an archived run; one that is not archived stays as it is. Rejects with `conflict` for a run that has not ended. */
export async function unarchiveRun(run: RunId, caller: Caller, ports: OutsidePorts): Promise<void> {
  const result = await appendOutside(ports, {
    run,
    actor: caller.actor,
    drafts: [{ event: 'run.unarchived', properties: {} }],
    preconditions: [statusIn(...TERMINAL_STATUSES), archivedIs(1)],
  });
  if (!result.ok && failedColumn(result) !== 'archived')
    throw conflict(`run ${run} is ${actual(result)} and was never archived; only ended runs are`);
}

function failedColumn(result: AppendResult): string | undefined {
  return !result.ok && result.reason === 'precondition_failed' && result.precondition.kind === 'row'
    ? result.precondition.column
    : undefined;
}

function actual(result: AppendResult): string {
  return !result.ok && result.reason === 'precondition_failed'
    ? String(result.actual ?? 'missing')
    : 'missing';
}

/** Single facts about runs, read from their rows: does it exist, what is its status, what was it made from. */
import {
  FabroError,
  RunManifest,
  isTerminal,
  parseBlobHash,
  parseRunId,
  type ApiQuestion,
  type Clock,
  type RunId,
  type RunStatusResponse,
  type RunSummary,
} from '@fabro/protocol';
import type { Condition, Journal, Row } from '@fabro/journal';
import { MAX_LISTED_STAGES } from './limits.js';
import { checkManifest, type CheckedManifest } from './manifest/check.js';
import { questionOf, runRow, statusOf, summaryOf, type RunRow } from './rows.js';

/** Every lookup by id throws FabroError `not_found` for an unknown or malformed one. */
export interface Lookups {
  row(id: string): RunRow;
  run(id: string): RunId;
  status(id: string): RunStatusResponse;
  summary(row: RunRow): RunSummary;
  manifest(run: RunId): CheckedManifest;
  /** A question that still waits for its answer. */
  openQuestion(run: RunId, question: string): ApiQuestion | undefined;
}

/** Leaves out forks whose history is still being copied. */
export const WHOLE: Condition = { column: 'forking', in: [0] };

export function notFound(id: string): FabroError {
  return new FabroError('not_found', `Run ${id} not found.`);
}

export function createLookups(journal: Journal, clock: Pick<Clock, 'now'>): Lookups {
  const row = (id: string): RunRow => {
    const run = parseRunId(id);
    const [found] =
      run === undefined
        ? []
        : journal.select({
            table: 'runs',
            where: [{ column: 'stream', in: [run] }, WHOLE],
            limit: 1,
          });
    if (found === undefined) throw notFound(id);
    return runRow(found);
  };
  return {
    row,
    run: (id) => {
      const run = parseRunId(row(id).id);
      if (run === undefined) throw notFound(id);
      return run;
    },
    status: (id) => {
      const found = row(id);
      return statusOf(found, queuePosition(journal, found));
    },
    summary: (found) =>
      summaryOf(found, queuePosition(journal, found), activeStages(journal, found)),
    manifest: (run) => {
      const hash = parseBlobHash(row(run).manifest_blob);
      const bytes = hash === undefined ? undefined : journal.blob(hash);
      if (bytes === undefined)
        throw new FabroError('not_found', `the manifest of run ${run} is not in the journal`);
      return checkManifest(RunManifest.parse(JSON.parse(new TextDecoder().decode(bytes))));
    },
    openQuestion: (run, question) => {
      const [found] = journal.select({
        table: 'questions',
        where: [
          { column: 'stream', in: [run] },
          { column: 'question_id', in: [question] },
          { column: 'status', in: ['open'] },
        ],
        limit: 1,
      });
      return found === undefined ? undefined : questionOf(found, clock.now());
    },
  };
}

/** Rows of the stages under way, newest first. */
function activeStages(journal: Journal, row: RunRow): readonly Row[] {
  if (isTerminal(row.status)) return [];
  return journal.select({
    table: 'stages',
    where: [
      { column: 'stream', in: [row.id] },
      { column: 'status', in: ['running', 'retrying'] },
    ],
    orderBy: [{ column: 'opened_seq', descending: true }],
    limit: MAX_LISTED_STAGES,
  });
}

/** The place of a queued run, from 1: counted by the index, so that no other queued run is read. */
function queuePosition(journal: Journal, row: RunRow): number | undefined {
  if (row.status !== 'queued' || row.queued_at === null) return undefined;
  const queued = { column: 'status', in: ['queued'] };
  const earlier = journal.count({
    table: 'runs',
    where: [queued, { column: 'queued_at', lessThan: row.queued_at }],
  });
  const sameMoment = journal.count({
    table: 'runs',
    where: [
      queued,
      { column: 'queued_at', in: [row.queued_at] },
      { column: 'stream', lessThan: row.id },
    ],
  });
  return 1 + earlier + sameMoment;
}

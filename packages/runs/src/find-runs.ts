/** Finding runs by what people remember of them: filters of lists, beginnings of ids, names of workflows. */
import { FabroError } from '@fabro/protocol';
import { MAX_SELECT_ROWS, type Journal } from '@fabro/journal';
import { notFound, WHOLE } from './lookups.js';
import { hasLabels, runRow, type RunRow } from './rows.js';
import type { RunFilter } from './service.js';

/** Runs that fit a filter, newest first. */
export function listRuns(
  journal: Journal,
  filter: RunFilter,
  limit: number,
  offset: number,
): readonly RunRow[] {
  const select = (most: number, from: number): readonly RunRow[] =>
    journal
      .select({
        table: 'runs',
        where: [
          WHOLE,
          ...(filter.includeArchived === true ? [] : [{ column: 'archived', in: [0] }]),
          ...(filter.status === undefined ? [] : [{ column: 'status', in: filter.status }]),
        ],
        orderBy: [
          { column: 'created_at', descending: true },
          { column: 'stream', descending: true },
        ],
        limit: most,
        offset: from,
      })
      .map(runRow);
  const { labels, workflow } = filter;
  if (labels === undefined && workflow === undefined) return select(limit, offset);
  // Labels are one JSON text in a row, a workflow has two names: they are compared here, before the page is cut.
  return select(MAX_SELECT_ROWS, 0)
    .filter((row) => labels === undefined || hasLabels(row, labels))
    .filter(
      (row) =>
        workflow === undefined || row.workflow_name === workflow || row.workflow_slug === workflow,
    )
    .slice(offset, offset + limit);
}

/** Ids are told apart by this many characters or more; shorter text is rather a name. */
const MIN_ID_PREFIX = 4;

/**
 * An id or its unambiguous beginning, else the newest run of a workflow of that name. Throws `not_found`, or
 * `invalid_argument` for a beginning that several runs share.
 */
export function resolveSelector(journal: Journal, selector: string): RunRow {
  const name = plainName(selector);
  if (name === '') throw notFound(selector);
  const byId = journal
    .select({
      table: 'runs',
      where: [{ column: 'stream', startsWith: selector.toUpperCase() }, WHOLE],
      limit: 2,
    })
    .map(runRow);
  const [first] = byId;
  if (first !== undefined && byId.length === 1) return first;
  const newest =
    selector.length >= MIN_ID_PREFIX && byId.length > 1 ? undefined : named(journal, name);
  if (newest !== undefined) return newest;
  if (byId.length > 1)
    throw new FabroError(
      'invalid_argument',
      `"${selector}" begins the ids of several runs; give more of the id`,
    );
  throw notFound(selector);
}

function named(journal: Journal, name: string): RunRow | undefined {
  return journal
    .select({
      table: 'runs',
      where: [WHOLE],
      orderBy: [
        { column: 'created_at', descending: true },
        { column: 'stream', descending: true },
      ],
      limit: MAX_SELECT_ROWS,
    })
    .map(runRow)
    .find(
      (row) =>
        plainName(row.workflow_slug ?? '') === name ||
        plainName(row.workflow_name ?? '').includes(name),
    );
}

/** Case, `-` and `_` do not count. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

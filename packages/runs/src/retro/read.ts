/** Retros as they are asked for. */
import { MAX_SELECT_ROWS, type Journal, type Row } from '@fabro/journal';
import { Retro, type RetroListItem, type RunId, type Smoothness } from '@fabro/protocol';
import type { Lookups } from '../lookups.js';

export interface RetroFilter {
  /** Name or slug of a workflow. */
  readonly workflow?: string;
  readonly smoothness?: Smoothness;
}

/** The retro of a run; undefined when none has been recorded. */
export function readRetro(journal: Journal, run: RunId): Retro | undefined {
  const where = [{ column: 'stream', in: [run] }];
  const [row] = journal.select({ table: 'retros', where, limit: 1 });
  return row === undefined ? undefined : retroIn(row);
}

/** Retros that fit a filter, newest first. */
export function listRetros(
  journal: Journal,
  look: Lookups,
  { workflow, smoothness }: RetroFilter,
  limit: number,
  offset: number,
): readonly RetroListItem[] {
  const select = (most: number, from: number): readonly RetroListItem[] =>
    journal
      .select({
        table: 'retros',
        ...(smoothness === undefined
          ? {}
          : { where: [{ column: 'smoothness', in: [smoothness] }] }),
        orderBy: [
          { column: 'at', descending: true },
          { column: 'stream', descending: true },
        ],
        limit: most,
        offset: from,
      })
      .map((row) => itemOf(row, look));
  if (workflow === undefined) return select(limit, offset);
  // A workflow's slug stands in the run's own row: it is compared here, before the page is cut.
  return select(MAX_SELECT_ROWS, 0)
    .filter(
      (item) => item.workflow.slug === workflow || look.row(item.run.id).workflow_name === workflow,
    )
    .slice(offset, offset + limit);
}

function itemOf(row: Row, look: Lookups): RetroListItem {
  const retro = retroIn(row);
  const run = look.summary(look.row(row.stream));
  return {
    run: { id: row.stream, title: run.title ?? retro.workflow_name },
    workflow: { slug: run.workflow_slug ?? retro.workflow_name },
    timestamp: retro.timestamp,
    ...(retro.smoothness === undefined ? {} : { smoothness: retro.smoothness }),
    stats: retro.stats,
    friction_point_count: retro.friction_points?.length ?? 0,
  };
}

function retroIn(row: Row): Retro {
  const { retro } = row.cells;
  return Retro.parse(JSON.parse(typeof retro === 'string' ? retro : ''));
}

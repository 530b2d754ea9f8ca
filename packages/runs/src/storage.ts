/** What runs take up on disk, and giving it back. */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '@fabro/git';
import { MAX_SELECT_ROWS, type Journal } from '@fabro/journal';
import {
  FabroError,
  callKey,
  isTerminal,
  parseRunId,
  runStream,
  type Clock,
  type RunId,
  type RunStatus,
  TERMINAL_STATUSES,
} from '@fabro/protocol';
import { MAX_PRUNED_RUNS, MAX_SIZED_RUNS, PRUNE_AGE_MS } from './limits.js';
import { hasLabels, runRow, type RunRow } from './rows.js';
import type { DiskUsage, PruneRequest, PruneResult } from './service.js';
import { runDirectory } from './workspace.js';

export interface StoragePorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly storageRoot: string;
  /** Removes registrations of worktrees. */
  readonly git: Git;
}

/** Bytes of a folder's files; a folder that is not there has none. Links are not followed. */
async function sizeOf(path: string): Promise<number> {
  const stat = await lstat(path).catch(() => undefined); // Gone meanwhile: it takes up nothing.
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.size;
  let bytes = 0;
  for (const name of await namesIn(path)) bytes += await sizeOf(join(path, name));
  return bytes;
}

/** A folder that is gone, or may not be read, has no names. */
function namesIn(path: string): Promise<readonly string[]> {
  return readdir(path).catch(() => []);
}

function directoryOf(row: RunRow, ports: StoragePorts): string | undefined {
  const id = parseRunId(row.id);
  return id === undefined
    ? undefined
    : runDirectory(ports.storageRoot, id, Date.parse(row.created_at));
}

/** Bytes in the journal by stream. */
function journalBytes(ports: StoragePorts): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  let page = ports.journal.streams({ limit: 1_000 });
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    for (const info of page) bytes.set(info.stream, info.bytes);
    page = ports.journal.streams({ limit: 1_000, after: last.stream });
  }
  return bytes;
}

async function bytesOf(
  row: RunRow,
  inJournal: ReadonlyMap<string, number>,
  ports: StoragePorts,
): Promise<number> {
  const directory = directoryOf(row, ports);
  return (inJournal.get(row.id) ?? 0) + (directory === undefined ? 0 : await sizeOf(directory));
}

/** All runs, oldest first, read in pages. */
function* allRuns(
  ports: StoragePorts,
  statuses: readonly RunStatus[] | undefined,
): Generator<RunRow> {
  for (let offset = 0; ; offset += MAX_SELECT_ROWS) {
    const page = ports.journal.select({
      table: 'runs',
      where: statuses === undefined ? [] : [{ column: 'status', in: statuses }],
      orderBy: [{ column: 'created_at' }, { column: 'stream' }],
      limit: MAX_SELECT_ROWS,
      offset,
    });
    yield* page.map(runRow);
    if (page.length < MAX_SELECT_ROWS) return;
  }
}

export async function diskUsage(ports: StoragePorts, verbose: boolean): Promise<DiskUsage> {
  let size = 0;
  let reclaimable = 0;
  let active = 0;
  const rows = [...allRuns(ports, undefined)];
  const inJournal = journalBytes(ports);
  const sized: SizedRun[] = [];
  for (const row of rows) {
    const bytes = await bytesOf(row, inJournal, ports);
    if (verbose) sized.push(sizedRun(row, bytes));
    size += bytes;
    if (isTerminal(row.status)) reclaimable += bytes;
    else active++;
  }
  const logs = await sizeOf(join(ports.storageRoot, 'logs'));
  return {
    summary: [
      {
        type: 'runs',
        count: rows.length,
        active,
        size_bytes: size,
        reclaimable_bytes: reclaimable,
      },
      { type: 'logs', count: logs > 0 ? 1 : 0, size_bytes: logs },
    ],
    total_size_bytes: size + logs,
    total_reclaimable_bytes: reclaimable,
    ...(verbose
      ? {
          runs: sized.toSorted((a, b) => b.size_bytes - a.size_bytes).slice(0, MAX_SIZED_RUNS),
        }
      : {}),
  };
}

type SizedRun = NonNullable<DiskUsage['runs']>[number];

function sizedRun(row: RunRow, bytes: number): SizedRun {
  return {
    run_id: row.id,
    workflow_name: row.workflow_name ?? '',
    status: row.status,
    start_time: row.started_at ?? row.created_at,
    size_bytes: bytes,
    reclaimable: isTerminal(row.status),
  };
}

/** Removes a run: its stream, rows and blobs, its folder and worktrees. Its git branch stays in the repository. */
export async function deleteRun(row: RunRow, ports: StoragePorts): Promise<void> {
  const id = parseRunId(row.id);
  if (id === undefined) throw new FabroError('not_found', `Run ${row.id} not found.`);
  const directory = directoryOf(row, ports);
  if (directory !== undefined) {
    await removeWorktrees(id, row, directory, ports);
    await rm(directory, { recursive: true, force: true });
  }
  await ports.journal.deleteStream(runStream(id));
}

async function removeWorktrees(
  id: RunId,
  row: RunRow,
  directory: string,
  ports: StoragePorts,
): Promise<void> {
  const repo = row.source_directory;
  if (repo === null) return;
  const branches = await namesIn(join(directory, 'branches'));
  // A run that died while it began has a worktree and no record of it.
  const root = (await namesIn(directory)).filter((name) => name === 'worktree');
  const paths = [
    ...root.map((name) => join(directory, name)),
    ...branches.map((name) => join(directory, 'branches', name)),
  ];
  for (const path of paths) {
    const key = callKey(id, 'remove');
    // A repository that has moved or gone must not keep its runs from being removed.
    await ports.git
      .removeWorktree({ key, signal: new AbortController().signal, repo, path })
      .catch(() => undefined);
  }
}

/** Runs that a prune would remove: ended ones only, by the filters given, else those older than a day. */
function prunable(request: PruneRequest, ports: StoragePorts): readonly RunRow[] {
  const now = ports.clock.now();
  const filtered =
    request.before !== undefined || request.workflow !== undefined || request.labels !== undefined;
  const age = request.olderThanMs ?? (filtered ? undefined : PRUNE_AGE_MS);
  const fits = (row: RunRow): boolean => {
    const created = Date.parse(row.created_at);
    if (age !== undefined && now - created < age) return false;
    if (request.before !== undefined && created >= Date.parse(request.before)) return false;
    if (
      request.workflow !== undefined &&
      row.workflow_name !== request.workflow &&
      row.workflow_slug !== request.workflow
    )
      return false;
    return hasLabels(row, request.labels ?? {});
  };
  const found: RunRow[] = [];
  for (const row of allRuns(ports, TERMINAL_STATUSES)) {
    if (fits(row)) found.push(row);
    if (found.length === MAX_PRUNED_RUNS) break;
  }
  return found;
}

/** True while the run has ended: it may be resumed while a prune is at work. */
function hasEnded(id: string, ports: StoragePorts): boolean {
  const where = [
    { column: 'stream', in: [id] },
    { column: 'status', in: TERMINAL_STATUSES },
  ];
  return ports.journal.count({ table: 'runs', where }) === 1;
}

export async function prune(request: PruneRequest, ports: StoragePorts): Promise<PruneResult> {
  const rows = prunable(request, ports);
  const inJournal = journalBytes(ports);
  const runs: { run_id: string; status: string; size_bytes: number }[] = [];
  for (const row of rows)
    runs.push({
      run_id: row.id,
      status: row.status,
      size_bytes: await bytesOf(row, inJournal, ports),
    });
  const total = runs.reduce((sum, r) => sum + r.size_bytes, 0);
  const counted = { total_count: runs.length, total_size_bytes: total };
  if (request.dryRun) return { dry_run: true, runs, ...counted, deleted_count: 0, freed_bytes: 0 };
  let deleted = 0;
  let freed = 0;
  for (const [i, row] of rows.entries()) {
    if (!hasEnded(row.id, ports)) continue;
    await deleteRun(row, ports);
    deleted++;
    freed += runs[i]?.size_bytes ?? 0;
  }
  await ports.journal.compact();
  return { dry_run: false, ...counted, deleted_count: deleted, freed_bytes: freed };
}

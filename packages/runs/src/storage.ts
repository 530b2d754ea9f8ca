/** What runs take up on disk, and giving it back. */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '@fabro/git';
import type { Journal } from '@fabro/journal';
import {
  FabroError,
  callKey,
  isTerminal,
  parseRunId,
  runStream,
  type Clock,
  type RunId,
} from '@fabro/protocol';
import { MAX_PRUNED_RUNS, PRUNE_AGE_MS } from './limits.js';
import { runRow, type RunRow } from './rows.js';
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
  for (const name of await readdir(path)) bytes += await sizeOf(join(path, name));
  return bytes;
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

function allRuns(ports: StoragePorts): readonly RunRow[] {
  return ports.journal
    .select({ table: 'runs', orderBy: [{ column: 'created_at' }], limit: MAX_PRUNED_RUNS })
    .map(runRow);
}

export async function diskUsage(ports: StoragePorts): Promise<DiskUsage> {
  let size = 0;
  let reclaimable = 0;
  let active = 0;
  const rows = allRuns(ports);
  const inJournal = journalBytes(ports);
  for (const row of rows) {
    const bytes = await bytesOf(row, inJournal, ports);
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
  if (row.run_branch === null || repo === null) return;
  const branches = await readdir(join(directory, 'branches')).catch((): string[] => []); // No branch was ever made.
  const paths = [
    join(directory, 'worktree'),
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
  return allRuns(ports).filter((row) => {
    if (!isTerminal(row.status)) return false;
    const created = Date.parse(row.created_at);
    if (age !== undefined && now - created < age) return false;
    if (request.before !== undefined && created >= Date.parse(request.before)) return false;
    if (
      request.workflow !== undefined &&
      row.workflow_name !== request.workflow &&
      row.workflow_slug !== request.workflow
    )
      return false;
    const labels: unknown = JSON.parse(row.labels);
    return Object.entries(request.labels ?? {}).every(
      ([key, value]) =>
        typeof labels === 'object' &&
        labels !== null &&
        Object.entries(labels).some(([k, v]) => k === key && v === value),
    );
  });
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
  for (const row of rows) await deleteRun(row, ports);
  await ports.journal.compact();
  return { dry_run: false, ...counted, deleted_count: rows.length, freed_bytes: total };
}

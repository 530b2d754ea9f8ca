/** All processes of the machine with their groups and, where readable, their marks. */
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { MAX_PS_BYTES, PROC_READS_AT_ONCE } from '../limits.js';
import { markOf } from '../marker.js';
import { parseStat } from '../spawner/signals.js';
import { parsePs } from './parse-ps.js';
import type { TableEntry } from './table-entry.js';

/** The living processes, zombies left out. Environments of other users' processes cannot be read. */
export async function processTable(): Promise<readonly TableEntry[]> {
  return process.platform === 'linux' ? await fromProc() : await fromPs();
}

async function fromProc(): Promise<readonly TableEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const entries: TableEntry[] = [];
  for (let from = 0; from < pids.length; from += PROC_READS_AT_ONCE) {
    const batch = await Promise.all(pids.slice(from, from + PROC_READS_AT_ONCE).map(procEntry));
    for (const entry of batch) if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

async function procEntry(pid: number): Promise<TableEntry | undefined> {
  const before = await procStat(pid);
  if (before === undefined) return undefined;
  const mark = markOf((await readOrEmpty(`/proc/${pid}/environ`)).split('\0'));
  // Read again: between the two reads the pid may have passed to another process.
  const after = mark === undefined ? before : await procStat(pid);
  if (after === undefined || after.startTime !== before.startTime) return undefined;
  return { pid, pgid: after.pgid, startTime: after.startTime, mark };
}

async function procStat(pid: number): Promise<ReturnType<typeof parseStat>> {
  const stat = parseStat(await readOrEmpty(`/proc/${pid}/stat`));
  return stat?.zombie === true ? undefined : stat;
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // Gone meanwhile, or another user's: neither is ours to end.
    return '';
  }
}

async function fromPs(): Promise<readonly TableEntry[]> {
  const { stdout } = await promisify(execFile)(
    '/bin/ps',
    ['-A', '-E', '-ww', '-o', 'pid=,pgid=,stat=,lstart=,command='],
    { env: { LC_ALL: 'C' }, maxBuffer: MAX_PS_BYTES },
  );
  return parsePs(stdout);
}

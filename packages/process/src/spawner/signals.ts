/** Signals to process groups, and whether anything of a group lives. */
import { readFileSync, readdirSync } from 'node:fs';

/** Sends a signal to every member of the group; false when there is no such group. */
export function signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pgid, signal);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ESRCH') return false;
    // macOS answers EPERM for a group of zombies only; elsewhere it means members that we may not signal.
    if (code === 'EPERM') return process.platform !== 'darwin';
    throw error;
  }
}

/** TERM, then CONT: a stopped process handles TERM only once it goes on. */
export function askGroupToEnd(pgid: number): boolean {
  return signalGroup(pgid, 'SIGTERM') && signalGroup(pgid, 'SIGCONT');
}

/**
 * Groups with a member that is no zombie; undefined where there is no /proc. A zombie whose parent does
 * not collect it (process 1 of many containers) keeps its group's number taken for ever.
 */
export function livingGroups(): ReadonlySet<number> | undefined {
  if (process.platform !== 'linux') return undefined;
  const groups = new Set<number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = parseStat(readStat(name));
    if (stat !== undefined && !stat.zombie) groups.add(stat.pgid);
  }
  return groups;
}

export interface ProcessStat {
  readonly zombie: boolean;
  readonly pgid: number;
  /** Clock ticks after boot; with the pid it names a process even when pids are reused. */
  readonly startTime: string;
}

/** Parses `/proc/<pid>/stat`; the program's name may contain blanks and parentheses. */
export function parseStat(text: string): ProcessStat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, , pgid] = fields;
  const startTime = fields[19];
  if (state === undefined || pgid === undefined || startTime === undefined) return undefined;
  return { zombie: state === 'Z' || state === 'X', pgid: Number(pgid), startTime };
}

/** The `code` of a system error, else `UNKNOWN`. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'UNKNOWN';
}

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    // The process ended between listing and reading.
    return '';
  }
}

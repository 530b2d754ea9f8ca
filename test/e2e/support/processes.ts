/** Processes as the kernel shows them: who carries the marker of a storage root, and in which state. */
import { readFileSync, readdirSync } from 'node:fs';

export interface Found {
  readonly pid: number;
  readonly marker: string;
  readonly command: string;
}

/** Living processes of the storage root with this id, the spawner among them; zombies do not count. */
export function marked(rootId: string): readonly Found[] {
  const wanted = `FABRO_SPAWN=${rootId}/`;
  return pids().flatMap((pid) => {
    const marker = read(`/proc/${pid}/environ`)
      ?.split('\0')
      .find((entry) => entry.startsWith(wanted));
    if (marker === undefined || !isAlive(pid)) return [];
    const command = (read(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
    return [{ pid, marker, command }];
  });
}

/** Living processes that have a folder as HOME: whatever a test started and forgot. */
export function atHome(home: string): readonly number[] {
  const wanted = `HOME=${home}`;
  return pids().filter(
    (pid) =>
      pid !== process.pid &&
      (read(`/proc/${pid}/environ`)?.split('\0').includes(wanted) ?? false) &&
      isAlive(pid),
  );
}

/** Living processes whose command line holds a text. */
export function running(text: string): readonly number[] {
  return pids().filter(
    (pid) =>
      (read(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').includes(text) && isAlive(pid),
  );
}

/** The kernel's letter: R, S, T (stopped), Z; undefined when the process is gone. */
export function stateOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[0];
}

export function isAlive(pid: number): boolean {
  const state = stateOf(pid);
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function pids(): readonly number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // The process ended meanwhile, or belongs to somebody else.
  }
}

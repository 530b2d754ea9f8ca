/** Resident memory of a process and of all that it started (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

interface Resident {
  readonly pid: number;
  /** Mapped and in memory, pages shared with others included. */
  readonly residentMb: number;
  /** The same with each shared page divided among those that share it: these add up. */
  readonly shareMb: number;
}

/** The process first; undefined where there is no /proc. */
export function residentTree(pid: number): readonly Resident[] | undefined {
  const parents = new Map<number, number>();
  try {
    for (const name of readdirSync('/proc').filter((n) => /^\d+$/.test(n)))
      parents.set(Number(name), parentOf(name));
  } catch {
    // Not Linux: there is nothing to read from.
    return undefined;
  }
  const tree = [pid];
  for (let i = 0; i < tree.length; i++)
    for (const [child, parent] of parents) if (parent === tree[i]) tree.push(child);
  return tree.map((id) => ({
    pid: id,
    residentMb: megabytes(`/proc/${id}/status`, 'VmRSS'),
    shareMb: megabytes(`/proc/${id}/smaps_rollup`, 'Pss'),
  }));
}

/** The fourth field of stat; the second is a name in brackets that may hold spaces. */
function parentOf(pid: string): number {
  const stat = textOf(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function megabytes(path: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(textOf(path))?.[1] ?? 0) / 1024;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended meanwhile.
    return '';
  }
}

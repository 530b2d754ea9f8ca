import { markOf } from '../marker.js';
import type { TableEntry } from './table-entry.js';

/** Parses `ps -A -E -o pid=,pgid=,stat=,lstart=,command=` in the C locale; zombies are left out. */
export function parsePs(text: string): readonly TableEntry[] {
  return text.split('\n').flatMap((line) => {
    // lstart is five words: "Sun Nov 22 23:57:00 2026".
    const [pid, pgid, stat, ...rest] = line.trim().split(/\s+/);
    if (pid === undefined || pgid === undefined || stat === undefined || rest.length < 6) return [];
    if (stat.startsWith('Z') || !/^\d+$/.test(pid)) return [];
    const startTime = rest.slice(0, 5).join(' ');
    return [{ pid: Number(pid), pgid: Number(pgid), startTime, mark: markOf(rest.slice(5)) }];
  });
}

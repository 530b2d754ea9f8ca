/**
 * Ends processes by their marks, with their groups. A mark is inherited, so it also finds those that left
 * their group and session. What a process that clears its environment starts is found only by its group.
 */
import { type Clock, FabroError } from '@fabro/protocol';
import { KILL_WAIT_MS, LEFTOVER_POLL_MS, TERM_GRACE_MS } from '../limits.js';
import type { Mark } from '../marker.js';
import type { Leftover } from '../port.js';
import { errorCode } from '../spawner/signals.js';
import { processTable } from './process-table.js';
import type { TableEntry } from './table-entry.js';

interface Target {
  readonly entry: TableEntry;
  readonly askedAt: number;
  killedAt?: number;
}

/**
 * Ends every process whose mark is wanted and the rest of its group: TERM, 2 s, KILL. Resolves when they
 * are gone, to those that carried a key. Each look names processes by pid and start time anew, so a
 * reused pid is never signalled. Rejects with `unavailable` when some outlive KILL by 10 s.
 */
export async function endMarked(
  wanted: (mark: Mark) => boolean,
  clock: Clock,
): Promise<readonly Leftover[]> {
  const targets = new Map<string, Target>();
  const found: Leftover[] = [];
  const never = new AbortController().signal;
  for (;;) {
    const table = await processTable();
    const living = new Set(table.map(identity));
    for (const name of targets.keys()) if (!living.has(name)) targets.delete(name);
    for (const entry of withGroups(table, wanted)) {
      if (targets.has(identity(entry))) continue;
      targets.set(identity(entry), { entry, askedAt: clock.now() });
      if (entry.mark !== undefined && wanted(entry.mark) && entry.mark.key !== '') {
        found.push({ key: entry.mark.key, pid: entry.pid });
      }
      signal(entry.pid, 'SIGTERM');
      signal(entry.pid, 'SIGCONT');
    }
    if (targets.size === 0) return found;
    escalate(targets.values(), clock.now());
    await clock.sleepUntil(clock.now() + LEFTOVER_POLL_MS, never);
  }
}

/** The wanted processes and everyone in their groups, except this process and its own group. */
function withGroups(
  table: readonly TableEntry[],
  wanted: (mark: Mark) => boolean,
): readonly TableEntry[] {
  const own = table.find((entry) => entry.pid === process.pid)?.pgid;
  const marked = table.filter((entry) => entry.mark !== undefined && wanted(entry.mark));
  const pids = new Set(marked.map((entry) => entry.pid));
  const groups = new Set(marked.map((entry) => entry.pgid).filter((pgid) => pgid !== own));
  return table.filter(
    (entry) => entry.pid !== process.pid && (pids.has(entry.pid) || groups.has(entry.pgid)),
  );
}

function escalate(targets: Iterable<Target>, now: number): void {
  const stuck: number[] = [];
  for (const target of targets) {
    if (target.killedAt === undefined) {
      if (now - target.askedAt < TERM_GRACE_MS) continue;
      target.killedAt = now;
      signal(target.entry.pid, 'SIGKILL');
    } else if (now - target.killedAt >= KILL_WAIT_MS) stuck.push(target.entry.pid);
  }
  if (stuck.length === 0) return;
  throw new FabroError(
    'unavailable',
    `processes ${stuck.join(', ')} of an earlier server are still there ${KILL_WAIT_MS} ms after SIGKILL. They wait inside the system, often for a disk or network mount that does not answer; restore it or restart the machine.`,
  );
}

function identity(entry: TableEntry): string {
  return `${entry.pid} ${entry.startTime}`;
}

/** Process by process and not by group: the group's number might by now belong to others. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // Gone between the look and now, or changed its user: the next look tells which.
    if (errorCode(error) !== 'ESRCH' && errorCode(error) !== 'EPERM') throw error;
  }
}

/** The process groups of one spawner: starting, signalling and ending them. Reports each end once. */
import { GROUP_POLL_MS, KILL_WAIT_MS, TERM_GRACE_MS, ZOMBIE_CHECK_AFTER_MS } from '../limits.js';
import { askGroupToEnd, livingGroups, signalGroup } from './signals.js';
import { startChild } from './start-child.js';
import type { Command, Report, SignalCommand, StartCommand } from './wire.js';

interface Group {
  readonly id: number;
  /** The child's pid is its group's number. */
  readonly pgid: number;
  exit?: { readonly code: number | null; readonly signal: string | null };
  /** When TERM was sent. */
  endingSince?: number;
  killedAt?: number;
}

export class Groups {
  readonly #report: (report: Report) => void;
  readonly #onEmpty: () => void;
  readonly #groups = new Map<number, Group>();
  readonly #ending = new Set<Group>();
  #timer: NodeJS.Timeout | undefined;

  /** @param onEmpty called whenever the last group has ended. */
  constructor(report: (report: Report) => void, onEmpty: () => void) {
    this.#report = report;
    this.#onEmpty = onEmpty;
  }

  get size(): number {
    return this.#groups.size;
  }

  handle(command: Command): void {
    if (command.op === 'start') this.#start(command);
    else this.#signal(command);
  }

  endAll(): void {
    for (const group of this.#groups.values()) this.#end(group);
  }

  #start(command: StartCommand): void {
    const child = startChild(
      command,
      (code, signal) => this.#exited(command.id, { code, signal }),
      (failure) => this.#settle(command.id, { op: 'failed', id: command.id, ...failure }),
    );
    if (child?.pid === undefined) return;
    this.#groups.set(command.id, { id: command.id, pgid: child.pid });
  }

  #signal(command: SignalCommand): void {
    const group = this.#groups.get(command.id);
    if (group === undefined) return;
    switch (command.op) {
      case 'end':
        return this.#end(group);
      case 'kill':
        this.#end(group);
        return this.#kill(group);
      case 'stop':
        if (group.endingSince === undefined) signalGroup(group.pgid, 'SIGSTOP');
        return;
      case 'continue':
        signalGroup(group.pgid, 'SIGCONT');
        return;
      default:
        throw new TypeError(`unknown command ${String(command.op satisfies never)}`);
    }
  }

  #exited(id: number, exit: NonNullable<Group['exit']>): void {
    const group = this.#groups.get(id);
    if (group === undefined) return;
    group.exit = exit;
    if (!signalGroup(group.pgid, 0)) return this.#settle(id, { op: 'ended', id, ...exit });
    this.#report({ op: 'exited', id });
    this.#end(group);
  }

  #end(group: Group): void {
    if (group.endingSince !== undefined) return;
    group.endingSince = performance.now();
    askGroupToEnd(group.pgid);
    this.#ending.add(group);
    this.#timer ??= setInterval(() => this.#look(), GROUP_POLL_MS);
  }

  #kill(group: Group): void {
    if (group.killedAt !== undefined) return;
    group.killedAt = performance.now();
    signalGroup(group.pgid, 'SIGKILL');
  }

  #look(): void {
    const now = performance.now();
    let living: ReadonlySet<number> | undefined;
    let scanned = false;
    for (const group of this.#ending) {
      const since = group.endingSince ?? now;
      let alive = signalGroup(group.pgid, 0);
      if (alive && group.exit !== undefined && now - since >= ZOMBIE_CHECK_AFTER_MS) {
        if (!scanned) living = livingGroups();
        scanned = true;
        alive = living?.has(group.pgid) ?? true;
      }
      if (!alive && group.exit !== undefined) {
        this.#settle(group.id, { op: 'ended', id: group.id, ...group.exit });
      } else if (group.killedAt === undefined) {
        if (now - since >= TERM_GRACE_MS) this.#kill(group);
      } else if (now - group.killedAt >= KILL_WAIT_MS) {
        const message = `process group ${group.pgid} is still there ${KILL_WAIT_MS} ms after SIGKILL`;
        this.#settle(group.id, {
          op: 'failed',
          id: group.id,
          part: 'ending',
          code: 'EBUSY',
          message,
        });
      }
    }
  }

  #settle(id: number, report: Report): void {
    const group = this.#groups.get(id);
    if (group !== undefined) {
      this.#groups.delete(id);
      this.#ending.delete(group);
    }
    if (this.#ending.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.#report(report);
    if (this.#groups.size === 0) this.#onEmpty();
  }
}

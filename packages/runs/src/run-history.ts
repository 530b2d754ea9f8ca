/** What a run has been through, and what is made of it: its checkpoints, forks, rewinding, archiving. */
import type { ForkResult, RewindResult, RunStatusResponse, TimelineEntry } from '@fabro/protocol';
import type { Caller } from './caller.js';

/** The part of the run service that is about a run's past; it rejects as the service does. */
export interface RunHistory {
  /** The checkpoints of the run's root path, oldest first. */
  timeline(id: string): Promise<readonly TimelineEntry[]>;
  /**
   * A new run that stands at a checkpoint of this one and waits for its start. `target` is `@ordinal`,
   * `node@visit` or `node`; absent, the latest. Rejects with `invalid_argument` for an unknown target, with
   * `conflict` for an archived run and for a checkpoint without a commit.
   */
  fork(id: string, request: { readonly target?: string }, caller: Caller): Promise<ForkResult>;
  /** Forks an ended run and archives it; a failure to archive is in the result. */
  rewind(id: string, request: { readonly target?: string }, caller: Caller): Promise<RewindResult>;
  /** Hides an ended run from lists and keeps it from changing. Repeatable. */
  archive(id: string, caller: Caller): Promise<RunStatusResponse>;
  /** Undoes `archive`. Repeatable. */
  unarchive(id: string, caller: Caller): Promise<RunStatusResponse>;
}

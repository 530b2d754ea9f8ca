/** A living process as the sweep for leftovers sees it. */
import type { Mark } from '../marker.js';

export interface TableEntry {
  readonly pid: number;
  readonly pgid: number;
  /** With the pid it names a process even when pids are reused. */
  readonly startTime: string;
  readonly mark: Mark | undefined;
}

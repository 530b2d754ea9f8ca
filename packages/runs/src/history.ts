/** Timeline, fork, rewind, archive and unarchive as the run service offers them. */
import { isTerminal, messageOf, type ForkResult, type RunId } from '@fabro/protocol';
import { archiveRun, archivedRefusal, refuseArchived, unarchiveRun } from './archive.js';
import { conflict } from './append.js';
import { forkRun, type Forked, type ForkPorts } from './fork.js';
import type { Lookups } from './lookups.js';
import type { Caller } from './service.js';
import type { RunHistory } from './run-history.js';
import { readTimeline, targetOf } from './timeline.js';

export interface HistoryPorts extends ForkPorts {
  /** Throws while no new work may begin. */
  mustBeWritable(): void;
}

export function createHistory(look: Lookups, ports: HistoryPorts): RunHistory {
  async function fork(
    id: string,
    target: string | undefined,
    caller: Caller,
  ): Promise<{ readonly source: RunId; readonly forked: Forked; readonly result: ForkResult }> {
    const source = look.run(id);
    refuseArchived(look.row(id));
    ports.mustBeWritable();
    const forked = await forkRun(source, target, caller, ports);
    const result = {
      source_run_id: source,
      new_run_id: forked.run,
      target: targetOf(forked.entry),
    };
    return { source, forked, result };
  }

  return {
    timeline: async (id) => readTimeline(ports.journal, look.run(id)),

    fork: async (id, { target }, caller) => (await fork(id, target, caller)).result,

    async rewind(id, { target }, caller) {
      const { status } = look.row(id);
      if (!isTerminal(status))
        throw conflict(
          `run ${id} is ${status}; only an ended run can be rewound. Cancel it first (\`fabro cancel ${id}\`), or fork it.`,
        );
      const { source, forked, result } = await fork(id, target, caller);
      const error = await supersede(source, forked, caller, ports);
      return error === undefined
        ? { ...result, archived: true }
        : { ...result, archived: false, archive_error: error };
    },

    async archive(id, caller) {
      await archiveRun(look.run(id), caller, ports);
      return look.status(id);
    },

    async unarchive(id, caller) {
      await unarchiveRun(look.run(id), caller, ports);
      return look.status(id);
    },
  };
}

/** Archives a source that was rewound; the new run is there whatever becomes of it, so a failure is a result. */
async function supersede(
  source: RunId,
  { run, entry }: Forked,
  caller: Caller,
  ports: HistoryPorts,
): Promise<string | undefined> {
  try {
    const archived = await archiveRun(source, caller, ports, [
      {
        event: 'run.superseded_by',
        properties: {
          new_run_id: run,
          target_checkpoint_ordinal: entry.ordinal,
          target_node_id: entry.node_name,
          target_visit: entry.visit,
        },
      },
    ]);
    return archived ? undefined : archivedRefusal(source).message;
  } catch (error) {
    return messageOf(error);
  }
}

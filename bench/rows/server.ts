/** The server as it is started for users: back after a crash, and at rest. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVER_PROGRAM, startServer } from '../support/fabro-server.js';
import { residentTree } from '../support/memory.js';
import type { Bench, Result } from '../support/row.js';
import { median } from '../support/statistics.js';
import { outsideOfRepository } from '../support/temp-folder.js';

const ROUNDS = 5;
/** Long enough for timers and garbage of the run to be gone. */
const REST_MS = 2_000;

/** A command that ends, then one in which the server is killed. */
const INTERRUPTED = `digraph G { start [shape=Mdiamond] exit [shape=Msquare]
  quick [shape=parallelogram, script="true"] slow [shape=parallelogram, script="sleep 600"]
  start -> quick -> slow -> exit }`;
const SHORT = `digraph G { start [shape=Mdiamond] exit [shape=Msquare]
  quick [shape=parallelogram, script="true"] start -> quick -> exit }`;

export const server: Bench = {
  name: 'server',
  gate: false,
  async measure() {
    const built = existsSync(SERVER_PROGRAM);
    const missing: Result = {
      kind: 'skipped',
      because: 'the program is not built (npm run build)',
    };
    return [
      {
        name: 'restart after SIGKILL until the run goes on',
        kind: 'ratio',
        limit: { relation: 'at most', value: 2 },
        unit: 's',
        result: built ? await restart() : missing,
        why: 'From starting the new process until the interrupted command runs again, its leftovers ended.',
      },
      {
        name: 'idle server with its helpers, resident',
        kind: 'ratio',
        limit: { relation: 'at most', value: 120 },
        unit: 'MB',
        result: built ? await idle() : missing,
        why: 'The server and the spawner two seconds after a run; a page that both map counts once.',
      },
    ];
  },
};

async function restart(): Promise<Result> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) seconds.push(await outsideOfRepository(restartOnce));
  return {
    kind: 'measured',
    value: median(seconds),
    detail: `${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)} s`,
  };
}

async function restartOnce(folder: string): Promise<number> {
  const { run, started } = await killedInCommand(folder);
  const startedAt = performance.now();
  const second = await startServer(folder);
  try {
    await second.event(run, 'command.started', started);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await second.stop();
  }
}

/** The run, and the start of the command in which the server was killed. */
async function killedInCommand(
  folder: string,
): Promise<{ readonly run: string; readonly started: number }> {
  const first = await startServer(folder);
  try {
    const run = await first.run(INTERRUPTED, folder);
    const quick = await first.event(run, 'command.completed', 0);
    return { run, started: await first.event(run, 'command.started', quick) };
  } finally {
    await first.kill();
  }
}

async function idle(): Promise<Result> {
  return await outsideOfRepository(async (folder) => {
    const running = await startServer(folder);
    try {
      const run = await running.run(SHORT, folder);
      await running.event(run, 'run.completed', 0);
      await sleep(REST_MS);
      const tree = residentTree(running.pid);
      if (tree === undefined) return { kind: 'skipped', because: 'there is no /proc to read' };
      return {
        kind: 'measured',
        value: tree.reduce((sum, { shareMb }) => sum + shareMb, 0),
        detail: `each with all shared pages: ${tree.map(({ residentMb }) => `${residentMb.toFixed(0)} MB`).join(', ')}`,
      };
    } finally {
      await running.stop();
    }
  });
}

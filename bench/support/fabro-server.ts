/** The bundled server as a process of its own, reached over loopback. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const SERVER_PROGRAM = fileURLToPath(
  new URL('../../apps/fabro/dist/server-main.js', import.meta.url),
);
const TOKEN = 'fabro_dev_0000000000000000000000000000000000000000000000000000000000000000';
/** A server that is silent for longer does not start. */
const START_MS = 20_000;
/** How often an event is looked for. */
const POLL_MS = 5;

const Ready = z.object({ pid: z.number(), address: z.string() });
const EventPage = z.object({
  data: z.array(z.looseObject({ seq: z.number(), event: z.string() })),
});

export interface FabroServer {
  readonly pid: number;
  /** Creates and starts a run of the graph; gives its id. */
  run(source: string, cwd: string): Promise<string>;
  /** Waits until the run has an event of the type after a sequence number; gives the event's number. */
  event(run: string, type: string, after: number): Promise<number>;
  /** Ends the process as a crash would, and waits until it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function startServer(storageDir: string): Promise<FabroServer> {
  const child = spawn(
    process.execPath,
    [SERVER_PROGRAM, '--storage-dir', storageDir, '--bind', '127.0.0.1:0'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, HOME: storageDir, FABRO_DEV_TOKEN: TOKEN },
    },
  );
  const closed = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    return closed;
  };
  const lines = createInterface({ input: child.stdout, signal: AbortSignal.timeout(START_MS) });
  const first = await lines[Symbol.asyncIterator]().next();
  if (typeof first.value !== 'string') throw new Error('the server ended before it was ready');
  const { pid, address } = Ready.parse(JSON.parse(first.value));

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${address}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  }

  return {
    pid,
    async run(source, cwd) {
      const created = await call('POST', '/runs', {
        version: 1,
        cwd,
        target: { identifier: 'bench', path: 'bench.fabro' },
        workflows: { 'bench.fabro': { source } },
      });
      const { id } = z.object({ id: z.string() }).parse(created);
      await call('POST', `/runs/${id}/start`, {});
      return id;
    },
    async event(run, type, after) {
      for (let since = after + 1; ; await sleep(POLL_MS)) {
        const page = EventPage.parse(await call('GET', `/runs/${run}/events?since_seq=${since}`));
        const found = page.data.find((event) => event.event === type);
        if (found !== undefined) return found.seq;
        const end = page.data.find(
          ({ event }) => event === 'run.completed' || event === 'run.failed',
        );
        if (end !== undefined)
          throw new Error(`run ${run} ended without ${type}: ${JSON.stringify(end)}`);
        since = (page.data.at(-1)?.seq ?? since - 1) + 1;
      }
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

/** Streams a run's events to many readers through the journal, the run service and the HTTP application. */
import { join } from 'node:path';
import { OpenStreams, tokenAuthenticator } from '@fabro/http';
import { openSqliteJournal } from '@fabro/journal/sqlite';
import { runStream, systemIds } from '@fabro/protocol';
import { createRunService, LiveHub, RUN_PROJECTIONS, type RunServicePorts } from '@fabro/runs';
import { createApp, serve } from '@fabro/server';
import { z } from 'zod';
import { answer } from '../support/answer.js';
import { timeFanOut } from '../support/fan-out.js';
import { steadyClock } from '../support/steady-clock.js';
import { streamedEvents } from '../support/stream-events.js';
import { inTempFolder } from '../support/temp-folder.js';
import { untouchable } from '../support/untouchable.js';
import { createRun, freshRunId } from '../support/walk-graph.js';

const Question = z.object({ readers: z.number(), appends: z.number() });
const logger = {
  error: (fields: Readonly<Record<string, unknown>>, message: string): void => {
    process.stderr.write(`${message} ${String(fields['err'])}\n`);
  },
};

await answer(Question, ({ readers, appends }) =>
  inTempFolder(async (folder) => {
    const journal = await openSqliteJournal(join(folder, 'fabro.db'), {
      projections: RUN_PROJECTIONS,
    });
    const run = freshRunId();
    await createRun(journal, run);
    const streams = new OpenStreams();
    const app = createApp({
      runs: createRunService({
        ...untouchable<RunServicePorts>('the run service'),
        journal,
        live: new LiveHub(steadyClock),
        clock: steadyClock,
        ids: systemIds,
      }).service,
      graphs: untouchable('the graph renderer'),
      authenticate: tokenAuthenticator('bench', 'bench'),
      streams,
      clock: steadyClock,
      requestId: () => systemIds.uuid(),
      logger,
      system: untouchable('the facts of the system'),
    });
    const server = await serve(
      app,
      { kind: 'tcp', host: '127.0.0.1', port: 0 },
      { streams, logger },
    );
    if (server.address.kind !== 'tcp') throw new Error('the server listens on no port');
    const batches = Array.from({ length: appends }, (_, i) =>
      streamedEvents(run, i, i === appends - 1),
    );
    const bytes = batches.reduce((sum, batch) => sum + JSON.stringify(batch).length, 0);
    const path = `/api/v1/runs/${run}/attach?since_seq=1`;
    try {
      const ms = await timeFanOut(
        { port: server.address.port, path, readers, bytes: bytes / 2 },
        async () => {
          await Promise.all(
            batches.map((events) =>
              journal.append({
                stream: runStream(run),
                authority: { kind: 'outside', preconditions: [{ kind: 'stream_exists' }] },
                events,
              }),
            ),
          );
        },
      );
      return { ms };
    } finally {
      await server.close();
      await journal.close();
    }
  }),
);

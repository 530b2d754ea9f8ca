/** The same frames to the same readers by node:http alone. */
import { createServer, type ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { answer } from '../support/answer.js';
import { timeFanOut } from '../support/fan-out.js';
import { streamedEvents } from '../support/stream-events.js';
import { freshRunId } from '../support/walk-graph.js';

const Question = z.object({ readers: z.number(), appends: z.number() });

await answer(Question, async ({ readers, appends }) => {
  const open = new Set<ServerResponse>();
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    open.add(response);
    response.once('close', () => open.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server listens on no port');
  const run = freshRunId();
  let seq = 0;
  const frames = Array.from({ length: appends }, (_, i) =>
    Buffer.from(
      streamedEvents(run, i, i === appends - 1)
        .map(({ body }) => `id: ${++seq}\ndata: ${JSON.stringify({ seq, ...body })}\n\n`)
        .join(''),
    ),
  );
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
  try {
    const ms = await timeFanOut({ port: address.port, path: '/', readers, bytes }, async () => {
      for (const frame of frames) {
        for (const response of open) response.write(frame);
        await nextTurn();
      }
    });
    return { ms };
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

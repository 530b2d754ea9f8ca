/** Opens many event streams; says `ready` when all have answered and `done` when all have the last event. */
import { connect } from 'node:net';
import { z } from 'zod';
import { STREAM_END } from '../support/stream-events.js';

/** The end of a chunk in which the last event would stand. */
const TAIL_BYTES = 1024;

const Question = z.object({
  port: z.number(),
  path: z.string(),
  readers: z.number(),
  /** Every reader must get at least so many. */
  bytes: z.number(),
});
const { port, path, readers, bytes } = Question.parse(JSON.parse(process.argv[2] ?? 'null'));

function say(word: string): void {
  process.stdout.write(`${word}\n`);
}

let answered = 0;
let done = 0;
for (let i = 0; i < readers; i++) {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer bench\r\nAccept: text/event-stream\r\n\r\n`,
  );
  let received = 0;
  let tail = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    if (received === 0) {
      if (!chunk.toString('latin1').startsWith('HTTP/1.1 200'))
        throw new Error(`the server answered ${chunk.toString('latin1').slice(0, 300)}`);
      if (++answered === readers) say('ready');
    }
    received += chunk.length;
    tail = Buffer.concat([tail.subarray(-STREAM_END.length), chunk.subarray(-TAIL_BYTES)]);
    if (!tail.includes(STREAM_END)) return;
    if (received < bytes) throw new Error(`a reader got ${received} bytes of ${bytes}`);
    socket.destroy();
    if (++done === readers) say('done');
  });
  socket.on('error', (error) => {
    throw error;
  });
}

/**
 * The spawner's entry point. It lives in a session of its own, so that signals to the server's terminal do
 * not reach it, and reads commands from standard input until that ends: when the server closes it or dies.
 * Then, or when asked by a signal, it ends its groups and exits.
 */
import { Socket } from 'node:net';
import { MAX_COMMAND_BYTES } from '../limits.js';
import { Groups } from './groups.js';
import { LineSplitter } from './lines.js';
import { type Report, parseCommand } from './wire.js';

const input = new Socket({ fd: 0, readable: true, writable: false });
const output = new Socket({ fd: 1, readable: false, writable: true });
const lines = new LineSplitter(MAX_COMMAND_BYTES);
let leaving = false;

const groups = new Groups(send, exitWhenDone);

function send(report: Report): void {
  if (output.writable) output.write(`${JSON.stringify(report)}\n`);
}

function leave(): void {
  if (leaving) return;
  leaving = true;
  groups.endAll();
  exitWhenDone();
}

function exitWhenDone(): void {
  if (!leaving || groups.size > 0) return;
  // The last reports go out first; a server that died breaks the pipe, which is the same to us.
  if (output.destroyed) process.exit(0);
  else output.end(() => process.exit(0));
}

input.on('data', (chunk: Buffer) => {
  for (const line of lines.push(chunk)) {
    const command = parseCommand(line);
    if (command === undefined) throw new TypeError(`not a command: ${line.slice(0, 200)}`);
    if (!leaving) groups.handle(command);
  }
});
input.on('end', leave);
input.on('error', leave);
output.on('error', () => {
  leave();
  exitWhenDone();
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, leave);

send({ op: 'ready' });

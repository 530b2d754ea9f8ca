import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LSP_MESSAGE_BYTES } from '../src/limits.js';
import { BoundedMessageReader } from '../src/lsp/message-reader.js';

function bytes(message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

/** What is read from these pieces, and how the reading ended. */
async function read(pieces: readonly Buffer[]): Promise<readonly string[]> {
  const input = new PassThrough();
  const log: string[] = [];
  await new Promise<void>((resolve) => {
    const reader = new BoundedMessageReader(input, {
      onMethod: (method) => void log.push(`method ${method}`),
      onEnd: (problem) => {
        log.push(problem === undefined ? 'end' : problem.message.slice(0, 60));
        resolve();
      },
    });
    reader.onError(({ message }) => void log.push(message));
    reader.listen((message) => void log.push(JSON.stringify(message)));
    for (const piece of pieces) input.write(piece);
    input.end();
  });
  input.destroy();
  return log;
}

const HELLO = { jsonrpc: '2.0', method: 'hello', params: { text: 'Grüße, 世界' } };
const ANSWER = { jsonrpc: '2.0', id: 1, result: null };

it('messages arrive whole and in order however their bytes are cut, and the end comes last', async () => {
  const all = Buffer.concat([bytes(HELLO), bytes(ANSWER), bytes(HELLO)]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: all.length }), { maxLength: 12 }),
      async (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), all.length];
        const pieces = places.slice(1).map((to, index) => all.subarray(places[index] ?? 0, to));
        expect(await read(pieces)).toEqual([
          'method hello',
          JSON.stringify(HELLO),
          JSON.stringify(ANSWER),
          'method hello',
          JSON.stringify(HELLO),
          'end',
        ]);
      },
    ),
    { numRuns: 100 },
  );
});

it('other headers, in any case of letters, are no trouble', async () => {
  const body = JSON.stringify(ANSWER);
  const text = `Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  expect(await read([Buffer.from(text)])).toEqual([body, 'end']);
});

it('a body that is no message is skipped by name', async () => {
  const skipped = 'a message that is no JSON-RPC object was skipped';
  const bad = [Buffer.from('Content-Length: 4\r\n\r\nnope'), bytes([1]), bytes(ANSWER)];
  expect(await read(bad)).toEqual([skipped, skipped, JSON.stringify(ANSWER), 'end']);
});

it('a message past the limit, endless headers and a missing length end the reading, each by name', async () => {
  const long = Buffer.from(`Content-Length: ${LSP_MESSAGE_BYTES + 1}\r\n\r\n`);
  expect(await read([long, bytes(HELLO)])).toEqual([
    'Standard input holds a message of 67108865 bytes; expected m',
  ]);
  expect(await read([Buffer.alloc(9000, 'x'), bytes(HELLO)])).toEqual([
    'Standard input holds no end of headers in 9000 bytes; expect',
  ]);
  expect(await read([Buffer.from('X: 1\r\n\r\n'), bytes(HELLO)])).toEqual([
    'Standard input holds no Content-Length in "X: 1"; expected m',
  ]);
});

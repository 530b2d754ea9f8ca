import { expect, test } from 'vitest';
import { parseRunId, type RunId } from '@fabro/protocol';
import { MAX_LIVE_BACKLOG } from '../src/limits.js';
import { LiveHub } from '../src/live-hub.js';

function open() {
  const run = parseRunId('01JZ0000000000000000000000') as RunId;
  const hub = new LiveHub({ now: () => 0, sleepUntil: async () => {} });
  const delta = (index: number, text: string, block = 'b', session = 's'): void =>
    hub.publish(run, {
      event: 'agent.text.delta',
      session_id: session,
      properties: { block_id: block, index, delta: text },
    });
  const output = (text: string): void =>
    hub.publish(run, {
      event: 'command.output.delta',
      stage_id: 'a@1',
      properties: { stream: 'stdout', delta: text },
    });
  const lines = (reader: { take(): readonly string[] }): unknown[] =>
    reader.take().map((line): unknown => JSON.parse(line));
  return { run, hub, delta, output, lines };
}

test('a slow reader gets the open block whole in place of the deltas that it missed', () => {
  const { run, hub, delta, lines } = open();
  const reader = hub.read(run, () => {});
  for (let i = 0; i <= MAX_LIVE_BACKLOG; i++) delta(i, 'x');
  expect(lines(reader)).toMatchObject([
    {
      event: 'agent.output.replace',
      properties: { index: MAX_LIVE_BACKLOG, text: 'x'.repeat(MAX_LIVE_BACKLOG + 1) },
    },
  ]);
  delta(MAX_LIVE_BACKLOG + 1, 'y');
  expect(lines(reader)).toMatchObject([{ event: 'agent.text.delta' }]);
});

test('a slow reader costs no more memory than its backlog, whatever commands print', () => {
  const { run, hub, output, lines } = open();
  const reader = hub.read(run, () => {});
  for (let i = 0; i < MAX_LIVE_BACKLOG * 10; i++) output('line\n');
  expect(lines(reader).length).toBeLessThanOrEqual(MAX_LIVE_BACKLOG);
});

test('sessions have a block each, and a block that became an event is not sent to late readers', () => {
  const { run, hub, delta, lines } = open();
  delta(0, 'one', 'b1', 's1');
  delta(0, 'two', 'b2', 's2');
  hub.closeBlock(run, 's1');
  expect(lines(hub.read(run, () => {}))).toMatchObject([
    { session_id: 's2', properties: { block_id: 'b2', text: 'two' } },
  ]);
});

test('a new block of a session takes the place of the one before', () => {
  const { run, hub, delta, lines } = open();
  delta(3, 'old', 'b1');
  delta(0, 'new', 'b2');
  expect(lines(hub.read(run, () => {}))).toMatchObject([
    { properties: { block_id: 'b2', index: 0, text: 'new' } },
  ]);
});

test('readers are rung for what they can take, and not after they closed', () => {
  const { run, hub, delta } = open();
  let rings = 0;
  const reader = hub.read(run, () => rings++);
  delta(0, 'a');
  expect(rings).toBe(1);
  reader.close();
  delta(1, 'b');
  expect(rings).toBe(1);
});

test('all readers of a delta get one and the same line', () => {
  const { run, hub, delta } = open();
  const readers = [hub.read(run, () => {}), hub.read(run, () => {})];
  delta(0, 'a');
  const [first, second] = readers.map((reader) => reader.take()[0]);
  expect(first).toBe(second);
});

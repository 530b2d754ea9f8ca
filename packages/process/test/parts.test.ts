import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createProcesses, spawnerEntry } from '../src/index.js';
import { parsePs } from '../src/leftovers/parse-ps.js';
import { markOf, markVariables } from '../src/marker.js';
import { PausableDeadline } from '../src/pausable-deadline.js';
import { LineSplitter } from '../src/spawner/lines.js';
import { parseStat } from '../src/spawner/signals.js';
import { parseCommand, parseReport } from '../src/spawner/wire.js';

test('lines come out whole however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' })),
      fc.integer({ min: 1, max: 9 }),
      (texts, step) => {
        const lines = texts.map((text) => text.replaceAll('\n', ''));
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const splitter = new LineSplitter(1_000_000);
        const out: string[] = [];
        for (let at = 0; at < bytes.length; at += step) {
          out.push(...splitter.push(bytes.subarray(at, at + step)));
        }
        expect(out).toEqual(lines);
      },
    ),
  );
});

test('a line past the limit is refused instead of kept', () => {
  const splitter = new LineSplitter(4);
  expect(splitter.push(Buffer.from('abcd\n'))).toEqual(['abcd']);
  expect(() => splitter.push(Buffer.from('abcde'))).toThrow('line of more than 4 bytes');
});

test('a mark reads back from an environment, blanks and percent signs in its key included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (key) => {
      const mark = { rootId: 'root-1', key, instance: 'i.1' };
      const entries = Object.entries(markVariables(mark)).map(
        ([name, value]) => `${name}=${value}`,
      );
      expect(markOf(['PATH=/bin', ...entries])).toEqual(mark);
      expect(entries.join('')).not.toMatch(/\s/);
    }),
  );
  expect(markVariables({ rootId: 'r', key: '01ABC/root/build@1/1', instance: 'i.1' })).toEqual({
    FABRO_SPAWN: 'r/01ABC/root/build@1/1',
    FABRO_SPAWN_INSTANCE: 'i.1',
  });
  expect(markOf(['FABRO_SPAWNER=r/k', 'XFABRO_SPAWN=r/k'])).toBeUndefined();
});

test('the output of ps on macOS gives pid, group, start and mark; zombies are left out', () => {
  const text = [
    '    1     1 Ss   Sun Nov 22 23:57:00 2026     /sbin/launchd',
    '  501   500 S    Sun Nov 22 23:57:01 2026     sleep 1000 PATH=/bin FABRO_SPAWN=r/run/x%20y FABRO_SPAWN_INSTANCE=i.1 HOME=/',
    '  502   500 Z    Sun Nov 22 23:57:01 2026     (sleep)',
    '',
  ].join('\n');
  expect(parsePs(text)).toEqual([
    { pid: 1, pgid: 1, startTime: 'Sun Nov 22 23:57:00 2026', mark: undefined },
    {
      pid: 501,
      pgid: 500,
      startTime: 'Sun Nov 22 23:57:01 2026',
      mark: { rootId: 'r', key: 'run/x y', instance: 'i.1' },
    },
  ]);
});

test('a program whose name has blanks and parentheses does not confuse the reader of stat', () => {
  const fields = ['S', '1', '77', ...Array.from({ length: 16 }, () => '0'), '4242', '0'].join(' ');
  expect(parseStat(`12 (a) b (c) ${fields}`)).toEqual({
    zombie: false,
    pgid: 77,
    startTime: '4242',
  });
  expect(parseStat('')).toBeUndefined();
});

test('what is no command or report is no value', () => {
  for (const line of ['', '{', '[]', 'null', '{"op":"start","id":1}', '{"op":"end"}']) {
    expect(parseCommand(line)).toBeUndefined();
  }
  for (const line of ['', '1', '{"op":"ended","id":1}', '{"op":"failed","id":1,"part":"x"}']) {
    expect(parseReport(line)).toBeUndefined();
  }
  expect(parseReport('{"op":"ended","id":1,"code":null,"signal":"SIGKILL"}')).toEqual({
    op: 'ended',
    id: 1,
    code: null,
    signal: 'SIGKILL',
  });
});

test('a deadline expires after the time that was not paused', async () => {
  let now = 0;
  const waits: { atMs: number; wake: () => void }[] = [];
  const clock = {
    now: () => now,
    sleepUntil: (atMs: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        waits.push({ atMs, wake: resolve });
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      }),
  };
  let expired = 0;
  const deadline = new PausableDeadline(clock, 100, () => void (expired += 1));
  deadline.resume();
  now = 40;
  deadline.pause();
  now = 1_000;
  deadline.resume();
  deadline.resume();
  expect(waits.map((wait) => wait.atMs)).toEqual([100, 1_060]);
  for (const wait of waits) wait.wake();
  await Promise.resolve();
  expect(expired).toBe(1);
});

test('a root id that cannot stand in a marker is refused', () => {
  expect(() => createProcesses({ rootId: 'a/b' })).toThrow(
    'createProcesses: rootId "a/b": expected 1 to 64 letters, digits, "_" or "-".',
  );
});

test('the spawner is the source in development and a file beside the bundle when shipped', () => {
  expect(spawnerEntry('file:///opt/fabro/dist/main.js')).toEqual({
    path: '/opt/fabro/dist/fabro-spawner.js',
    execArgv: [],
  });
  expect(spawnerEntry().path).toMatch(/packages\/process\/src\/spawner\/main\.ts$/);
});

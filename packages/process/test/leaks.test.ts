import { readdirSync, readlinkSync } from 'node:fs';
import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { bench, processesWith } from './helpers.js';

function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Files in the folder that this process has open. */
function openFilesIn(folder: string): readonly string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        // Closed meanwhile, among them the one that lists the folder.
        return '';
      }
    })
    .filter((path) => path.startsWith(folder));
}

test('1,000 runs leave no descriptor, listener or process behind', async () => {
  const { run, rootId, processes, folder } = await bench();
  const { signal } = new AbortController();
  const some = async (count: number): Promise<void> => {
    const lane = async (): Promise<void> => {
      for (let index = 0; index < count / 20; index += 1) {
        await run({ argv: ['echo', 'x'], stdin: 'y' }, { signal, onOutput: () => undefined });
      }
    };
    await Promise.all(Array.from({ length: 20 }, lane));
  };
  await some(100);
  const spawners = processesWith(`FABRO_SPAWN=${rootId}/\0`);
  const before = spawners.map(descriptors);
  await some(1_000);
  expect(spawners.map(descriptors)).toEqual(before);
  expect(openFilesIn(folder)).toEqual([]);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(processesWith(rootId)).toEqual(spawners);
  await processes.close();
  expect(processesWith(rootId)).toEqual([]);
});

test('50 programs at once each get their own output and exit code', async () => {
  const { run } = await bench();
  const results = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      let text = '';
      const result = await run(
        { argv: ['bash', '-c', `echo ${index}; exit ${index}`] },
        { onOutput: (_stream, piece) => void (text += piece) },
      );
      return [result.exitCode, text];
    }),
  );
  expect(results).toEqual(Array.from({ length: 50 }, (_, index) => [index, `${index}\n`]));
});

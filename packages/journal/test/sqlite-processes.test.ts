import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { parseBlobHash, streamId } from '@fabro/protocol';
import { holdStorageRoot } from '../src/sqlite/index.js';
import { openFile, kill, startScript, temporaryFolder } from './support.js';
import { parsed, readWhole } from '../src/contract/subject.js';

async function firstLine(child: ReturnType<typeof startScript>): Promise<string> {
  if (child.stdout === null) throw new Error('the script has no output');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return line;
}

describe('the storage root', () => {
  it('is held by one process; the kill of the holder frees it at once', async () => {
    const root = await temporaryFolder();
    const holder = startScript('hold-root', [root]);
    expect(await firstLine(holder)).toBe('held');
    expect(() => holdStorageRoot(root)).toThrow(
      expect.objectContaining({
        name: 'FabroError',
        code: 'storage_locked',
        message: expect.stringContaining(root),
      }),
    );
    await kill(holder);
    const lock = holdStorageRoot(root);
    expect(await firstLine(startScript('hold-root', [root]))).toBe('storage_locked');
    lock.release();
    expect(await firstLine(startScript('hold-root', [root]))).toBe('held');
  });

  it('is held once within a process too', async () => {
    const root = await temporaryFolder();
    const lock = holdStorageRoot(root);
    expect(() => holdStorageRoot(root)).toThrow(
      expect.objectContaining({ code: 'storage_locked' }),
    );
    lock.release();
    holdStorageRoot(root).release();
  });
});

describe('SIGKILL', () => {
  /** Acknowledgements read from the child before and after its kill, which comes with the n-th. */
  async function appendAndKill(path: string, kills: number): Promise<readonly string[]> {
    const child = startScript('append-until-killed', [path]);
    if (child.stdout === null) throw new Error('the script has no output');
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (lines.length === kills) child.kill('SIGKILL');
    }
    await kill(child);
    return lines;
  }

  it('loses no acknowledged append: event, row and blob are there, and none is there by half', async () => {
    const path = join(await temporaryFolder(), 'journal.db');
    const stream = streamId('loop');
    const acknowledged: string[] = [];
    for (const kills of [1, 250, 30, 7]) {
      acknowledged.push(...(await appendAndKill(path, kills)));
      const journal = await openFile(path);
      const events = readWhole(journal, stream);
      expect(events.map((e) => e.seq)).toEqual(events.map((_, i) => i + 1));
      for (const line of acknowledged) {
        const [seq = '', n = '', hash = ''] = line.split(' ');
        expect(parsed(events[Number(seq) - 1])).toEqual({
          seq: Number(seq),
          id: `row ${n}`,
          count: Number(n),
          mark: true,
        });
        const blob = parseBlobHash(hash);
        expect(blob && Buffer.from(journal.blob(blob) ?? []).toString()).toBe(`blob ${n}`);
      }
      expect(journal.count({ table: 'item' })).toBe(events.length);
      await journal.close();
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(288);
  });
});

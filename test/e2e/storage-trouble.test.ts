/** A storage root that cannot be read or written: one clear message, and nothing is lost (design decision 11). */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expectOneMessage, fabro } from './support/cli.js';
import { type Home, testHome } from './support/home.js';
import { Failure } from './support/http.js';
import { manifestOf, startServer } from './support/server.js';
import { until } from './support/wait.js';
import { containing } from './support/matchers.js';

const GOOD = `digraph Good {
  start [shape=Mdiamond]
  exit [shape=Msquare]
  work [shape=parallelogram, script="true"]
  start -> work -> exit
}`;

/** Only root may mount, and not in every container. */
const canMount = ((): boolean => {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], {
      stdio: 'ignore',
    });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
})();

/** A small disk as the storage root of the home. */
function smallDisk(home: Home, size: string): { remount(mode: 'ro' | 'rw'): void } {
  mkdirSync(home.storage);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', home.storage]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', home.storage]));
  return {
    remount: (mode) => void execFileSync('mount', ['-o', `remount,${mode}`, home.storage]),
  };
}

/** Writes until the disk takes no byte more. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (let size = 1024 * 1024; size > 0;) {
      try {
        writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}

describe.skipIf(!canMount)('a disk of its own (skipped where this user cannot mount one)', () => {
  it('full: runs pause, new ones are refused with storage_full, reading works, and all goes on when there is space', async () => {
    const home = testHome();
    smallDisk(home, '96m');
    const ledger = home.at('ledger');
    const step = (id: string): string =>
      `${id} [shape=parallelogram, script="echo ${id} >> ${ledger}; until [ -e ${home.at(`go-${id}`)} ]; do sleep 0.05; done"]`;
    const graph = `digraph Full {
      start [shape=Mdiamond]
      exit [shape=Msquare]
      ${step('one')}
      ${step('two')}
      start -> one -> two -> exit
    }`;
    const server = await startServer(home);
    const run = await server.run(graph);
    await server.event(run, 'command.started', 'one');
    fill(home.at('storage', 'filler'));
    home.write('go-one', '');

    const create = () => server.api('POST', '/runs', { body: manifestOf(home, GOOD) });
    const refused = await until('new runs to be refused', async () => {
      const wire = await create();
      return wire.status === 201 ? undefined : wire;
    });
    expect(refused.status).toBe(503);
    await until('the run to pause', async () => (await server.status(run)).status === 'paused');
    expect((await create()).status).toBe(503);
    expect(refused.as(Failure)).toMatchObject({ status: '503', code: 'storage_full' });
    expect(refused.as(Failure).detail).toContain(home.storage);
    expect((await server.api('GET', '/runs')).status).toBe(200);
    home.write('flow.fabro', GOOD);
    expectOneMessage(await fabro(home, ['run', 'flow.fabro']), 1, [home.storage, 'full']);

    rmSync(home.at('storage', 'filler'));
    home.write('go-two', '');
    expect(await server.ended(run)).toMatchObject({
      status: 'completed',
      status_reason: 'completed',
    });
    expect(home.lines('ledger')).toEqual(['one', 'two']);
    const events = await server.events(run);
    expect(events.map((e) => e.seq)).toEqual(events.map((_, i) => i + 1));
    expect(
      events.filter((e) => e.event === 'run.notice').map((e) => e.properties['code']),
    ).toContain('disk_full');
    expect((await create()).status).toBe(201);
    expect(await server.stop()).toMatchObject({ code: 0 });
  }, 60_000);

  it('full, and the server dies meanwhile: the run goes on after there is space and a server', async () => {
    const home = testHome();
    smallDisk(home, '96m');
    const graph = GOOD.replace('"true"', `"until [ -e ${home.at('go')} ]; do sleep 0.05; done"`);
    let server = await startServer(home);
    const run = await server.run(graph);
    await server.event(run, 'command.started');
    fill(home.at('storage', 'filler'));
    await server.kill();
    home.write('go', '');
    rmSync(home.at('storage', 'filler'));
    server = await startServer(home);
    expect(await server.ended(run)).toMatchObject({
      status: 'completed',
      status_reason: 'completed',
    });
  }, 60_000);

  it('read-only: the server refuses to start and names the root; nothing in it changes', async () => {
    const home = testHome();
    const disk = smallDisk(home, '96m');
    let server = await startServer(home);
    const run = await server.run(GOOD);
    const before = await server.ended(run);
    await server.stop();
    disk.remount('ro');
    await expect(startServer(home)).rejects.toMatchObject({
      code: 'storage_unwritable',
      message: containing(home.storage),
    });
    expectOneMessage(await fabro(home, ['server', 'start']), 1, [
      home.storage,
      /--storage-dir|FABRO_STORAGE_DIR/,
    ]);
    disk.remount('rw');
    server = await startServer(home);
    expect(await server.status(run)).toEqual(before);
  }, 60_000);
});

describe('a journal that is damaged', () => {
  it.each([
    ['at its beginning', 0, 64],
    ['in its pages', 4096, 8 * 4096],
  ])(
    '%s: the server refuses to start and names the file; restored, everything is there',
    async (_where, from, bytes) => {
      const home = testHome();
      let server = await startServer(home);
      const run = await server.run(GOOD);
      await server.ended(run);
      const before = await server.events(run);
      await server.stop();
      const path = home.at('storage', 'journal.db');
      const good = readFileSync(path);
      expect(statSync(path).size).toBeGreaterThan(from + bytes);
      const damage = Buffer.alloc(bytes, 0xa5);
      const write = (data: Buffer, at: number): void => {
        const file = openSync(path, 'r+');
        writeSync(file, data, 0, data.length, at);
        closeSync(file);
      };
      write(damage, from);
      const damaged = readFileSync(path);
      await expect(startServer(home)).rejects.toMatchObject({
        code: 'storage_corrupt',
        message: containing(path),
      });
      expectOneMessage(await fabro(home, ['server', 'start']), 1, [path, 'damaged', 'Restore']);
      home.write('flow.fabro', GOOD);
      expectOneMessage(await fabro(home, ['run', 'flow.fabro']), 1, [path]);
      expect(readFileSync(path).equals(damaged)).toBe(true);
      write(good, 0);
      server = await startServer(home);
      expect(await server.events(run)).toEqual(before);
    },
  );
});

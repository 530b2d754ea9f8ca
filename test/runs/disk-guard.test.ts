import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Health, Journal } from '@fabro/journal';
import { openSqliteJournal } from '@fabro/journal/sqlite';
import { FabroError } from '@fabro/protocol';
import { DiskGuard, RUN_PROJECTIONS, fileReserve, type Reserve } from '@fabro/runs';
import { CALLER, ONE_COMMAND, WAITING, manifest, openHouse, type House } from './house.js';

const MIB = 1024 * 1024;

class FakeDisk implements Reserve {
  free = 500 * MIB;
  reserved = false;
  health: Health = { writable: true };

  async freeBytes(): Promise<number> {
    return this.free;
  }
  async exists(): Promise<boolean> {
    return this.reserved;
  }
  async write(): Promise<void> {
    if (this.free < 2 * MIB) throw new Error('ENOSPC');
    if (!this.reserved) this.free -= 2 * MIB;
    this.reserved = true;
  }
  async remove(): Promise<void> {
    if (this.reserved) this.free += 2 * MIB;
    this.reserved = false;
  }

  /** The disk fills up, and an append has failed. */
  fill(): void {
    this.free = 0;
    this.health = { writable: false, reason: 'the disk is full' };
  }
}

interface Guarded extends House {
  readonly disk: FakeDisk;
  readonly guard: DiskGuard;
}

function guardOf(house: House, disk: FakeDisk): DiskGuard {
  const journal = new Proxy(house.journal, {
    get: (target, name) => {
      if (name === 'health') return disk.health;
      const found: unknown = Reflect.get(target, name, target);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
  return new DiskGuard({ ...house.ports, journal, reserve: disk });
}

async function guarded(): Promise<Guarded> {
  const disk = new FakeDisk();
  const base = await openHouse({ maxConcurrentRuns: 0 });
  const guard = guardOf(base, disk);
  await guard.check();
  return { ...base.next({ gate: guard, maxConcurrentRuns: 5 }), disk, guard };
}

test('decision 11 of the design: the reserve is laid at the start and given up when the journal cannot be written', async () => {
  const { disk, guard } = await guarded();
  expect(disk.reserved).toBe(true);
  expect(guard.closed).toBeUndefined();
  disk.fill();
  await guard.check();
  expect(disk.reserved).toBe(false);
  expect(disk.free).toBe(2 * MIB);
});

test('while the disk is full, create, start, resume and unpause are refused with the root and the remedy', async () => {
  const house = await guarded();
  const run = await house.create(ONE_COMMAND);
  house.disk.fill();
  await house.guard.check();
  const refused = {
    code: 'storage_full',
    status: 503,
    message: expect.stringMatching(
      new RegExp(
        `the disk of the storage root ${house.ports.storageRoot} is full.*fabro system prune.*64 MiB are free`,
      ),
    ),
  };
  await expect(house.service.create(manifest(ONE_COMMAND), CALLER)).rejects.toMatchObject(refused);
  for (const resume of [false, true])
    await expect(house.service.start(run, { resume }, CALLER)).rejects.toMatchObject(refused);
  await expect(house.service.unpause(run, CALLER)).rejects.toMatchObject(refused);
  expect((await house.service.status(run)).status).toBe('submitted');
  expect((await house.service.cancel(run, CALLER)).status).toBe('cancelled');
  await house.service.remove(run, { force: false }, CALLER);
});

test('an active run pauses with a notice, by the system, and goes on when there is space; a queued one waits', async () => {
  const house = await guarded();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  const queued = await house.create(ONE_COMMAND);
  house.disk.fill();
  await house.guard.check();
  await house.put(queued, { event: 'run.queued', properties: {} });
  house.queue.wake();
  const asked = await house.event(run, 'run.pause.requested');
  expect(asked.actor).toEqual({ kind: 'system', system_kind: 'watchdog' });
  const notice = await house.event(run, 'run.notice');
  expect(notice.properties).toMatchObject({ level: 'warn', code: 'disk_full' });
  await house.event(run, 'run.paused');
  await house.guard.check();
  expect(house.events(run).filter((e) => e.event === 'run.pause.requested')).toHaveLength(1);
  expect((await house.service.status(queued)).status).toBe('queued');

  house.disk.free = 65 * MIB;
  await house.guard.check();
  expect(house.disk.reserved).toBe(true);
  expect(house.guard.closed).toBeUndefined();
  house.queue.recover();
  await house.event(run, 'run.unpaused');
  house.commands.release('a');
  await Promise.all([house.event(run, 'run.completed'), house.event(queued, 'run.completed')]);
});

test('a failure from before there was space does not close the server again, a new one does', async () => {
  const { disk, guard } = await guarded();
  disk.fill();
  await guard.check();
  disk.free = 65 * MIB;
  await guard.check();
  expect(disk.free).toBe(63 * MIB);
  await guard.check();
  expect(guard.closed).toBeUndefined();
  disk.fill();
  await guard.check();
  expect(guard.closed).toBeInstanceOf(FabroError);
});

test('too little space keeps the server closed; a reserve that does not fit does too', async () => {
  const { disk, guard } = await guarded();
  disk.fill();
  await guard.check();
  disk.free = 63 * MIB;
  await guard.check();
  expect(guard.closed).toBeDefined();
  disk.free = 65 * MIB;
  disk.write = () => Promise.reject(new Error('ENOSPC'));
  await guard.check();
  expect(guard.closed).toBeDefined();
});

test('a run that a person paused stays paused when there is space again', async () => {
  const house = await guarded();
  const mine = await house.start(WAITING);
  const theirs = await house.start(WAITING);
  await Promise.all([house.event(mine, 'command.started'), house.event(theirs, 'command.started')]);
  await house.service.pause(mine, CALLER);
  await house.event(mine, 'run.paused');
  house.disk.fill();
  await house.guard.check();
  await house.event(theirs, 'run.paused');
  house.disk.free = 500 * MIB;
  await house.guard.check();
  await house.event(theirs, 'run.unpaused');
  expect((await house.service.status(mine)).status).toBe('paused');
});

test('the guard of the next server lets go on what the guard of the last one paused', async () => {
  const house = await guarded();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  house.disk.fill();
  await house.guard.check();
  await house.event(run, 'run.paused');
  await house.queue.stop();
  const disk = new FakeDisk();
  const guard = guardOf(house, disk);
  const next = house.next({ gate: guard });
  next.queue.recover();
  await guard.check();
  await house.event(run, 'run.unpaused');
  expect((await next.service.status(run)).status).toBe('running');
});

test('a run that has not acted on the pause yet is let go on once it has', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const disk = new FakeDisk();
  const guard = guardOf(house, disk);
  await guard.check();
  const run = await house.create(ONE_COMMAND);
  await house.put(run, { event: 'run.running', properties: {} });
  disk.fill();
  await guard.check();
  disk.free = 500 * MIB;
  await guard.check();
  expect(house.events(run).map((e) => e.event)).not.toContain('run.unpause.requested');
  await house.put(run, { event: 'run.paused', properties: {} });
  await guard.check();
  await guard.check();
  expect(house.events(run).filter((e) => e.event === 'run.unpause.requested')).toHaveLength(1);
});

test('the guard looks every second until it is told to stop, and says when there is space again', async () => {
  const { disk, guard, clock } = await guarded();
  const stop = new AbortController();
  let told = 0;
  const watching = guard.watch({ signal: stop.signal, spaceAgain: () => told++ });
  const second = async (): Promise<void> => {
    while (clock.sleepers === 0) await new Promise(setImmediate);
    clock.advance(1_000);
    while (clock.sleepers === 0) await new Promise(setImmediate);
  };
  await second();
  disk.fill();
  await second();
  expect(guard.closed).toBeDefined();
  disk.free = 500 * MIB;
  await second();
  expect(told).toBe(1);
  stop.abort();
  await watching;
  expect(clock.sleepers).toBe(0);
});

test('a disk that cannot be asked is logged once and tried again', async () => {
  const house = await openHouse();
  const disk = new FakeDisk();
  const guard = guardOf(house, disk);
  const { logs } = house;
  disk.freeBytes = () => Promise.reject(new Error('EIO: statfs'));
  await guard.check();
  await guard.check();
  expect(logs.filter((l) => l.includes('EIO: statfs'))).toHaveLength(1);
});

/** A small file system of its own; undefined where this user may not mount one. */
async function smallDisk(): Promise<string | undefined> {
  const path = await mkdtemp(join(tmpdir(), 'fabro-disk-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', path]);
  });
  return path;
}

test('on a real full disk the reserve makes room to record the pause, and the run goes on afterwards', async ({
  skip,
}) => {
  const root = await smallDisk();
  if (root === undefined) return skip('this user may not mount a tmpfs');
  const journal: Journal = await openSqliteJournal(join(root, 'journal.db'), {
    projections: RUN_PROJECTIONS,
  });
  onTestFinished(() => journal.close());
  const base = await openHouse({ journal, storageRoot: root, maxConcurrentRuns: 0 });
  const guard = new DiskGuard({
    ...base.ports,
    reserve: fileReserve({ storageRoot: root, randomBytes }),
    freeAgainBytes: 8 * MIB,
  });
  await guard.check();
  expect((await stat(join(root, 'reserve'))).blocks * 512).toBeGreaterThanOrEqual(2 * MIB);
  const house = base.next({ gate: guard, maxConcurrentRuns: 5 });
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');

  await mkdir(join(root, 'junk'));
  const free = await fileReserve({ storageRoot: root, randomBytes }).freeBytes();
  await writeFile(join(root, 'junk', 'big'), randomBytes(free)).catch(() => undefined); // Until it is full.
  const failure = await house.service
    .create(manifest(ONE_COMMAND, { cwd: `/${'x'.repeat(300_000)}` }), CALLER)
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'storage_full' });
  await guard.check();
  await house.event(run, 'run.paused');
  expect(guard.closed).toBeDefined();

  await rm(join(root, 'junk'), { recursive: true });
  await guard.check();
  await house.event(run, 'run.unpaused');
  house.commands.release('a');
  await house.event(run, 'run.completed');
  await house.queue.idle(run);
});

/** A server that dies while it forks: before or after any of its acts, then another one starts on the same storage. */
import type { Git } from '@fabro/git';
import type { Journal } from '@fabro/journal';
import { FabroError, runStream } from '@fabro/protocol';
import { expect, test } from 'vitest';
import { CHAIN, fork, ran, resume } from './fork-house.js';
import { CALLER, idOf, type House } from './house.js';
import { git, realHouse, repository } from './real-house.js';

const PAGE = { limit: 20, offset: 0 };
const DEAD = new FabroError('unavailable', 'the server is dead');

/** Lets `alive` acts happen, counted over all ports; of the next one only its effect or not even that. */
class Fuse {
  #left: number;
  readonly #effect: boolean;
  blown = false;

  constructor(alive: number, effect: boolean) {
    this.#left = alive;
    this.#effect = effect;
  }

  async act<T>(effect: () => Promise<T>): Promise<T> {
    if (this.blown) throw DEAD;
    if (this.#left-- > 0) return effect();
    this.blown = true;
    if (this.#effect) await effect();
    throw DEAD;
  }
}

function dying(house: House, fuse: Fuse): House {
  const { journal, git: real } = house.ports;
  const mortalJournal: Journal = new Proxy(journal, {
    get(target, name: keyof Journal) {
      if (name === 'append') return (r: never) => fuse.act(() => target.append(r));
      if (name === 'deleteStream') return (s: never) => fuse.act(() => target.deleteStream(s));
      const value = target[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const mortalGit: Git = {
    ...real,
    createBranch: (request) => fuse.act(() => real.createBranch(request)),
    deleteBranch: (request) => fuse.act(() => real.deleteBranch(request)),
  };
  return house.next({ journal: mortalJournal, git: mortalGit });
}

const branches = (repo: string): readonly string[] =>
  git(repo, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/fabro').trim().split('\n');

test('§6 fork: whenever the server dies, the fork is there as a whole, or hidden and gone when the next one has started', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  const notices = Array.from({ length: 700 }, (_, i) => ({
    event: 'run.notice' as const,
    properties: { level: 'info' as const, code: 'note', message: `note ${i}` },
  }));
  // A history of several parts: a run that stands where this one stood, with many notices behind it.
  const long = await fork(house, run, 'two');
  await house.put(long, ...notices);
  await resume(house, long);
  const outcomes: string[] = [];
  for (let acts = 0, whole = false; !whole; acts++)
    for (const effect of [false, true]) {
      const before = (await house.service.list(PAGE, {})).data.map((r) => r.id);
      const streams = house.journal.streams({ limit: 100 }).map((s) => s.stream);
      const refs = branches(repo);
      const fuse = new Fuse(acts, effect);
      const made = await dying(house, fuse)
        .service.fork(long, { target: 'three' }, CALLER)
        .catch((error: unknown) => error);
      const next = house.next();
      const [half] = house.journal
        .streams({ limit: 100 })
        .map((s) => s.stream)
        .filter((s) => !streams.includes(s));
      const seen = (await next.service.list(PAGE, {})).data.map((r) => r.id);
      if (seen.length > before.length) {
        // Its last append was on disk before the server died, or nothing died.
        const id = idOf(seen.find((s) => !before.includes(s)) ?? '');
        await next.discardUnfinishedForks();
        await resume(next, id);
        expect((await next.service.status(id)).status).toBe('completed');
        outcomes.push(fuse.blown ? 'whole' : 'alive');
        whole = !fuse.blown;
        if (whole) break;
        continue;
      }
      expect(made).toBe(DEAD);
      expect(seen).toEqual(before);
      if (half !== undefined) {
        for (const act of [
          () => next.service.status(half),
          () => next.service.start(half, { resume: true }, CALLER),
          () => next.service.remove(half, { force: true }, CALLER),
          () => next.service.resolve(half),
          () => next.service.fork(half, {}, CALLER),
        ])
          await expect(act()).rejects.toMatchObject({ code: 'not_found' });
      }
      await next.discardUnfinishedForks();
      expect(house.journal.streams({ limit: 100 }).map((s) => s.stream)).toEqual(streams);
      if (half !== undefined) expect(house.journal.lastSeq(runStream(idOf(half)))).toBe(0);
      expect(branches(repo)).toEqual(refs);
      outcomes.push(half === undefined ? 'nothing' : 'hidden');
    }
  expect(outcomes).toEqual([
    'nothing', // before its first event
    'hidden',
    'hidden', // around its branch
    'hidden',
    'hidden', // around the first part of its history
    'hidden',
    'hidden', // before its last part
    'whole',
    'alive',
  ]);
});

test('§6 fork: when an append fails and the server lives, nothing is left of the fork, and the next one works', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  const refs = branches(repo);
  let appends = 0;
  const failing: Journal = new Proxy(house.journal, {
    get(target, name: keyof Journal) {
      if (name === 'append')
        return (request: never) =>
          ++appends === 2
            ? Promise.reject(new FabroError('storage_full', 'no space'))
            : target.append(request);
      const value = target[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const other = house.next({ journal: failing });
  await expect(fork(other, run)).rejects.toMatchObject({ code: 'storage_full' });
  expect(house.journal.streams({ limit: 10 }).map((s) => s.stream)).toEqual([run]);
  expect(branches(repo)).toEqual(refs);
  expect((await other.service.status(await fork(other, run))).status).toBe('submitted');
});

test('§6 fork: while the disk is full no fork is begun', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  const closed = new FabroError('storage_full', 'no space is left');
  await expect(fork(house.next({ gate: { closed } }), run)).rejects.toBe(closed);
  await expect(house.next({ gate: { closed } }).service.rewind(run, {}, CALLER)).rejects.toBe(
    closed,
  );
  expect(house.journal.streams({ limit: 10 }).map((s) => s.stream)).toEqual([run]);
});

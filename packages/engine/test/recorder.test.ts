/** The way of events into the journal (decisions 1, 8 and 11). */
import type { Clock, EventDraft } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { MAX_APPEND_BLOB_BYTES, SNAPSHOT_EVENTS } from '../src/limits.js';
import { LeaseLost, Recorder } from '../src/recorder.js';
import { decodeSnapshot } from '../src/snapshot.js';
import { initialState } from '../src/state.js';
import { FakeJournal, turns } from './fake-journal.js';
import { RUN } from './hand-walk.js';

const queued: EventDraft = { event: 'run.queued', properties: {} };
const starting: EventDraft = { event: 'run.starting', properties: {} };
const running: EventDraft = { event: 'run.running', properties: {} };
const outside = {
  event: 'run.pause.requested' as const,
  properties: { action: 'pause' as const },
  ts: '2026-01-01T00:00:00.000Z',
};

function setUp() {
  const journal = new FakeJournal();
  const sleeps: { wake(): void }[] = [];
  let ids = 0;
  const clock: Clock = {
    now: () => 0,
    sleepUntil: (_atMs, signal) =>
      new Promise((resolve, reject) => {
        sleeps.push({ wake: resolve });
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  const state = initialState(RUN);
  state.epoch = 7;
  const recorder = new Recorder(state, {
    journal: journal.port,
    clock,
    ids: { ulid: () => '', uuid: () => `id-${++ids}` },
  });
  return { journal, recorder, state, sleeps };
}

/** Listens from the beginning: a rejection that nobody waits for yet is a failure of the test. */
async function expectRejection(promise: Promise<unknown>, message: string): Promise<void> {
  await expect(promise).rejects.toThrow(message);
}

it('folds at once and is durable with the commit', async () => {
  const { journal, recorder, state } = setUp();
  recorder.record([queued]);
  expect({ status: state.status, seq: state.seq }).toEqual({ status: 'queued', seq: 0 });
  let durable = false;
  const commit = recorder.commit().then(() => (durable = true));
  await turns();
  expect(durable).toBe(false);
  await journal.accept();
  await commit;
  expect(state.seq).toBe(1);
  expect(journal.requests[0]).toMatchObject({
    stream: RUN,
    authority: { kind: 'owner', epoch: 7 },
    events: [
      {
        type: 'run.queued',
        body: { id: 'id-1', ts: '1970-01-01T00:00:00.000Z', run_id: RUN, event: 'run.queued' },
      },
    ],
  });
});

it('has one append under way; what is recorded meanwhile goes with the next, in order', async () => {
  const { journal, recorder } = setUp();
  const commits: Promise<void>[] = [];
  for (const event of [queued, starting, running]) {
    recorder.record([event]);
    commits.push(recorder.commit());
    await turns();
  }
  expect(journal.appended).toEqual([['run.queued']]);
  await journal.accept();
  expect(journal.appended).toEqual([['run.queued'], ['run.starting', 'run.running']]);
  await journal.accept();
  await Promise.all(commits);
});

it('appends nothing when nothing was recorded', async () => {
  const { journal, recorder } = setUp();
  await recorder.commit();
  expect(journal.requests).toEqual([]);
});

it('sends blobs with, and so not after, the events that name them; until then it has them itself', async () => {
  const { journal, recorder } = setUp();
  const hash = recorder.blob(Buffer.from('text'));
  recorder.record([queued]);
  const commit = recorder.commit();
  await turns();
  expect(recorder.unwrittenBlob(hash)).toEqual(Buffer.from('text'));
  await journal.accept();
  await commit;
  expect(journal.requests[0]?.blobs?.map((b) => b.hash)).toEqual([hash]);
  expect(recorder.unwrittenBlob(hash)).toBeUndefined();
});

it('sends blobs ahead that are too many for one append', async () => {
  const { journal, recorder } = setUp();
  for (const letter of ['a', 'b', 'c'])
    recorder.blob(Buffer.alloc(MAX_APPEND_BLOB_BYTES / 2, letter));
  recorder.record([queued]);
  const commit = recorder.commit();
  await turns();
  await journal.accept();
  await journal.accept();
  await commit;
  expect(journal.requests.map((r) => [r.blobs?.length, r.events.length])).toEqual([
    [2, 0],
    [1, 1],
  ]);
});

describe('a lost lease', () => {
  it('rejects this commit and all later ones, and aborts', async () => {
    const { journal, recorder } = setUp();
    recorder.record([queued]);
    const commit = recorder.commit();
    const failed = expectRejection(commit, 'another server took the run over');
    await turns();
    await journal.refuse(8);
    await failed;
    expect(recorder.lost.reason).toBeInstanceOf(LeaseLost);
    recorder.record([starting]);
    await expect(recorder.commit()).rejects.toThrow('another server took the run over (epoch 8)');
    expect(journal.requests).toHaveLength(1);
  });
});

describe('a full disk (decision 11)', () => {
  it('is waited for; then the same events are appended, in order', async () => {
    const { journal, recorder, sleeps } = setUp();
    recorder.record([queued]);
    const first = recorder.commit();
    await turns();
    await journal.full();
    recorder.record([starting]);
    const second = recorder.commit();
    await turns();
    expect(journal.requests).toHaveLength(1);
    sleeps[0]?.wake();
    await turns();
    expect(journal.requests[1]).toEqual(journal.requests[0]);
    await journal.accept();
    await journal.accept();
    await Promise.all([first, second]);
    expect(journal.appended.slice(1)).toEqual([['run.queued'], ['run.starting']]);
    expect(recorder.lost.aborted).toBe(false);
  });

  // §5.3 artifact upload
  it('is waited for, so that no file which a stage has made is given up', async () => {
    const { journal, recorder, sleeps } = setUp();
    const hash = recorder.blob(Buffer.from('report'));
    recorder.record([queued]);
    const commit = recorder.commit();
    for (let times = 0; times < 4; times++) {
      await turns();
      await journal.full();
      await turns();
      sleeps.at(-1)?.wake();
    }
    await turns();
    await journal.accept();
    await commit;
    expect(journal.requests).toHaveLength(5);
    expect(journal.requests.map((r) => r.blobs?.map((b) => b.hash))).toEqual(Array(5).fill([hash]));
  });

  it('does not keep a server from stopping', async () => {
    const { journal, recorder } = setUp();
    recorder.record([queued]);
    const failed = expectRejection(recorder.commit(), 'the disk is full');
    await turns();
    await journal.full();
    recorder.waitNoMore();
    await failed;
    expect(recorder.lost.aborted).toBe(true);
  });
});

describe('events from outside', () => {
  it('leave the state at the last event without a gap, in whichever order they come', async () => {
    const { journal, recorder, state } = setUp();
    recorder.record([queued]);
    const first = recorder.commit();
    await turns();
    await journal.accept();
    await first;
    const theirs = journal.outside();
    recorder.record([starting]);
    const second = recorder.commit();
    await turns();
    await journal.accept();
    await second;
    expect({ theirs, seq: state.seq }).toEqual({ theirs: 2, seq: 1 });
    recorder.foldOutside({ ...outside, seq: theirs }, theirs);
    expect({ seq: state.seq, pending: state.pendingControl }).toEqual({ seq: 3, pending: 'pause' });
  });

  it('of an unknown type count too', () => {
    const { recorder, state, journal } = setUp();
    recorder.foldOutside(undefined, journal.outside());
    expect(state.seq).toBe(1);
  });
});

describe('a snapshot', () => {
  async function many(set: ReturnType<typeof setUp>, events: number) {
    set.recorder.record(Array.from({ length: events }, () => queued));
    const commit = set.recorder.commit();
    await turns();
    await set.journal.accept();
    await commit;
  }
  const snapshots = (journal: FakeJournal) =>
    journal.requests.map((r) => r.snapshot).filter((s) => s !== undefined);

  it('is taken when due, and goes with the next append', async () => {
    const set = setUp();
    await many(set, SNAPSHOT_EVENTS - 1);
    set.recorder.quiescent();
    await many(set, 1);
    expect(snapshots(set.journal)).toEqual([]);
    set.recorder.quiescent();
    await many(set, 1);
    const [snapshot] = snapshots(set.journal);
    expect(snapshot?.seq).toBe(SNAPSHOT_EVENTS);
    expect(decodeSnapshot(RUN, snapshot?.body ?? '')?.seq).toBe(SNAPSHOT_EVENTS);
  });

  it('never skips an event from outside that is not read back yet', async () => {
    const set = setUp();
    const theirs = set.journal.outside();
    await many(set, SNAPSHOT_EVENTS + 1);
    set.recorder.quiescent();
    await many(set, 1);
    expect(snapshots(set.journal)).toEqual([]);
    set.recorder.foldOutside({ ...outside, seq: theirs }, theirs);
    set.recorder.quiescent();
    await many(set, 1);
    const [snapshot] = snapshots(set.journal);
    expect(snapshot?.seq).toBe(SNAPSHOT_EVENTS + 3);
    expect(decodeSnapshot(RUN, snapshot?.body ?? '')?.pendingControl).toBe('pause');
  });

  it('holds nothing that is not on disk', async () => {
    const set = setUp();
    await many(set, SNAPSHOT_EVENTS);
    set.recorder.record([starting]);
    set.recorder.quiescent();
    const commit = set.recorder.commit();
    await turns();
    set.recorder.quiescent();
    await set.journal.accept();
    await commit;
    expect(snapshots(set.journal)).toEqual([]);
  });
});

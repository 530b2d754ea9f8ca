/** Durable calls: no call with a recorded end acts again (decision 2). */
import { callKey, type AnyEvent, type CallSpec } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { createCalls, type RecordedCall } from '../src/calls.js';
import { Recorder } from '../src/recorder.js';
import { initialState } from '../src/state.js';
import { FakeJournal, turns } from './fake-journal.js';
import { RUN } from './hand-walk.js';

const KEY = callKey('run', 'root', 'a@1', 'a1', 'x');
const event = (value: string): AnyEvent => ({
  seq: 1,
  id: 'e',
  ts: '',
  run_id: RUN,
  event: 'call.ended',
  properties: { kind: 'k', result: value },
});

function spec(inDoubt: CallSpec<string>['inDoubt'] = { rule: 'repeat' }): CallSpec<string> {
  return {
    key: KEY,
    started: { event: 'call.started', properties: { kind: 'k' } },
    ended: (result) => ({ event: 'call.ended', properties: { kind: 'k', result } }),
    decode: (ended) => `decoded ${String(ended.properties['result'])}`,
    inDoubt,
  };
}

function setUp(recorded: RecordedCall = {}) {
  const journal = new FakeJournal();
  const abort = new AbortController();
  const notes: string[] = [];
  const recorder = new Recorder(initialState(RUN), {
    journal: journal.port,
    clock: { now: () => 0, sleepUntil: () => Promise.resolve() },
    ids: { ulid: () => '', uuid: () => 'id' },
  });
  const calls = createCalls({
    recorder,
    journal: journal.port,
    recorded: new Map([[KEY, recorded]]),
    noted: () => notes.push('noted'),
    signal: abort.signal,
  });
  let acts = 0;
  const act = async (): Promise<string> => `value ${++acts}`;
  return { journal, calls, act, abort, notes, acted: () => acts };
}

/** Listens from the beginning: a rejection that nobody waits for yet is a failure of the test. */
async function expectRejection(promise: Promise<unknown>, message: string): Promise<void> {
  await expect(promise).rejects.toThrow(message);
}

describe('a call', () => {
  it('acts after its start is durable, and resolves after its end is', async () => {
    const { journal, calls, act, acted } = setUp();
    let result: string | undefined;
    const call = calls.call(spec(), act).then((value) => (result = value));
    await turns();
    expect(acted()).toBe(0);
    await journal.accept();
    expect({ acts: acted(), result }).toEqual({ acts: 1, result: undefined });
    await journal.accept();
    expect(await call).toBe('value 1');
    expect(journal.requests.flatMap((r) => r.events.map((e) => e.body))).toMatchObject([
      { event: 'call.started', call: KEY, call_phase: 'started' },
      { event: 'call.ended', call: KEY, call_phase: 'ended', properties: { result: 'value 1' } },
    ]);
  });

  it('with a recorded end does not act', async () => {
    const { journal, calls, act, acted } = setUp({ started: event(''), ended: event('old') });
    expect(await calls.call(spec(), act)).toBe('decoded old');
    expect({ acts: acted(), appends: journal.requests.length }).toEqual({ acts: 0, appends: 0 });
  });

  it('in doubt acts again by its rule, with no second start', async () => {
    const { journal, calls, act } = setUp({ started: event('') });
    const call = calls.call(spec(), act);
    await turns();
    expect(journal.appended).toEqual([['call.ended']]);
    await journal.accept();
    expect(await call).toBe('value 1');
  });

  it.each([
    [{ value: 'found' }, 'found', 0],
    ['repeat' as const, 'value 1', 1],
  ])('in doubt that looks at the world and finds %j gives %s', async (found, value, times) => {
    const { journal, calls, act, acted } = setUp({ started: event('') });
    const call = calls.call(spec({ rule: 'reconcile', reconcile: async () => found }), act);
    await turns();
    await journal.accept();
    expect(await call).toBe(value);
    expect(acted()).toBe(times);
  });

  it('that is aborted while it acts stays open', async () => {
    const { journal, calls, abort } = setUp();
    const call = expectRejection(
      calls.call(spec(), async () => {
        abort.abort(new Error('cancelled'));
        return 'late';
      }),
      'cancelled',
    );
    await turns();
    await journal.accept();
    await call;
    expect(journal.appended).toEqual([['call.started']]);
  });

  it('that fails stays open', async () => {
    const { journal, calls } = setUp();
    const call = expectRejection(
      calls.call(spec(), () => Promise.reject(new Error('no network'))),
      'no network',
    );
    await turns();
    await journal.accept();
    await call;
    expect(journal.appended).toEqual([['call.started']]);
  });
});

describe('a note', () => {
  const draft = {
    event: 'run.notice' as const,
    properties: { level: 'info' as const, code: 'c', message: 'm' },
  };

  it('is recorded once, and heard of at once', async () => {
    const { journal, calls, notes } = setUp();
    const note = calls.note(KEY, draft);
    expect(notes).toEqual(['noted']);
    await turns();
    await journal.accept();
    await note;
    expect(journal.appended).toEqual([['run.notice']]);
  });

  it('that is recorded already is not recorded again', async () => {
    const { journal, calls, notes } = setUp({ ended: event('') });
    await calls.note(KEY, draft);
    expect({ appends: journal.requests, notes }).toEqual({ appends: [], notes: [] });
  });
});

it('a blob that is not there is not found', async () => {
  const { calls } = setUp();
  await expect(calls.readBlob('0'.repeat(64))).rejects.toThrow('is not in the journal');
});

import { describe, expect, it } from 'vitest';
import { fold } from '../src/fold.js';
import { decodeSnapshot, encodeSnapshot } from '../src/snapshot.js';
import { initialState, type RunState } from '../src/state.js';
import { HandWalk, RUN, command } from './hand-walk.js';

/** A run with a retry, a nested parallel, a question, a restart and usage. */
function richRun(): HandWalk {
  const walk = new HandWalk(
    `${command('a', 'max_retries=2')} fork [shape=component] ${command('b')} ask [shape=hexagon]
     inner [shape=component] ${command('c')} ${command('d')} in [shape=tripleoctagon] join [shape=tripleoctagon]
     start -> a -> fork fork -> b b -> join fork -> ask ask -> join
     fork -> inner inner -> c c -> in inner -> d d -> in in -> join join -> exit`,
    { git: true },
  );
  walk.acts();
  walk.settle({ outcome: { status: 'failed' }, retryable: true });
  walk.restart();
  walk.nowMs += 90_000;
  walk.acts();
  walk.settle({
    outcome: {
      status: 'partially_succeeded',
      preferred_label: 'on',
      suggested_next_ids: ['fork'],
      context_updates: { list: [1, { deep: null }], text: 'ü' },
      usage: {
        input_tokens: 1,
        output_tokens: 2,
        reasoning_tokens: 0,
        cache_read_tokens: 0,
        cache_write_tokens: 0,
        total_usd_micros: 3,
      },
    },
    retryable: false,
  });
  walk.record({ stage_id: 'a@1', event: 'git.commit', properties: { sha: 'sha-a' } });
  for (let turn = 0; turn < 3; turn++)
    for (const act of walk.acts())
      if (act.kind === 'prepare')
        walk.record({
          frame_id: act.frame,
          event: 'git.worktree.added',
          properties: { path: `/trees/${act.frame}`, branch: act.frame },
        });
  walk.record({
    frame_id: 'root/fork@1:1',
    stage_id: 'ask@1',
    event: 'interview.started',
    properties: {
      question_id: 'q',
      question: 'Ship?',
      stage: 'ask',
      question_type: 'multiple_choice',
      options: [{ key: 'Y', label: 'Yes' }],
      allow_freeform: false,
      due_at: 5,
    },
  });
  walk.advance();
  walk.record({
    event: 'interview.completed',
    properties: { question_id: 'q', answer: { kind: 'selected', key: 'Y' } },
  });
  walk.advance();
  walk.fail('root/fork@1:0');
  walk.record({
    frame_id: 'root/fork@1:0',
    stage_id: 'b@1',
    event: 'git.commit',
    properties: { sha: 'sha-b' },
  });
  walk.advance();
  walk.record(
    { event: 'run.pause.requested', properties: { action: 'pause' } },
    { event: 'checkpoint.failed', properties: { error: 'disk' } },
  );
  return walk;
}

const plain = (state: RunState): unknown => JSON.parse(encodeSnapshot(state));

it('a rich state survives being written and read', () => {
  const { state } = richRun();
  const read = decodeSnapshot(RUN, encodeSnapshot(state));
  expect(read).toStrictEqual(state);
});

it('from a snapshot at any point the rest of the stream leads to the same state', () => {
  const walk = richRun();
  const live = initialState(RUN);
  for (const [cut, event] of walk.events.entries()) {
    fold(live, event);
    const resumed = decodeSnapshot(RUN, encodeSnapshot(live));
    if (resumed === undefined) throw new Error(`the snapshot after event ${cut + 1} is unreadable`);
    for (const later of walk.events.slice(cut + 1)) fold(resumed, later);
    expect(plain(resumed), `cut after event ${cut + 1}`).toEqual(plain(walk.state));
  }
});

describe('a snapshot that is not ours is ignored', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', '{"seq":'],
    ['another shape', '{"seq":1}'],
    ['a list', '[]'],
  ])('%s', (_name, text) => {
    expect(decodeSnapshot(RUN, text)).toBeUndefined();
  });

  it('one with a status of another release', () => {
    const text = encodeSnapshot(richRun().state).replace(
      '"status":"running"',
      '"status":"humming"',
    );
    expect(text).toContain('humming');
    expect(decodeSnapshot(RUN, text)).toBeUndefined();
  });
});

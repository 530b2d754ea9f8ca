import type { EventDraft } from '@fabro/protocol';
import { describe, expect, it, test } from 'vitest';
import { ImpossibleEvent, fold, type FoldedEvent } from '../src/fold.js';
import { initialState } from '../src/state.js';
import { HandWalk, RUN, command } from './hand-walk.js';

const chain = `${command('a')} ${command('b')} start -> a -> b -> exit`;
const numbers = { index: 0, attempt: 1, max_attempts: 1 };

describe('an event that cannot be throws (decision 8)', () => {
  const running = () => {
    const walk = new HandWalk(chain);
    walk.acts();
    return walk;
  };
  const failure = { message: 'm', failure_class: 'deterministic' } as const;
  const impossible: readonly (readonly [string, EventDraft])[] = [
    [
      'a stage ends that never started',
      {
        stage_id: 'b@1',
        event: 'stage.completed',
        properties: { ...numbers, status: 'succeeded', duration_ms: 0 },
      },
    ],
    [
      'another visit ends than the one that runs',
      {
        stage_id: 'a@2',
        event: 'stage.failed',
        properties: { ...numbers, duration_ms: 0, will_retry: false, failure },
      },
    ],
    [
      'a stage starts inside another',
      {
        stage_id: 'b@1',
        event: 'stage.started',
        properties: { ...numbers, handler_type: 'command' },
      },
    ],
    [
      'an edge leaves a stage that still runs',
      {
        event: 'edge.selected',
        properties: {
          from_node: 'a',
          to_node: 'b',
          reason: 'unconditional',
          stage_status: 'succeeded',
          is_jump: false,
        },
      },
    ],
    [
      'a frame acts that was never opened',
      {
        frame_id: 'root/x@1:0',
        stage_id: 'a@1',
        event: 'stage.interrupted',
        properties: { index: 0, attempt: 1 },
      },
    ],
    [
      'a branch ends that is none',
      {
        event: 'parallel.branch.completed',
        properties: { index: 0, id: 'a', duration_ms: 0, status: 'succeeded' },
      },
    ],
    [
      'a branch begins without a parallel stage',
      { event: 'parallel.branch.started', properties: { index: 0, start_node: 'a' } },
    ],
    [
      'a question belongs to no stage',
      {
        event: 'interview.started',
        properties: {
          question_id: 'q',
          question: '?',
          stage: 'a',
          question_type: 'freeform',
          options: [],
          allow_freeform: true,
        },
      },
    ],
  ];

  test.each(impossible)('%s', (_name, event) => {
    const walk = running();
    expect(() => walk.record(event)).toThrow(
      /in frame|has no frame|no branch|no parallel|no stage/,
    );
  });

  it('another stage starts where one waits for its next attempt', () => {
    const walk = new HandWalk(`${command('a', 'max_retries=1')} start -> a -> exit`);
    walk.acts();
    walk.settle({ outcome: { status: 'failed' }, retryable: true });
    const start: EventDraft = {
      stage_id: 'b@1',
      event: 'stage.started',
      properties: { ...numbers, handler_type: 'command' },
    };
    expect(() => walk.record(start)).toThrow(ImpossibleEvent);
  });

  it('a branch ends twice', () => {
    const walk = new HandWalk(
      `fork [shape=component] ${command('a')} ${command('b')} join [shape=tripleoctagon]
       start -> fork fork -> a a -> join fork -> b b -> join join -> exit`,
    );
    walk.acts();
    walk.succeed('root/fork@1:0');
    walk.acts();
    const end = walk.events.findLast((e) => e.event === 'parallel.branch.completed');
    if (end === undefined) throw new Error('no branch has ended');
    const { ts: _ts, seq: _seq, ...draft } = end;
    expect(() => walk.record(draft)).toThrow('ends, and has ended already');
  });
});

it('an event of a type that the engine does not fold changes nothing but the number', () => {
  const walk = new HandWalk(chain);
  walk.acts();
  const before = JSON.stringify({ ...walk.state, seq: 0 });
  walk.record({ event: 'agent.warning', properties: { visit: 1, kind: 'k', message: 'm' } });
  expect(JSON.stringify({ ...walk.state, seq: 0 })).toBe(before);
  expect(walk.state.seq).toBe(walk.events.length);
});

describe('a settled stage sets the context keys (§5.1)', () => {
  // §5.1 current_node, §5.1 outcome, §5.1 failure_class, §5.1 failure_signature
  it('of a failure', () => {
    const walk = new HandWalk(chain);
    walk.acts();
    walk.fail('root', 'no 7');
    expect(Object.fromEntries(walk.frame().context)).toEqual({
      current_node: 'a',
      outcome: 'failed',
      failure_class: 'deterministic',
      failure_signature: 'a|deterministic|no <n>',
    });
  });

  // §5.1 preferred_label
  it('and keeps preferred_label until another stage has one', () => {
    const walk = new HandWalk(chain);
    walk.acts();
    walk.settle({ outcome: { status: 'succeeded', preferred_label: 'Yes' }, retryable: false });
    walk.acts();
    walk.succeed();
    expect(walk.frame().context.get('preferred_label')).toBe('Yes');
    expect(walk.frame().context.get('failure_class')).toBe('');
  });
});

it('usage adds up over attempts, failed ones too', () => {
  const walk = new HandWalk(`${command('a', 'max_retries=1')} start -> a -> exit`);
  const usage = {
    input_tokens: 10,
    output_tokens: 1,
    reasoning_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
  };
  walk.acts();
  walk.settle({ outcome: { status: 'failed', usage }, retryable: true });
  walk.nowMs += 60_000;
  walk.acts();
  walk.settle({ outcome: { status: 'succeeded', usage }, retryable: false });
  expect(walk.state.usage).toMatchObject({ input_tokens: 20, output_tokens: 2 });
});

it('an empty stream folds to a submitted run', () => {
  const state = initialState(RUN);
  const none: readonly FoldedEvent[] = [];
  for (const event of none) fold(state, event);
  expect(state.status).toBe('submitted');
});

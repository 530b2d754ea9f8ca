import { describe, expect, it } from 'vitest';
import type { AttemptResult } from '../src/handler.js';
import { cancelledStage, settleAttempt } from '../src/settle.js';
import { HandWalk, command } from './hand-walk.js';

const failed: AttemptResult = {
  outcome: { status: 'failed', failure: { message: 'no 42', failure_class: 'deterministic' } },
  retryable: false,
};
const retryable: AttemptResult = { ...failed, retryable: true };

function running(attributes: string) {
  const walk = new HandWalk(`${command('n', attributes)} start -> n -> exit`);
  expect(walk.acts()).toEqual([{ kind: 'attempt', frame: 'root' }]);
  const settle = (result: AttemptResult) =>
    settleAttempt(walk.input(), result, { nowMs: walk.nowMs + 250, random: () => 0.5 });
  return { walk, settle };
}

describe('an attempt that fails', () => {
  // §4.3 final event
  it('is final when it asks for no retry, whatever the policy (§4.4)', () => {
    const { settle } = running('max_retries=3');
    expect(settle(failed)).toMatchObject([
      {
        event: 'stage.failed',
        properties: {
          will_retry: false,
          attempt: 1,
          max_attempts: 4,
          duration_ms: 250,
          failure: { message: 'no 42', failure_signature: 'n|deterministic|no <n>' },
        },
      },
    ]);
  });

  // §4.3 retrying, §4.4 attempt number
  it('is tried again after the stored delay when it asks for it (§4.4)', () => {
    const { walk, settle } = running('max_retries=3');
    expect(settle(retryable)).toMatchObject([
      { event: 'stage.failed', properties: { will_retry: true, attempt: 1 } },
      {
        event: 'stage.retrying',
        properties: { attempt: 1, delay_ms: 5_000, due_at: walk.nowMs + 250 + 5_000 },
      },
    ]);
  });

  it('is final when the attempts are used up', () => {
    const { settle } = running('max_retries=0');
    expect(settle(retryable)).toMatchObject([
      { event: 'stage.failed', properties: { will_retry: false } },
    ]);
  });

  it('does not pay for attempts that a restart cut short', () => {
    const { walk } = running('max_retries=1');
    walk.restart();
    expect(walk.acts()).toEqual([{ kind: 'attempt', frame: 'root' }]);
    expect(walk.input().stage).toMatchObject({ attempt: 2, interruptions: 1 });
    walk.settle(retryable);
    expect(walk.frame().phase).toMatchObject({ kind: 'waiting' });
    walk.nowMs += 60_000;
    walk.acts();
    walk.settle(retryable);
    expect(walk.frame().phase).toMatchObject({ kind: 'settled', outcome: { status: 'failed' } });
  });

  // §4.4 allow_partial
  it('is a partial success with allow_partial when retries are used up (§4.4)', () => {
    const { settle } = running('allow_partial=true');
    expect(settle(retryable)).toMatchObject([
      { event: 'stage.completed', properties: { status: 'partially_succeeded' } },
    ]);
  });

  it('stays failed with allow_partial when it asked for no retry', () => {
    const { settle } = running('allow_partial=true');
    expect(settle(failed)).toMatchObject([{ event: 'stage.failed' }]);
  });

  it('has a reason even when the handler gave none', () => {
    const { settle } = running('');
    expect(settle({ outcome: { status: 'failed' }, retryable: false })).toMatchObject([
      { properties: { failure: { message: 'failed without a reason' } } },
    ]);
  });
});

describe('auto_status (§4.3)', () => {
  // §4.3 auto_status
  it('makes a failure a success, and says so', () => {
    const { settle } = running('auto_status=true');
    const [event] = settle(failed);
    expect(event).toMatchObject({
      event: 'stage.completed',
      properties: {
        status: 'succeeded',
        notes: 'auto-status: handler completed without writing status',
      },
    });
    expect(event?.properties).not.toHaveProperty('failure');
  });

  it('leaves a skipped stage skipped', () => {
    const { settle } = running('auto_status=true');
    expect(settle({ outcome: { status: 'skipped' }, retryable: false })).toMatchObject([
      { properties: { status: 'skipped' } },
    ]);
  });

  it('has no say when the stage was called off', () => {
    const { walk } = running('auto_status=true');
    expect(cancelledStage(walk.input(), 'Pipeline cancelled', walk.nowMs)).toMatchObject({
      event: 'stage.failed',
      properties: { failure: { failure_class: 'canceled', message: 'Pipeline cancelled' } },
    });
  });
});

it('records what the handler adds before the outcome', () => {
  const { settle } = running('');
  const notice = {
    event: 'run.notice' as const,
    properties: { level: 'info' as const, code: 'x', message: 'x' },
  };
  expect(settle({ ...failed, events: [notice] }).map((e) => e.event)).toEqual([
    'run.notice',
    'stage.failed',
  ]);
});

describe('a conditional', () => {
  it('passes a failure on and has itself worked (design, "Where upstream disagrees")', () => {
    const walk = new HandWalk(
      `${command('t')} gate [shape=diamond] ${command('fix')} start -> t -> gate
       gate -> exit gate -> fix [condition="outcome=failed"]`,
    );
    walk.acts();
    walk.fail();
    expect(walk.acts()).toEqual([{ kind: 'attempt', frame: 'root' }]);
    expect(walk.input().stage.node).toBe('fix');
    expect(
      walk.events.find((e) => e.event === 'stage.completed' && e.stage_id === 'gate@1'),
    ).toMatchObject({
      properties: { status: 'failed', notes: 'Conditional node evaluated: gate' },
    });
  });

  it('that begins a branch passes on what came before the parallel stage', () => {
    const walk = new HandWalk(
      `${command('t')} fork [shape=component] gate [shape=diamond] ${command('b')} join [shape=tripleoctagon]
       start -> t -> fork fork -> gate gate -> join fork -> b b -> join join -> exit`,
    );
    walk.acts();
    walk.fail();
    walk.acts();
    expect(walk.frame('root/fork@1:0').phase).toEqual({
      kind: 'ended',
      status: 'failed',
      closed: true,
    });
  });
});

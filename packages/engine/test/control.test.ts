/** Pause, questions, cancel, restarts: what others and fate do to a run. */
import { describe, expect, it } from 'vitest';
import { HandWalk, ROOT, command } from './hand-walk.js';

const chain = `${command('a')} ${command('b')} start -> a -> b -> exit`;
const fork = `fork [shape=component] ${command('a')} ask [shape=hexagon] join [shape=tripleoctagon]
  start -> fork fork -> a a -> join fork -> ask ask -> join join -> exit`;
const ASK = 'root/fork@1:1';

function question(walk: HandWalk, id: string, frame: string = ROOT) {
  walk.record({
    frame_id: frame,
    stage_id: walk.input(frame).stage.stageId,
    event: 'interview.started',
    properties: {
      question_id: id,
      question: '?',
      stage: 'ask',
      question_type: 'freeform',
      options: [],
      allow_freeform: true,
    },
  });
}

const answer = (id: string) => ({
  event: 'interview.completed' as const,
  properties: { question_id: id, answer: { kind: 'yes' as const } },
});

describe('a pause (§4.6)', () => {
  const pause = { event: 'run.pause.requested', properties: { action: 'pause' } } as const;
  const unpause = { event: 'run.unpause.requested', properties: { action: 'unpause' } } as const;

  // §4.6 pause
  it('is confirmed, lets the attempt end, and holds before the next node', () => {
    const walk = new HandWalk(chain);
    walk.acts();
    walk.inFlight.add(ROOT);
    walk.record(pause);
    expect(walk.advance()).toEqual({ events: [], acts: [], cancel: [] });
    expect(walk.state.status).toBe('paused');
    walk.succeed();
    expect(walk.advance()).toEqual({ events: [], acts: [], cancel: [] });
    expect(walk.frame().phase).toEqual({ kind: 'at', node: 'b' });
    walk.record(unpause);
    expect(walk.acts()).toEqual([{ kind: 'attempt', frame: 'root' }]);
    expect(walk.state.status).toBe('running');
  });

  it('lets a wait between attempts run out, and begins the next one only after it', () => {
    const walk = new HandWalk(`${command('a', 'max_retries=1')} start -> a -> exit`);
    walk.acts();
    walk.settle({ outcome: { status: 'failed' }, retryable: true });
    walk.record(pause);
    expect(walk.acts()).toMatchObject([{ kind: 'wait', frame: 'root' }]);
    walk.nowMs += 5_000;
    expect(walk.advance()).toEqual({ events: [], acts: [], cancel: [] });
    walk.record(unpause);
    expect(walk.acts()).toEqual([{ kind: 'attempt', frame: 'root' }]);
  });

  // §4.6 pause blocked
  it('of a run that waits for an answer is an event: the question stays, its answer counts, then the walk holds', () => {
    const walk = new HandWalk(`ask [shape=hexagon] ${command('b')} start -> ask -> b -> exit`);
    walk.acts();
    walk.inFlight.add(ROOT);
    question(walk, 'q1');
    walk.advance();
    walk.record(pause);
    expect(walk.advance()).toEqual({ events: [], acts: [], cancel: [] });
    expect(walk.names.slice(-3)).toEqual(['run.blocked', 'run.pause.requested', 'run.paused']);
    expect(walk.state.questions.get('q1')?.answer).toBeUndefined();
    walk.record(answer('q1'));
    walk.succeed();
    expect(walk.advance()).toEqual({ events: [], acts: [], cancel: [] });
    expect(walk.frame().phase).toEqual({ kind: 'at', node: 'b' });
    walk.record(unpause);
    expect(walk.acts()).toEqual([{ kind: 'attempt', frame: 'root' }]);
  });

  it('never hides a cancel', () => {
    const walk = new HandWalk(chain);
    walk.record(
      { event: 'run.cancel.requested', properties: { action: 'cancel' } },
      pause,
      unpause,
    );
    expect(walk.conclusion()).toMatchObject({ reason: 'cancelled' });
  });
});

it('a run is blocked from its first open question to the last answer (§3.2)', () => {
  const walk = new HandWalk(fork);
  walk.acts();
  walk.inFlight.add('root/fork@1:0');
  walk.inFlight.add(ASK);
  question(walk, 'q1', ASK);
  question(walk, 'q2', ASK);
  walk.advance();
  walk.advance();
  expect(walk.events.at(-1)).toMatchObject({
    event: 'run.blocked',
    properties: { blocked_reason: 'human_input_required' },
  });
  walk.record(answer('q1'));
  expect(walk.decide().events).toEqual([]);
  walk.record(answer('q2'));
  walk.advance();
  expect(walk.names.filter((n) => n.startsWith('run.'))).toEqual([
    'run.created',
    'run.started',
    'run.running',
    'run.blocked',
    'run.unblocked',
  ]);
});

describe('a cancel (§4.6)', () => {
  const cancel = { event: 'run.cancel.requested', properties: { action: 'cancel' } } as const;

  // §4.6 cancel
  it('ends acts, then questions and stages from the inside, then the run', () => {
    const walk = new HandWalk(fork);
    walk.acts();
    walk.inFlight.add(ASK);
    walk.inFlight.add('root/fork@1:0');
    question(walk, 'q1', ASK);
    walk.record(cancel);
    expect(walk.decide()).toEqual({
      events: [],
      acts: [],
      cancel: [ASK, 'root/fork@1:0'],
    });
    walk.inFlight.clear();
    const before = walk.names.length;
    expect(walk.conclusion()).toEqual({
      status: 'failed',
      reason: 'cancelled',
      error: 'Pipeline cancelled',
    });
    expect(walk.names.slice(before)).toEqual([
      'interview.interrupted ask@1',
      'stage.failed ask@1',
      'stage.failed a@1',
      'stage.failed fork@1',
    ]);
    expect(walk.events.at(-1)).toMatchObject({
      properties: { failure: { message: 'Pipeline cancelled', failure_class: 'canceled' } },
    });
  });

  it('leaves an answered question as it is', () => {
    const walk = new HandWalk('ask [shape=hexagon] start -> ask -> exit');
    walk.acts();
    question(walk, 'q1');
    walk.record(answer('q1'), cancel);
    walk.advance();
    expect(walk.names).not.toContain('interview.interrupted ask@1');
    expect(walk.state.questions.size).toBe(0);
  });

  it('is no success, whatever auto_status says', () => {
    const walk = new HandWalk(`${command('a', 'auto_status=true')} start -> a -> exit`);
    walk.acts();
    walk.record(cancel);
    walk.advance();
    expect(walk.names.at(-1)).toBe('stage.failed a@1');
  });
});

describe('restarts (decision 10)', () => {
  it('three without a checkpoint end the run and name the stage', () => {
    const walk = new HandWalk(chain);
    walk.acts();
    walk.restart();
    walk.acts();
    walk.restart();
    walk.acts();
    walk.restart();
    expect(walk.conclusion()).toEqual({
      status: 'failed',
      reason: 'terminated',
      error:
        'the server died 3 times in a row in a@1 without a checkpoint in between; the run is given up',
    });
  });

  it('name the stage also while it is committed', () => {
    const walk = new HandWalk(chain, { git: true });
    walk.acts();
    walk.succeed();
    for (let i = 0; i < 3; i++) walk.restart();
    expect(walk.conclusion()).toMatchObject({ error: expect.stringContaining('in a row in a@1') });
  });

  it('are forgotten with a checkpoint', () => {
    const walk = new HandWalk(chain);
    walk.acts();
    walk.restart();
    walk.restart();
    walk.acts();
    walk.succeed();
    walk.acts();
    walk.restart();
    expect(walk.acts()).toEqual([{ kind: 'attempt', frame: 'root' }]);
  });

  it('do not count when the server let the run go in order', () => {
    const walk = new HandWalk(chain);
    walk.acts();
    for (let i = 0; i < 5; i++) walk.restart(true);
    expect(walk.acts()).toEqual([{ kind: 'attempt', frame: 'root' }]);
    walk.restart();
    expect(walk.state.restarts).toBe(1);
  });
});

describe("an attempt that the server's death cut short (decision 2)", () => {
  it('repeats as a new attempt', () => {
    const walk = new HandWalk(chain);
    walk.acts();
    walk.restart();
    walk.acts();
    expect(walk.names.slice(-3)).toEqual([
      'stage.interrupted a@1',
      'stage.started a@1',
      'command.started a@1',
    ]);
    expect(walk.input().stage).toMatchObject({ attempt: 2, maxAttempts: 1 });
  });

  it('fails with on_interrupt="fail"', () => {
    const walk = new HandWalk(
      `${command('a', 'on_interrupt="fail"')} start -> a a -> exit [condition="outcome=succeeded"]`,
    );
    walk.acts();
    walk.restart();
    expect(walk.conclusion()).toEqual({
      status: 'failed',
      reason: 'transient_infra',
      error:
        'stage a failed with no outgoing fail edge: attempt 1 was interrupted by a restart of the server and on_interrupt="fail"',
    });
  });

  it('repeats from the last checkpoint when there is git', () => {
    const walk = new HandWalk(chain, { git: true });
    walk.acts();
    walk.restart();
    expect(walk.acts()).toEqual([{ kind: 'reset', frame: 'root' }]);
  });

  it('repeats in place as it was left, with a notice', () => {
    const walk = new HandWalk(chain, { inPlace: true });
    walk.acts();
    walk.restart();
    walk.acts();
    expect(walk.events.filter((e) => e.event === 'run.notice')).toMatchObject([
      { properties: { level: 'warn', code: 'in_place_not_reset' } },
    ]);
  });

  it('goes on when it is a question', () => {
    const walk = new HandWalk('ask [shape=hexagon] start -> ask -> exit');
    walk.acts();
    question(walk, 'q1');
    walk.advance();
    walk.restart();
    expect(walk.acts()).toEqual([{ kind: 'attempt', frame: 'root' }]);
    expect(walk.input().stage.attempt).toBe(1);
    expect(walk.state.questions.get('q1')?.frame).toBe('root');
  });
});

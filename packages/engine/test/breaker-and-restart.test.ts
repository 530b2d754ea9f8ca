/** Circuit breaker, loop restart and stall watchdog (§4.5, §4.6). */
import { describe, expect, it } from 'vitest';
import { decodeSnapshot, encodeSnapshot } from '../src/snapshot.js';
import { HandWalk, ROOT, RUN, command } from './hand-walk.js';

const transient = (walk: HandWalk, message = 'connection refused'): void =>
  walk.settle({
    retryable: false,
    outcome: { status: 'failed', failure: { message, failure_class: 'transient_infra' } },
  });

describe('circuit breaker (§4.5)', () => {
  const loop = `${command('a')} start -> a a -> exit [condition="outcome=succeeded"] a -> a`;

  // §4.5 breaker
  it('ends the run when the same failure has come as often as the limit says, numbers and hashes apart', () => {
    const walk = new HandWalk(loop);
    for (const message of ['exit 1 at 0abcdef12', 'exit 2 at 9fedcba77', 'exit 3 at 77777777a']) {
      walk.advance();
      walk.fail(ROOT, message);
    }
    expect(walk.conclusion()).toEqual({
      status: 'failed',
      reason: 'workflow_error',
      error:
        'deterministic failure cycle detected: signature a|deterministic|exit <n> at <hex> repeated 3 times (limit 3)',
    });
  });

  it('takes its limit from the graph, and ignores one below 1', () => {
    const walk = new HandWalk(`graph [loop_restart_signature_limit=2] ${loop}`);
    walk.advance();
    walk.fail();
    walk.advance();
    walk.fail();
    expect(walk.conclusion()).toMatchObject({ error: expect.stringContaining('(limit 2)') });
    const zero = new HandWalk(`graph [loop_restart_signature_limit=0] ${loop}`);
    zero.advance();
    zero.fail();
    expect(zero.acts()).toHaveLength(1);
  });

  it('does not count what the infrastructure fails', () => {
    const walk = new HandWalk(loop);
    for (let visit = 0; visit < 6; visit++) {
      walk.advance();
      transient(walk);
    }
    expect(walk.acts()).toHaveLength(1);
  });

  // §4.5 breaker memory
  it('forgets nothing by a success, a restart of the loop or one of the server', () => {
    const walk = new HandWalk(
      `${command('a')} ${command('b')} start -> a a -> b [condition="outcome=failed"] a -> a [loop_restart=true] b -> a`,
    );
    const signature = 'a|deterministic|exit code: <n>';
    const counted = () => walk.frame().counters.failures.get(signature);
    walk.advance();
    walk.fail();
    walk.advance();
    walk.succeed(); // b
    walk.advance();
    walk.succeed(); // a, and the loop begins again
    walk.advance();
    expect(walk.names).toContain('loop.restart');
    expect(counted()).toBe(1);
    walk.fail();
    walk.advance();
    walk.restart();
    expect(counted()).toBe(2);
    const kept = decodeSnapshot(RUN, encodeSnapshot(walk.state))?.frames.get(walk.frame().id);
    expect(kept?.counters.failures).toEqual(new Map([[signature, 2]]));
    walk.advance();
    walk.succeed(); // b
    walk.advance();
    walk.fail();
    expect(walk.conclusion()).toMatchObject({
      error: expect.stringContaining('repeated 3 times (limit 3)'),
    });
  });

  it('begins to count anew when somebody resumes the run that it ended', () => {
    const walk = new HandWalk(`graph [loop_restart_signature_limit=1] ${loop}`);
    walk.advance();
    walk.fail();
    expect(walk.conclusion()).toMatchObject({ status: 'failed' });
    walk.record(
      {
        event: 'run.failed',
        properties: { duration_ms: 1, reason: 'workflow_error', error: 'x' },
      },
      { event: 'run.submitted', properties: {} },
      { event: 'run.queued', properties: {} },
      { event: 'run.running', properties: {} },
    );
    expect(walk.acts()).toEqual([{ kind: 'attempt', frame: 'root' }]);
  });

  it('does not count a failure twice that a conditional passes on', () => {
    const walk = new HandWalk(
      `${command('a')} gate [shape=diamond] start -> a -> gate gate -> exit [condition="outcome=succeeded"] gate -> a`,
    );
    walk.advance();
    walk.fail();
    walk.advance();
    walk.fail();
    expect(walk.acts()).toHaveLength(1);
  });
});

describe('§4.5 loop_restart', () => {
  const loop = `${command('a')} ${command('b')} start -> a -> b b -> exit [condition="outcome=succeeded"] b -> a [loop_restart=true]`;

  function upToB(walk: HandWalk): void {
    walk.advance();
    walk.settle({
      outcome: { status: 'succeeded', context_updates: { kept: 'no' } },
      retryable: false,
    });
    walk.advance();
  }

  it('begins again after a failure of the infrastructure: outcomes and context are gone, visits count on', () => {
    const walk = new HandWalk(loop);
    upToB(walk);
    transient(walk);
    walk.advance();
    expect(walk.names.slice(-5, -1)).toEqual([
      'loop.restart',
      'run.started',
      'run.running',
      'stage.started a@2',
    ]);
    expect(walk.frame().context.has('kept')).toBe(false);
    expect(walk.frame().outcomes.size).toBe(0);
    expect(walk.input().stage.index).toBe(0);
    expect(walk.frame().counters.visits.get('a')).toBe(2);
  });

  // §4.5 loop_restart blocked
  it('refuses after any other failure, with class and reason', () => {
    const walk = new HandWalk(loop);
    upToB(walk);
    walk.fail(ROOT, 'wrong result');
    expect(walk.conclusion()).toMatchObject({
      status: 'failed',
      error:
        'loop_restart blocked: failure_class=deterministic (requires transient_infra), failure_reason=wrong result',
    });
  });

  it('passes after a success', () => {
    const walk = new HandWalk(
      `${command('a')} start -> a a -> a [loop_restart=true, condition="outcome=succeeded"] a -> exit`,
    );
    walk.advance();
    walk.succeed();
    walk.advance();
    expect(walk.names).toContain('stage.started a@2');
    expect(walk.names).toContain('loop.restart');
  });

  // §4.5 loop_restart breaker
  it('has a breaker of its own', () => {
    const walk = new HandWalk(loop);
    for (let restart = 0; restart < 3; restart++) {
      upToB(walk);
      transient(walk);
    }
    expect(walk.conclusion()).toMatchObject({
      error:
        'loop_restart circuit breaker: signature b|transient_infra|connection refused repeated 3 times (limit 3)',
    });
  });

  it('inside a branch begins the branch again and leaves the run alone', () => {
    const walk = new HandWalk(
      `fork [shape=component] ${command('a')} ${command('b')} ${command('c')} join [shape=tripleoctagon] start -> fork fork -> a a -> b b -> join [condition="outcome=succeeded"] b -> a [loop_restart=true] fork -> c -> join join -> exit`,
    );
    const branch = 'root/fork@1:0';
    walk.advance();
    walk.succeed(branch);
    walk.advance();
    walk.settle(
      {
        retryable: false,
        outcome: {
          status: 'failed',
          failure: { message: 'timeout', failure_class: 'transient_infra' },
        },
      },
      branch,
    );
    walk.advance();
    expect(walk.names).toContain('stage.started a@2');
    expect(walk.names.filter((name) => name === 'run.started')).toHaveLength(1);
  });
});

describe('§4.6 stall watchdog', () => {
  const idle = (body: string, idleMs: number): HandWalk => {
    const walk = new HandWalk(body);
    walk.advance();
    walk.inFlight.add(ROOT);
    walk.idleMs = idleMs;
    return walk;
  };

  it('ends a run in which nothing has stirred for half an hour, naming the node', () => {
    const walk = idle(`${command('a')} start -> a -> exit`, 1_800_000);
    expect(walk.advance().cancel).toEqual([ROOT]);
    walk.inFlight.clear();
    expect(walk.conclusion()).toMatchObject({
      status: 'failed',
      error: 'stall watchdog: node "a" had no activity for 1800s',
    });
    expect(walk.names).toContain('watchdog.timeout a@1');
  });

  it('waits as long as stall_timeout says, for ever with 0', () => {
    const graph = (timeout: string) =>
      `graph [stall_timeout=${timeout}] ${command('a')} start -> a -> exit`;
    expect(idle(graph('10s'), 9_999).advance()).toMatchObject({ cancel: [], events: [] });
    expect(idle(graph('10s'), 10_000).advance().cancel).toEqual([ROOT]);
    expect(idle(graph('0s'), 1e9).advance().cancel).toEqual([]);
  });

  it('leaves alone who waits for a person or for a time', () => {
    const gate = 'ask [shape=hexagon, label="Go?"] start -> ask -> exit';
    expect(idle(gate, 1e9).advance().cancel).toEqual([]);
    const wait = 'nap [shape=insulator, duration=10h] start -> nap -> exit';
    expect(idle(wait, 1e9).advance().cancel).toEqual([]);
  });
});

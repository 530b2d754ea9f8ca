/** What ends a run: visit limits, goal gates, paths without a way on. */
import { describe, expect, it } from 'vitest';
import { HandWalk, ROOT, command } from './hand-walk.js';

/** Fails every visit of a command until the run ends or `most` visits have been made. */
function failAlways(walk: HandWalk, most: number) {
  for (let visits = 0; visits <= most; visits++) {
    const { acts, conclusion } = walk.advance();
    if (acts.length === 0) return { visits, conclusion };
    // A different failure each time: the same one again and again trips the circuit breaker.
    walk.fail(ROOT, `failure ${String.fromCharCode(97 + visits)}`);
  }
  throw new Error(`more than ${most} visits`);
}

const loop = 'start -> n n -> exit [condition="outcome=succeeded"] n -> n';

describe('resuming a run that failed for a goal gate without a retry target', () => {
  it('asks the gate again, and fails again only when the gate does', () => {
    const walk = new HandWalk(`${command('check', 'goal_gate=true')} start -> check -> exit`);
    walk.advance();
    walk.fail();
    expect(walk.conclusion()).toMatchObject({ error: expect.stringContaining('goal gate') });
    const resume = (): void =>
      walk.record(
        {
          event: 'run.failed',
          properties: { error: 'x', duration_ms: 1, reason: 'workflow_error' },
        },
        { event: 'run.submitted', properties: {} },
        { event: 'run.running', properties: {} },
      );
    resume();
    walk.advance();
    walk.fail();
    expect(walk.conclusion()).toMatchObject({ error: expect.stringContaining('goal gate') });
    resume();
    walk.advance();
    walk.succeed();
    expect(walk.conclusion()).toEqual({ status: 'completed', reason: 'completed' });
    expect(walk.names.filter((name) => name.startsWith('stage.started check'))).toHaveLength(3);
  });
});

describe('a limit of N visits allows N executions (design, "Where upstream disagrees")', () => {
  // §4.3 visits, §4.3 visit message
  it('with max_visits on the node', () => {
    expect(failAlways(new HandWalk(`${command('n', 'max_visits=3')} ${loop}`), 5)).toEqual({
      visits: 3,
      conclusion: {
        status: 'failed',
        reason: 'workflow_error',
        error: 'node "n" visited 4 times (node limit 3); run is stuck in a cycle',
      },
    });
  });

  it('with max_node_visits on the graph', () => {
    const walk = new HandWalk(`graph [max_node_visits=2] ${command('n')} ${loop}`);
    expect(failAlways(walk, 5)).toMatchObject({
      visits: 2,
      conclusion: {
        error: 'node "n" visited 3 times (graph limit 2); run is stuck in a cycle',
      },
    });
  });

  // §4.3 node limit
  it('the node before the graph', () => {
    const walk = new HandWalk(`graph [max_node_visits=2] ${command('n', 'max_visits=4')} ${loop}`);
    expect(failAlways(walk, 5)).toMatchObject({ visits: 4 });
  });

  it('not with 0, which means none', () => {
    const walk = new HandWalk(`graph [max_node_visits=0] ${command('n', 'max_visits=0')} ${loop}`);
    expect(() => failAlways(walk, 30)).toThrow('more than 30 visits');
  });

  // §4.3 dry run limit
  it('in a dry run without a limit N is 10 (§4.3)', () => {
    const walk = new HandWalk(`${command('n')} start -> n n -> n`, { settings: { dryRun: true } });
    expect(walk.conclusion()).toMatchObject({
      error: 'node "n" visited 11 times (graph limit 10); run is stuck in a cycle',
    });
  });

  it('counts no visit for the branches that end at a join', () => {
    const walk = new HandWalk(
      `fork [shape=component] ${command('a')} ${command('b')} join [shape=tripleoctagon, max_visits=1]
       start -> fork fork -> a a -> join fork -> b b -> join join -> exit`,
    );
    walk.acts();
    walk.succeed('root/fork@1:0');
    walk.acts();
    walk.succeed('root/fork@1:1');
    expect(walk.acts()).toEqual([{ kind: 'attempt', frame: 'root' }]);
    expect(walk.input().stage.stageId).toBe('join@1');
  });
});

describe('goal gates are checked however the run ends (§4.3)', () => {
  // §4.3 goal gates, §4.3 gate failure
  it('at the exit: an unsatisfied one without a retry target fails the run', () => {
    const walk = new HandWalk(`${command('g', 'goal_gate=true')} start -> g -> exit`);
    walk.acts();
    walk.fail();
    expect(walk.conclusion()).toEqual({
      status: 'failed',
      reason: 'workflow_error',
      error: 'goal gate unsatisfied for node g and no retry target',
    });
  });

  // §4.3 gate retry
  it('at the exit: a retry target takes over, and the gate may be satisfied then', () => {
    const walk = new HandWalk(
      `${command('w')} ${command('g', 'goal_gate=true, retry_target="w"')} start -> w -> g -> exit`,
    );
    walk.acts();
    walk.succeed();
    walk.acts();
    walk.fail();
    walk.acts();
    expect(walk.input().stage.stageId).toBe('w@2');
    expect(walk.events.findLast((e) => e.event === 'edge.selected')?.properties).toEqual({
      from_node: 'g',
      to_node: 'w',
      reason: 'goal_gate',
      stage_status: 'failed',
      is_jump: true,
    });
    walk.succeed();
    walk.acts();
    walk.succeed();
    expect(walk.conclusion()).toEqual({ status: 'completed', reason: 'completed' });
  });

  it('where a path ends without an exit', () => {
    const walk = new HandWalk(
      `${command('g', 'goal_gate=true')} ${command('z')} start -> g -> z z -> exit [condition="outcome=failed"]`,
    );
    walk.acts();
    walk.fail();
    walk.acts();
    walk.succeed();
    expect(walk.conclusion()).toMatchObject({
      error: 'goal gate unsatisfied for node g and no retry target',
    });
  });

  it('inside a branch too', () => {
    const walk = new HandWalk(
      `fork [shape=component] ${command('a', 'goal_gate=true')} ${command('b')} after [shape=diamond]
       start -> fork fork -> a a -> after fork -> b b -> after after -> exit`,
    );
    walk.acts();
    walk.fail('root/fork@1:0');
    walk.succeed('root/fork@1:1');
    expect(walk.conclusion()).toMatchObject({
      error: 'goal gate unsatisfied for node a and no retry target',
    });
  });

  it('but not gates that were never visited', () => {
    const walk = new HandWalk(
      `${command('n')} ${command('g', 'goal_gate=true')} start -> n n -> g [condition="outcome=failed"] n -> exit g -> exit`,
    );
    walk.acts();
    walk.succeed();
    expect(walk.conclusion()).toEqual({ status: 'completed', reason: 'completed' });
  });

  it('and a partial success satisfies one', () => {
    const walk = new HandWalk(`${command('g', 'goal_gate=true')} start -> g -> exit`);
    walk.acts();
    walk.settle({ outcome: { status: 'partially_succeeded' }, retryable: false });
    expect(walk.conclusion()).toEqual({ status: 'completed', reason: 'partial_success' });
  });
});

describe('the end of a path', () => {
  // §4.3 partial success
  it('is a partial success when the last outcome of some node is a failure', () => {
    const walk = new HandWalk(`${command('a')} ${command('b')} start -> a -> b -> exit`);
    walk.acts();
    walk.fail();
    walk.acts();
    walk.succeed();
    expect(walk.conclusion()).toEqual({ status: 'completed', reason: 'partial_success' });
  });

  it('is plain when a later visit of the node was good', () => {
    const walk = new HandWalk(`${command('n')} ${loop}`);
    walk.acts();
    walk.fail();
    walk.acts();
    walk.succeed();
    expect(walk.conclusion()).toEqual({ status: 'completed', reason: 'completed' });
  });

  // §4.1 no fail edge
  it('fails the run when a failed stage has no edge (§4.1)', () => {
    const walk = new HandWalk(
      `${command('n')} start -> n n -> exit [condition="outcome=succeeded"]`,
    );
    walk.acts();
    walk.fail('root', 'exit code: 7');
    expect(walk.conclusion()).toEqual({
      status: 'failed',
      reason: 'workflow_error',
      error: 'stage n failed with no outgoing fail edge: exit code: 7',
    });
  });

  it.each(['transient_infra', 'budget_exhausted'] as const)(
    'fails the run with the reason %s of the failure',
    (failure_class) => {
      const walk = new HandWalk(
        `${command('n')} start -> n n -> exit [condition="outcome=succeeded"]`,
      );
      walk.acts();
      walk.settle({
        outcome: { status: 'failed', failure: { message: 'm', failure_class } },
        retryable: false,
      });
      expect(walk.conclusion()).toMatchObject({ status: 'failed', reason: failure_class });
    },
  );

  // §4.1 retry target
  it('goes to the first retry target that exists, without an edge (§4.1)', () => {
    const walk = new HandWalk(
      `graph [retry_target="never"] ${command('w')} ${command('never')}
       ${command('n', 'retry_target="missing", fallback_retry_target="w"')}
       start -> w -> n n -> exit [condition="outcome=succeeded"]`,
    );
    walk.acts();
    walk.succeed();
    walk.acts();
    walk.fail();
    walk.acts();
    expect(walk.input().stage.stageId).toBe('w@2');
    expect(walk.events.filter((e) => e.event === 'edge.selected')).toHaveLength(2);
    expect(walk.events.findLast((e) => e.event === 'checkpoint.completed')?.properties).toEqual({
      status: 'failed',
      current_node: 'n',
      next_node_id: 'w',
    });
  });

  // §4.1 no edge
  it('is a success for a stage that did well and has no edge', () => {
    const walk = new HandWalk(`${command('n')} start -> n n -> exit [condition="outcome=failed"]`);
    walk.acts();
    walk.succeed();
    expect(walk.conclusion()).toEqual({ status: 'completed', reason: 'completed' });
  });
});

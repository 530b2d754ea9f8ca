/** `stack.manager_loop`: a child workflow as a frame (§3.2). */
import { describe, expect, it } from 'vitest';
import { HandWalk, command, type HandWalkOptions } from './hand-walk.js';

const CHILD = 'root/boss@1:child';
const node = (more = ''): string =>
  `boss [shape=house, stack.child_workflow="child"${more}] after [shape=parallelogram, script="after"] start -> boss -> after -> exit`;

function walkOf(child: string, more = '', options: HandWalkOptions = {}): HandWalk {
  return new HandWalk(node(more), { ...options, children: { child } });
}

const oneStep = `${command('step')} start -> step step -> exit [condition="outcome=succeeded"]`;

describe('§3.2 stack.manager_loop', () => {
  it('walks the child in a frame of its own, with stages that count on over the whole run', () => {
    const walk = walkOf(oneStep);
    expect(walk.acts()).toEqual([
      { kind: 'wait', frame: 'root', slot: expect.any(String), dueAtMs: walk.nowMs + 45_000_000 },
      { kind: 'attempt', frame: CHILD },
    ]);
    walk.succeed(CHILD);
    walk.advance();
    expect(walk.names).toEqual(
      expect.arrayContaining([
        'stage.started start@1',
        'stage.started boss@1',
        'subgraph.started boss@1',
        'stage.started start@2',
        'stage.completed step@1',
        'subgraph.completed boss@1',
        'stage.completed boss@1',
      ]),
    );
    expect(walk.frame().outcomes.get('boss')).toMatchObject({
      status: 'succeeded',
      notes: 'Child completed at cycle 1',
    });
    expect([...walk.state.frames.keys()]).toEqual(['root']);
  });

  it('gives the parent what the child changed, without the keys that each walk keeps for itself', () => {
    const walk = walkOf(oneStep);
    walk.advance();
    walk.settle(
      {
        outcome: {
          status: 'succeeded',
          preferred_label: 'inner',
          context_updates: {
            plan: 'a',
            'thread.x.current_node': 'step',
            'internal.secret': 1,
            'graph.own': 'x',
            'current.preamble': 'x',
          },
        },
        retryable: false,
      },
      CHILD,
    );
    walk.advance();
    const { context } = walk.frame();
    expect(context.get('plan')).toBe('a');
    for (const key of [
      'thread.x.current_node',
      'internal.secret',
      'graph.own',
      'current.preamble',
      'preferred_label',
    ])
      expect(context.has(key), key).toBe(false);
    expect(context.get('current_node')).toBe('boss');
  });

  it('shows the child what the parent knew', () => {
    const walk = new HandWalk(
      `${command('before')} boss [shape=house, stack.child_workflow="child"] start -> before -> boss -> exit`,
      { children: { child: oneStep } },
    );
    walk.advance();
    walk.settle({
      outcome: { status: 'succeeded', context_updates: { plan: 'p' } },
      retryable: false,
    });
    walk.advance();
    expect(walk.frame('root/boss@1:child').context.get('plan')).toBe('p');
  });

  it('fails when the child fails, with the reason of the child', () => {
    const walk = walkOf(oneStep);
    walk.advance();
    walk.fail(CHILD, 'no luck');
    walk.advance();
    expect(walk.frame().outcomes.get('boss')).toMatchObject({
      status: 'failed',
      failure: {
        message: expect.stringContaining('stage step failed with no outgoing fail edge: no luck'),
      },
    });
  });

  it('counts visits and repeated failures in the child alone, and ends the child and not the run', () => {
    const walk = walkOf(`${command('step', 'max_visits=2')} start -> step step -> step`);
    for (let visit = 0; visit < 2; visit++) {
      walk.advance();
      walk.succeed(CHILD);
    }
    const { acts } = walk.advance();
    expect(acts).toMatchObject([{ kind: 'attempt', frame: 'root' }]);
    expect(walk.frame().outcomes.get('boss')).toMatchObject({
      status: 'failed',
      failure: { message: 'node "step" visited 3 times (node limit 2); run is stuck in a cycle' },
    });
  });

  it('asks the goal gates of the child', () => {
    const walk = walkOf(`${command('check', 'goal_gate=true')} start -> check -> exit`);
    walk.advance();
    walk.fail(CHILD);
    walk.advance();
    expect(walk.frame().outcomes.get('boss')).toMatchObject({
      status: 'failed',
      failure: { message: 'goal gate unsatisfied for node check and no retry target' },
    });
  });

  it('is a partial success when the child is one', () => {
    const walk = walkOf(
      `${command('a')} ${command('b')} start -> a a -> b [condition="outcome=failed"] a -> b b -> exit`,
    );
    walk.advance();
    walk.fail(CHILD);
    walk.advance();
    walk.succeed(CHILD);
    walk.advance();
    expect(walk.frame().outcomes.get('boss')?.status).toBe('partially_succeeded');
  });

  it('stops the child at a look at which the stop condition holds, and no earlier', () => {
    const walk = walkOf(
      `${command('a')} ${command('b')} start -> a -> b -> exit`,
      ', manager.poll_interval=10s, manager.stop_condition="context.done=yes"',
    );
    walk.advance();
    walk.settle(
      { outcome: { status: 'succeeded', context_updates: { done: 'yes' } }, retryable: false },
      CHILD,
    );
    expect(walk.acts()).toContainEqual({ kind: 'attempt', frame: CHILD });
    walk.inFlight.add(CHILD);
    walk.nowMs += 10_000;
    expect(walk.advance().cancel).toContain(CHILD);
    walk.inFlight.clear();
    walk.advance();
    expect(walk.frame().outcomes.get('boss')).toMatchObject({
      status: 'succeeded',
      notes: 'Stop condition satisfied at cycle 1',
    });
    expect(walk.frame().context.get('done')).toBe('yes');
    expect(walk.names).toContain('stage.failed b@1');
  });

  it('may ask in its stop condition for what the run knows of itself', () => {
    const walk = new HandWalk(
      `graph [goal="Ship"] ${node(', manager.poll_interval=10s, manager.stop_condition="graph.goal=Ship && internal.node_visit_count=1"')}`,
      { children: { child: `${command('a')} start -> a -> exit` } },
    );
    walk.advance();
    walk.nowMs += 10_000;
    walk.advance();
    expect(walk.frame().outcomes.get('boss')).toMatchObject({
      notes: 'Stop condition satisfied at cycle 1',
    });
  });

  it('fails after as many looks as it may take', () => {
    const walk = walkOf(oneStep, ', manager.poll_interval=1s, manager.max_cycles=3');
    walk.advance();
    walk.nowMs += 3_000;
    walk.advance();
    expect(walk.frame().outcomes.get('boss')).toMatchObject({
      status: 'failed',
      failure: { message: 'Max cycles (3) exceeded for manager loop node: boss' },
    });
  });

  it('is ended by the timeout of its node, and tried again if it may be', () => {
    const walk = walkOf(oneStep, ', timeout=5s, max_retries=1');
    walk.advance();
    walk.nowMs += 5_000;
    walk.advance();
    expect(walk.frame().phase).toMatchObject({ kind: 'waiting' });
    walk.nowMs += 60_000;
    expect(walk.acts()).toContainEqual({ kind: 'attempt', frame: CHILD });
    expect(walk.names.filter((name) => name === 'subgraph.started boss@1')).toHaveLength(2);
  });

  it('that has timed out is failed, with allow_partial too (§4.4)', () => {
    const walk = walkOf(oneStep, ', timeout=5s, allow_partial=true');
    walk.advance();
    walk.nowMs += 5_000;
    walk.advance();
    expect(walk.frame().outcomes.get('boss')).toMatchObject({ status: 'failed' });
  });

  it('goes on after a restart without a second child', () => {
    const walk = walkOf(oneStep, '', { git: true });
    walk.advance();
    walk.restart();
    // The interrupted command repeats, from the last commit of the shared worktree.
    expect(walk.acts()).toContainEqual({ kind: 'reset', frame: CHILD });
    expect(walk.names.filter((name) => name.startsWith('subgraph.started'))).toHaveLength(1);
  });

  it('ends a workflow that calls itself without an end', () => {
    const walk = new HandWalk(node(), {
      children: {
        child:
          'again [shape=house, stack.child_workflow="child"] start -> again again -> exit [condition="outcome=succeeded"]',
      },
    });
    const { acts } = walk.advance();
    expect(acts).toMatchObject([{ kind: 'attempt', frame: 'root' }]);
    expect(walk.frame().outcomes.get('boss')?.failure?.message).toContain('nested 8 deep');
  });

  it('fails when its child cannot be had', () => {
    const walk = new HandWalk(node(), { children: {} });
    walk.advance();
    expect(walk.frame().outcomes.get('boss')?.failure?.message).toContain(
      'Failed to parse child pipeline',
    );
  });

  it('runs no child in a dry run', () => {
    const walk = walkOf(oneStep, '', { settings: { dryRun: true } });
    expect(walk.conclusion()).toEqual({ status: 'completed', reason: 'completed' });
    expect(walk.frame().outcomes.get('boss')?.notes).toBe('[Simulated] boss');
    expect(walk.names).not.toContain('subgraph.started boss@1');
  });

  it('takes over the commits that the child made', () => {
    const walk = walkOf(oneStep, '', { git: true });
    walk.advance();
    walk.succeed(CHILD);
    expect(walk.acts()).toContainEqual({ kind: 'commit', frame: CHILD });
    walk.record({
      frame_id: CHILD,
      stage_id: 'step@1',
      event: 'git.commit',
      properties: { sha: 'c1' },
    });
    walk.advance();
    expect(walk.frame().headSha).toBe('c1');
  });
});

describe('a parallel stage inside a child workflow', () => {
  it('counts what its branches do in the child', () => {
    const walk = walkOf(
      `fork [shape=component] ${command('a')} ${command('b')} join [shape=tripleoctagon] start -> fork fork -> a -> join fork -> b -> join join -> exit`,
    );
    walk.advance();
    expect(walk.acts().map((act) => act.frame)).toEqual([
      'root',
      'root/boss@1:child/fork@1:0',
      'root/boss@1:child/fork@1:1',
    ]);
    walk.succeed('root/boss@1:child/fork@1:0');
    walk.succeed('root/boss@1:child/fork@1:1');
    walk.advance();
    expect(walk.frame(CHILD).counters.visits.get('a')).toBe(1);
    expect(walk.frame().counters.visits.has('a')).toBe(false);
  });
});

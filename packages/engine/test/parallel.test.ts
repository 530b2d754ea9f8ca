/** Parallel stages: branches are frames, walked as chains (design, "Where upstream disagrees"; §3.2). */
import type { EventDraft } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { HandWalk, command } from './hand-walk.js';

function forkOf(attributes: string, branches: readonly string[]): string {
  const nodes = branches.map((b) => `${command(b)} fork -> ${b} ${b} -> join`).join('\n');
  return `fork [shape=component${attributes}] join [shape=tripleoctagon] start -> fork join -> exit ${nodes}`;
}

const branch = (index: number): string => `root/fork@1:${index}`;
const begun = (walk: HandWalk): readonly string[] => {
  const { acts } = walk.advance();
  for (const act of acts) walk.inFlight.add(act.frame);
  return acts.map((act) => act.frame);
};

function outcomeOf(walk: HandWalk) {
  return walk.events.find(
    (e) => e.stage_id === 'fork@1' && (e.event === 'stage.completed' || e.event === 'stage.failed'),
  )?.properties;
}

describe('branches', () => {
  it('begin in the order of the edges, at most four at once', () => {
    const walk = new HandWalk(forkOf('', ['a', 'b', 'c', 'd', 'e']));
    expect(begun(walk)).toEqual([0, 1, 2, 3].map(branch));
    walk.succeed(branch(2));
    expect(begun(walk)).toEqual([branch(4)]);
    expect(walk.events.find((e) => e.event === 'parallel.started')?.properties).toEqual({
      visit: 1,
      branch_count: 5,
      join_policy: 'wait_all',
    });
  });

  it.each([
    [2, 2],
    [0, 1],
    [-7, 1],
    [9, 5],
  ])('with max_parallel=%i %i at once', (max, atOnce) => {
    const walk = new HandWalk(forkOf(`, max_parallel=${max}`, ['a', 'b', 'c', 'd', 'e']));
    expect(begun(walk)).toHaveLength(atOnce);
  });

  it('keep their context to themselves', () => {
    const walk = new HandWalk(forkOf('', ['a', 'b']));
    begun(walk);
    walk.settle(
      { outcome: { status: 'succeeded', context_updates: { x: 1 } }, retryable: false },
      branch(0),
    );
    walk.succeed(branch(1));
    begun(walk);
    expect(walk.frame().context.has('x')).toBe(false);
  });

  it('get worktrees of their own with git', () => {
    const walk = new HandWalk(forkOf('', ['a', 'b']), { git: true });
    expect(walk.acts()).toEqual([
      { kind: 'prepare', frame: branch(0) },
      { kind: 'prepare', frame: branch(1) },
    ]);
  });
});

describe('the outcome of wait_all (§3.2)', () => {
  // §5.1 parallel.results, §5.1 parallel.branch_count
  it('is a success when all succeed, and the walk goes on at the join', () => {
    const walk = new HandWalk(forkOf('', ['a', 'b']));
    begun(walk);
    walk.succeed(branch(1));
    walk.succeed(branch(0));
    expect(begun(walk)).toEqual(['root']);
    expect(walk.input().stage.stageId).toBe('join@1');
    expect(outcomeOf(walk)).toMatchObject({
      status: 'succeeded',
      notes: 'Parallel node dispatched 2 branches (2 succeeded, 0 failed)',
      jump_to_node: 'join',
      context_updates: {
        'parallel.results': [
          { id: 'a', status: 'succeeded' },
          { id: 'b', status: 'succeeded' },
        ],
        'parallel.branch_count': 2,
      },
    });
    expect([...walk.state.frames.keys()]).toEqual(['root']);
    expect(walk.state.branchResults.size).toBe(0);
  });

  it('is a partial success when one fails, also for an unknown policy', () => {
    const walk = new HandWalk(forkOf(', join_policy="whatever"', ['a', 'b']));
    begun(walk);
    walk.fail(branch(0));
    walk.succeed(branch(1));
    begun(walk);
    expect(outcomeOf(walk)).toMatchObject({
      status: 'partially_succeeded',
      notes: 'Parallel node dispatched 2 branches (1 succeeded, 1 failed)',
    });
    expect(walk.events.find((e) => e.event === 'parallel.completed')?.properties).toMatchObject({
      success_count: 1,
      failure_count: 1,
    });
  });
});

describe('first_success (§3.2)', () => {
  const policy = ', join_policy="first_success"';

  it('gives up the others, awaits their acts, and succeeds', () => {
    const walk = new HandWalk(forkOf(policy, ['a', 'b', 'c']));
    begun(walk);
    walk.succeed(branch(1));
    expect(walk.advance().cancel).toEqual([branch(0), branch(2)]);
    walk.inFlight.delete(branch(0));
    expect(walk.advance().cancel).toEqual([branch(2)]);
    walk.inFlight.delete(branch(2));
    expect(begun(walk)).toEqual(['root']);
    expect(outcomeOf(walk)).toMatchObject({ status: 'succeeded' });
    expect(
      walk.events.filter((e) => e.event === 'parallel.branch.completed').map((e) => e.properties),
    ).toMatchObject([
      { id: 'b', status: 'succeeded' },
      { id: 'a', status: 'skipped' },
      { id: 'c', status: 'skipped' },
    ]);
    expect(walk.events.find((e) => e.event === 'parallel.completed')?.properties).toMatchObject({
      success_count: 1,
      failure_count: 0,
    });
    expect(walk.names.filter((n) => n.startsWith('stage.failed'))).toEqual([
      'stage.failed a@1',
      'stage.failed c@1',
    ]);
  });

  it('begins no further branch once one has succeeded', () => {
    const walk = new HandWalk(forkOf(`${policy}, max_parallel=1`, ['a', 'b']));
    begun(walk);
    walk.succeed(branch(0));
    expect(begun(walk)).toEqual(['root']);
    expect(walk.events.filter((e) => e.event === 'parallel.branch.started')).toHaveLength(1);
  });

  it('fails when none succeeds, and the branches are no way on', () => {
    const walk = new HandWalk(forkOf(policy, ['a', 'b']));
    begun(walk);
    walk.fail(branch(0));
    walk.fail(branch(1));
    expect(walk.conclusion()).toEqual({
      status: 'failed',
      reason: 'workflow_error',
      error:
        'stage fork failed with no outgoing fail edge: Join policy not satisfied: 0/2 succeeded',
    });
  });

  it('withdraws the question of a branch that it gives up', () => {
    const walk = new HandWalk(
      `fork [shape=component${policy}] ${command('a')} ask [shape=hexagon] join [shape=tripleoctagon]
       start -> fork fork -> a a -> join fork -> ask ask -> join join -> exit`,
    );
    begun(walk);
    const asked: EventDraft = {
      frame_id: branch(1),
      stage_id: 'ask@1',
      event: 'interview.started',
      properties: {
        question_id: 'q',
        question: '?',
        stage: 'ask',
        question_type: 'freeform',
        options: [],
        allow_freeform: true,
      },
    };
    walk.record(asked);
    walk.advance();
    walk.succeed(branch(0));
    walk.advance();
    walk.inFlight.clear();
    walk.advance();
    expect(walk.names).toContain('interview.interrupted ask@1');
    expect(walk.state.questions.size).toBe(0);
    expect(walk.state.blocked).toBe(false);
  });
});

describe('a parallel inside a branch that is given up', () => {
  const nested = `outer [shape=component, join_policy="first_success"] inner [shape=component]
    ${['a', 'b', 'b2', 'c'].map((n) => command(n)).join(' ')}
    in [shape=tripleoctagon] out [shape=tripleoctagon]
    start -> outer outer -> inner inner -> a a -> in inner -> b b -> b2 b2 -> in in -> out
    outer -> c c -> out out -> exit`;
  const A = 'root/outer@1:0/inner@1:0';
  const B = 'root/outer@1:0/inner@1:1';
  const C = 'root/outer@1:1';

  it('begins nothing new while its acts end', () => {
    const walk = new HandWalk(nested);
    expect(begun(walk)).toEqual([C, A, B]);
    walk.succeed(B);
    walk.succeed(C);
    const { acts, cancel } = walk.advance();
    expect({ acts, cancel }).toEqual({ acts: [], cancel: [A] });
  });

  it('ends every stage once and leaves no frame, result or worktree behind', () => {
    const walk = new HandWalk(nested, { git: true });
    for (let turn = 0; turn < 2; turn++)
      for (const act of walk.acts())
        walk.record({
          frame_id: act.frame,
          event: 'git.worktree.added',
          properties: { path: `/trees/${act.frame}`, branch: act.frame },
        });
    expect(begun(walk)).toEqual([C, A, B]);
    walk.succeed(C);
    walk.record({ frame_id: C, stage_id: 'c@1', event: 'git.commit', properties: { sha: 'c1' } });
    walk.advance();
    walk.inFlight.clear();
    const [join] = walk.acts();
    expect(join).toMatchObject({ kind: 'join', frame: 'root' });
    if (join?.kind !== 'join') return;
    expect([...join.branches].toSorted()).toEqual(['root/outer@1:0', A, B, C].toSorted());
    walk.record(...join.events);
    expect([...walk.state.frames.keys()]).toEqual(['root']);
    expect(walk.state.branchResults.size).toBe(0);
    expect(walk.names.filter((n) => /^stage\.(failed|completed) (a|b|c|inner)@1/.test(n))).toEqual([
      'stage.completed c@1',
      'stage.failed b@1',
      'stage.failed a@1',
      'stage.failed inner@1',
    ]);
  });
});

it('a parallel node without edges fails (§3.2)', () => {
  const walk = new HandWalk('fork [shape=component] start -> fork');
  expect(walk.conclusion()).toMatchObject({
    error: 'stage fork failed with no outgoing fail edge: No branches for parallel node',
  });
});

it('a branch that comes back to its parallel node ends there: no branches inside of branches', () => {
  const walk = new HandWalk(
    `fork [shape=component] join [shape=tripleoctagon] ${command('a')} ${command('b')}
    start -> fork fork -> a fork -> b a -> fork b -> join join -> exit`,
  );
  expect(begun(walk)).toEqual([branch(0), branch(1)]);
  walk.succeed(branch(0));
  walk.succeed(branch(1));
  begun(walk);
  expect(
    walk.events.filter((e) => e.event === 'stage.failed').map((e) => [e.stage_id, e.properties]),
  ).toMatchObject([
    [
      'fork@2',
      {
        failure: {
          message:
            'parallel node "fork" is reached from one of its own branches; lead the branch to a fan-in or to the exit, and go back from there',
          failure_class: 'deterministic',
        },
      },
    ],
  ]);
  expect([...walk.state.frames.keys()].every((frame) => frame.split('/').length <= 2)).toBe(true);
});

it('branches that never meet end the run, and none is walked twice', () => {
  const walk = new HandWalk(
    `fork [shape=component] ${command('a')} ${command('b')} start -> fork fork -> a fork -> b`,
  );
  begun(walk);
  walk.succeed(branch(0));
  walk.succeed(branch(1));
  expect(walk.conclusion()).toEqual({ status: 'completed', reason: 'completed' });
  expect(walk.names.filter((n) => n === 'stage.started a@1')).toHaveLength(1);
});

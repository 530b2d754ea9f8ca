/** What conditions can ask of a run besides what stages have set: the keys that nobody stores (§5.1). */
import type { JsonValue } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { contextValue, contextValues } from '../src/context-view.js';
import { HandWalk, ROOT, command } from './hand-walk.js';

function reader(walk: HandWalk, frame: string = ROOT) {
  return (key: string): JsonValue | undefined =>
    contextValue(walk.world, walk.state, walk.frame(frame), key, (value) => value);
}

/** A walk that stands in its first stage. */
function walkOf(body: string): HandWalk {
  const walk = new HandWalk(body);
  walk.acts();
  return walk;
}

const fork = (more = '') =>
  `${command('a')} ${command('b')} fork [shape=component] join [shape=tripleoctagon]
   start -> fork fork -> a${more} a -> join fork -> b b -> join join -> exit`;

describe('attributes of the graph', () => {
  // §5.1 graph.goal, §5.1 graph.<attr>
  it('are text: durations in milliseconds, numbers and truths as they are written', () => {
    const of = reader(
      walkOf(
        `graph [goal="Ship it", stall_timeout=10s, default_max_retries=2, strict_mode=true] ${command('a')} start -> a -> exit`,
      ),
    );
    expect(
      ['graph.goal', 'graph.stall_timeout', 'graph.default_max_retries', 'graph.strict_mode'].map(
        of,
      ),
    ).toEqual(['Ship it', '10000ms', '2', 'true']);
    expect(of('graph.nothing')).toBeUndefined();
  });

  it('decide edges', () => {
    const walk = walkOf(
      `graph [goal="Ship it"] ${command('a')} ${command('b')} start -> a a -> b [condition="context.graph.goal contains Ship"] a -> exit b -> exit`,
    );
    walk.succeed();
    walk.acts();
    expect(walk.names).toContain('stage.started b@1');
  });

  it('are those of the graph again after a restart of the loop, whatever a stage has set', () => {
    const walk = walkOf(
      `graph [goal="Ship it"] ${command('a')} start -> a a -> a [loop_restart=true, condition="context.graph.goal=Other"] a -> exit`,
    );
    walk.settle({
      outcome: { status: 'succeeded', context_updates: { 'graph.goal': 'Other' } },
      retryable: false,
    });
    expect(reader(walk)('graph.goal')).toBe('Other');
    walk.advance();
    expect(walk.names).toContain('loop.restart');
    expect(reader(walk)('graph.goal')).toBe('Ship it');
  });
});

describe('what the engine knows', () => {
  // §5.1 internal.run_id, §5.1 internal.work_dir
  it('is the run and the folder in which it works', () => {
    const walk = walkOf(`${command('a')} start -> a -> exit`);
    walk.record({
      event: 'sandbox.initialized',
      properties: { provider: 'local', working_directory: '/work/api' },
    });
    const of = reader(walk);
    expect(of('internal.run_id')).toBe('01JZ0000000000000000000000');
    expect(of('internal.work_dir')).toBe('/work/api');
    expect(of('internal.nothing')).toBeUndefined();
  });

  // §5.1 internal.node_visit_count
  it('is the number of visits of the node that the walk is at', () => {
    const walk = walkOf(
      `${command('a')} start -> a a -> exit [condition="internal.node_visit_count>=2"] a -> a`,
    );
    expect(reader(walk)('internal.node_visit_count')).toBe(1);
    walk.succeed();
    walk.acts();
    expect(reader(walk)('internal.node_visit_count')).toBe(2);
    walk.succeed();
    expect(walk.conclusion()).toMatchObject({ status: 'completed' });
  });

  // §5.1 internal.parallel
  it('is the group and the branch of a stage in a branch', () => {
    const walk = walkOf(fork());
    const of = reader(walk, 'root/fork@1:1');
    expect(of('internal.parallel_group_id')).toBe('fork@1');
    expect(of('internal.parallel_branch_id')).toBe('fork@1:1');
    expect(reader(walk)('internal.parallel_group_id')).toBeUndefined();
  });

  // §5.1 internal.fidelity, §5.1 internal.thread_id
  it('is fidelity and thread of the stage: of the edge, the node, the graph, in every phase', () => {
    const walk = walkOf(
      `graph [default_fidelity=truncate, default_thread=main] ${command('a')} ${command('b', 'fidelity="summary:low"')}
       start -> a a -> b [thread_id=side] b -> exit [condition="internal.fidelity=summary:low && internal.thread_id=side"]`,
    );
    const told = () => ['internal.fidelity', 'internal.thread_id'].map(reader(walk));
    expect(told()).toEqual(['truncate', 'main']);
    walk.succeed();
    expect(told()).toEqual(['truncate', 'main']);
    walk.acts();
    expect(told()).toEqual(['summary:low', 'side']);
    walk.succeed();
    expect(walk.conclusion()).toMatchObject({ status: 'completed' });
  });

  it('is a thread of the first class or the node before when nothing names one', () => {
    const walk = walkOf(`${command('a')} ${command('b', 'class="k"')} start -> a -> b -> exit`);
    const thread = () => reader(walk)('internal.thread_id');
    expect(thread()).toBe('start');
    walk.succeed();
    walk.acts();
    expect(thread()).toBe('k');
  });

  // §5.1 internal.retry_count
  it('is how often a node was tried again, while it runs and after its end', () => {
    const walk = walkOf(
      `${command('a', 'max_retries=2')} ${command('b')} start -> a -> b b -> exit [condition="internal.retry_count.a=1"]`,
    );
    const count = () => ['internal.retry_count.a', 'internal.retry_count.b'].map(reader(walk));
    expect(count()).toEqual([0, undefined]);
    walk.restart();
    walk.acts();
    walk.settle({ outcome: { status: 'failed' }, retryable: true });
    walk.nowMs += 60_000;
    walk.acts();
    expect(count()).toEqual([1, undefined]);
    walk.succeed();
    walk.acts();
    expect(count()).toEqual([1, 0]);
    walk.succeed();
    expect(walk.conclusion()).toMatchObject({ status: 'completed' });
  });
});

describe('what stages are told', () => {
  const told = 'graph [goal="Ship it"]';

  // §5.1 current.preamble
  it('is the preamble of the stage in its fidelity, made when somebody asks', () => {
    const walk = walkOf(
      `${told} ${command('a')} ${command('b')} ${command('c', 'fidelity=full')} start -> a -> b -> c -> exit`,
    );
    walk.succeed();
    walk.acts();
    expect(reader(walk)('current.preamble')).toBe(
      'Goal: Ship it\n\n## Completed stages\n- **a**: succeeded\n  - Script: `a`\n',
    );
    walk.succeed();
    walk.acts();
    expect(reader(walk)('current.preamble')).toBe('');
  });

  // §5.1 internal.parent_preamble
  it('is in a child workflow what its parent would be told', () => {
    const walk = new HandWalk(
      `${told} boss [shape=house, stack.child_workflow="child"] start -> boss -> exit`,
      { children: { child: `graph [goal="Part"] ${command('c')} start -> c -> exit` } },
    );
    walk.acts();
    const of = reader(walk, 'root/boss@1:child');
    expect(of('internal.parent_preamble')).toBe('Goal: Ship it\n');
    expect(of('current.preamble')).toBe(
      '## Parent workflow context\nGoal: Ship it\n\n## Current sub-workflow\nGoal: Part\n',
    );
    expect(of('graph.goal')).toBe('Part');
    expect(reader(walk)('internal.parent_preamble')).toBeUndefined();
  });
});

describe('the context as readers from outside see it', () => {
  const walk = walkOf(
    `graph [goal="Ship it"] ${command('a')} ${command('b')} start -> a -> b -> exit`,
  );
  walk.settle({
    outcome: { status: 'succeeded', context_updates: { mine: [1] } },
    retryable: false,
  });
  walk.acts();

  // §5.3 preamble not kept
  it('has what stages set and what the run knows, and no preamble; the run itself keeps the former only', () => {
    expect(Object.fromEntries(contextValues(walk.world, walk.state, walk.frame()))).toEqual({
      'graph.goal': 'Ship it',
      'internal.run_id': '01JZ0000000000000000000000',
      'internal.fidelity': 'compact',
      'internal.thread_id': 'a',
      'internal.node_visit_count': 1,
      'internal.retry_count.start': 0,
      'internal.retry_count.a': 0,
      'internal.retry_count.b': 0,
      current_node: 'a',
      outcome: 'succeeded',
      failure_class: '',
      failure_signature: '',
      mine: [1],
    });
    expect([...walk.frame().context.keys()].toSorted()).toEqual([
      'current_node',
      'failure_class',
      'failure_signature',
      'mine',
      'outcome',
    ]);
  });
});

/** When hooks are asked, and what their decisions do to the walk (§9.1). */
import { describe, expect, it } from 'vitest';
import type { Act } from '../src/decide.js';
import { hooksOf, type HookEntry } from '../src/hooks/hook.js';
import { HandWalk, ROOT, command, type HandWalkOptions } from './hand-walk.js';

const chain = `${command('a')} ${command('b')} start -> a -> b -> exit`;

function walkWith(hooks: readonly HookEntry[], body = chain, more: HandWalkOptions = {}): HandWalk {
  return new HandWalk(body, { ...more, settings: { ...more.settings, hooks: hooksOf(hooks) } });
}

/** The hook that is to be asked next. */
function asked(walk: HandWalk): Extract<Act, { kind: 'hook' }> {
  const act = walk.acts().find((candidate) => candidate.kind === 'hook');
  if (act?.kind !== 'hook') throw new Error('no hook is asked');
  return act;
}

const gateOf = (walk: HandWalk): string => asked(walk).gate;

describe('§9.1 blocking hooks', () => {
  it('stand before the run and before each attempt, in the order of the settings', () => {
    const walk = walkWith([
      { event: 'stage_start', script: 'second', matcher: '^a$' },
      { event: 'run_start', script: 'first' },
      { event: 'stage_start', script: 'third', matcher: '^a$' },
    ]);
    const gates: string[] = [];
    for (let hooks = 0; hooks < 3; hooks++) {
      const act = asked(walk);
      gates.push(`${act.gate} ${act.hook.name}`);
      walk.answerHook(act, { decision: 'proceed' });
    }
    expect(gates).toEqual([
      'run_start/run run_start:first',
      'stage_start/a@1/a1 stage_start:second',
      'stage_start/a@1/a1 stage_start:third',
    ]);
    expect(walk.acts()).toEqual([{ kind: 'attempt', frame: ROOT }]);
  });

  it('are told what the event is about', () => {
    const walk = walkWith([{ event: 'stage_start', script: 'x', matcher: 'command' }]);
    expect(asked(walk).context).toEqual({
      event: 'stage_start',
      run_id: walk.state.runId,
      workflow_name: 'T',
      node_id: 'a',
      node_label: 'a',
      handler_type: 'command',
      attempt: 1,
      max_attempts: 1,
    });
  });

  it('end the run when one blocks, and nobody after it is asked', () => {
    const walk = walkWith([
      { event: 'stage_start', script: 'guard', matcher: '^b$', name: 'guard' },
      { event: 'stage_start', script: 'never', matcher: '^b$' },
      { event: 'run_failed', script: 'not told' },
    ]);
    walk.advance();
    walk.succeed();
    walk.answerHook(asked(walk), { decision: 'block', reason: 'not on a Friday' });
    expect(walk.conclusion()).toEqual({
      status: 'failed',
      reason: 'workflow_error',
      error: 'hook "guard" blocked stage_start/b@1/a1: not on a Friday',
    });
    expect(walk.names).not.toContain('stage.started b@1');
  });

  // §4.3 stage_start
  it('have a stage skipped, whose outcome then is skipped', () => {
    const walk = walkWith([{ event: 'stage_start', script: 'x', matcher: '^a$' }]);
    walk.answerHook(asked(walk), { decision: 'skip', reason: 'done already' });
    walk.advance();
    expect(walk.frame().outcomes.get('a')).toMatchObject({
      status: 'skipped',
      notes: 'skipped by a hook: done already',
    });
    expect(walk.names).toContain('stage.started b@1');
  });

  it('have a parallel stage skipped with its branches, and the walk goes on at their join', () => {
    const walk = walkWith(
      [{ event: 'stage_start', script: 'x', matcher: '^fork$' }],
      `fork [shape=component] ${command('a')} ${command('b')} ${command('z')} start -> fork fork -> a -> z fork -> b -> z z -> exit`,
    );
    walk.answerHook(asked(walk), { decision: 'skip' });
    walk.advance();
    expect(walk.names).toContain('stage.started z@1');
    expect(walk.names).not.toContain('stage.started a@1');
  });

  it('override the edge, over its loop_restart too', () => {
    const walk = walkWith(
      [{ event: 'edge_selected', script: 'x', matcher: '^a$' }],
      `${command('a')} ${command('b')} start -> a a -> a [loop_restart=true] b -> exit`,
    );
    walk.answerHook(asked(walk), { decision: 'proceed' });
    walk.advance();
    walk.succeed();
    const act = asked(walk);
    expect(act.context).toMatchObject({ edge_from: 'a', edge_to: 'a' });
    walk.answerHook(act, { decision: 'override', edge_to: 'b' });
    walk.advance();
    expect(walk.names).toContain('stage.started b@1');
    expect(walk.names).not.toContain('loop.restart');
    const chosen = walk.events.filter((e) => e.event === 'edge.selected').map((e) => e.properties);
    expect(chosen.at(-1)).toMatchObject({
      from_node: 'a',
      to_node: 'b',
      reason: 'hook',
      is_jump: true,
    });
  });

  it('override an edge whose loop_restart would be refused', () => {
    const walk = walkWith(
      [{ event: 'edge_selected', script: 'x', matcher: '^a$' }],
      `${command('a')} ${command('b')} start -> a a -> a [loop_restart=true] b -> exit`,
    );
    walk.answerHook(asked(walk), { decision: 'proceed' });
    walk.advance();
    walk.fail();
    walk.answerHook(asked(walk), { decision: 'override', edge_to: 'b' });
    walk.advance();
    expect(walk.names).toContain('stage.started b@1');
  });

  it('that let such an edge stand have it refused', () => {
    const walk = walkWith(
      [{ event: 'edge_selected', script: 'x', matcher: '^a$' }],
      `${command('a')} start -> a a -> a [loop_restart=true] a -> exit [condition="outcome=succeeded"]`,
    );
    walk.answerHook(asked(walk), { decision: 'proceed' });
    walk.advance();
    walk.fail();
    walk.answerHook(asked(walk), { decision: 'proceed' });
    expect(walk.conclusion()).toMatchObject({
      error: expect.stringMatching(/^loop_restart blocked: /),
    });
  });

  it('cannot send the walk to a node that is not there: it goes on, and says so', () => {
    const walk = walkWith([{ event: 'edge_selected', script: 'x', matcher: '^b$' }]);
    walk.advance();
    walk.succeed();
    walk.answerHook(asked(walk), { decision: 'override', edge_to: 'nowhere' });
    walk.advance();
    expect(walk.names).toContain('stage.started b@1');
    expect(walk.events.find((e) => e.event === 'run.notice')?.properties).toMatchObject({
      code: 'hook_override_unknown',
    });
  });

  it('are asked again after a restart when their end is not recorded, and not otherwise', () => {
    const walk = walkWith([
      { event: 'stage_start', script: 'one', matcher: '^a$' },
      { event: 'stage_start', script: 'two', matcher: '^a$' },
    ]);
    walk.answerHook(asked(walk), { decision: 'proceed' });
    const second = asked(walk);
    walk.restart();
    expect(asked(walk)).toEqual(second);
    expect(walk.names.filter((name) => name.startsWith('hook.started'))).toHaveLength(2);
  });

  it('stand before each attempt of a stage that is tried again', () => {
    const walk = walkWith(
      [{ event: 'stage_start', script: 'x', matcher: '^a$' }],
      `${command('a', 'max_retries=1')} start -> a -> exit`,
    );
    walk.answerHook(asked(walk), { decision: 'proceed' });
    walk.advance();
    walk.settle({ outcome: { status: 'failed' }, retryable: true });
    walk.advance();
    walk.nowMs += 60_000;
    expect(gateOf(walk)).toBe('stage_start/a@1/a2');
  });
});

describe('§9.1 hooks that do not block', () => {
  it('are told while the walk goes on, and the run waits for them before it ends', () => {
    const walk = walkWith([{ event: 'stage_complete', script: 'x', matcher: '^a$' }]);
    walk.advance();
    walk.succeed();
    const acts = walk.acts();
    expect(acts.map((act) => act.kind)).toEqual(['attempt', 'hook']);
    const hook = acts.find((act) => act.kind === 'hook');
    if (hook?.kind !== 'hook') throw new Error('no hook');
    walk.inFlight.add(hook.slot ?? '');
    walk.succeed();
    expect(walk.advance()).toEqual({ events: [], acts: [], cancel: [] });
    walk.inFlight.clear();
    walk.answerHook(hook, { decision: 'block', reason: 'nobody asks it' });
    expect(walk.conclusion()).toEqual({ status: 'completed', reason: 'completed' });
  });

  it('hear of one event at a time, in the order of the events', () => {
    const walk = walkWith([{ event: 'stage_complete', script: 'x', matcher: '^[ab]$' }]);
    walk.advance();
    walk.succeed();
    walk.advance();
    walk.succeed();
    const asks = (): readonly string[] =>
      walk.acts().flatMap((act) => (act.kind === 'hook' ? [act.gate] : []));
    expect(asks()).toEqual(['stage_complete/a@1/a1']);
    walk.answerHook(asked(walk), { decision: 'proceed' });
    expect(asks()).toEqual(['stage_complete/b@1/a1']);
  });

  it('are all waited for, in order, when one of the same event blocks', () => {
    const walk = walkWith([
      { event: 'stage_complete', script: 'x', matcher: '^a$' },
      { event: 'stage_complete', script: 'y', matcher: '^a$', blocking: true },
    ]);
    walk.advance();
    walk.succeed();
    const first = asked(walk);
    expect(first.hook.name).toBe('stage_complete:x');
    // Its decision does not count.
    walk.answerHook(first, { decision: 'block' });
    walk.answerHook(asked(walk), { decision: 'proceed' });
    expect(walk.acts()).toEqual([{ kind: 'attempt', frame: ROOT }]);
  });

  it('that a dead server was telling are told again', () => {
    const walk = walkWith([{ event: 'stage_complete', script: 'x', matcher: '^a$' }]);
    walk.advance();
    walk.succeed();
    const before = asked(walk);
    walk.restart();
    expect(asked(walk)).toEqual(before);
  });
});

describe('§9.1 the events of a run', () => {
  const heard = (
    events: readonly HookEntry['event'][],
    play: (walk: HandWalk) => void,
    body = chain,
    more: HandWalkOptions = {},
  ): readonly string[] => {
    const walk = walkWith(
      events.map((event) => ({ event, script: 'x', blocking: true })),
      body,
      more,
    );
    const gates: string[] = [];
    for (let turn = 0; turn < 100; turn++) {
      const { acts, conclusion } = walk.advance();
      if (conclusion !== undefined) return [...gates, conclusion.reason];
      const hook = acts.find((act) => act.kind === 'hook');
      if (hook?.kind === 'hook') {
        gates.push(hook.gate);
        walk.answerHook(hook, { decision: 'proceed' });
      } else play(walk);
    }
    throw new Error('the run does not end');
  };

  it('sandbox_ready, run_start, checkpoint_saved, run_complete and sandbox_cleanup', () => {
    expect(
      heard(
        [
          'sandbox_cleanup',
          'run_complete',
          'run_failed',
          'checkpoint_saved',
          'run_start',
          'sandbox_ready',
        ],
        (walk) => walk.succeed(),
      ),
    ).toEqual([
      'sandbox_ready/run',
      'run_start/run',
      'checkpoint_saved/start@1',
      'checkpoint_saved/a@1',
      'checkpoint_saved/b@1',
      'run_complete/run',
      'sandbox_cleanup/run',
      'completed',
    ]);
  });

  it('stage_failed, stage_retrying and run_failed', () => {
    expect(
      heard(
        ['run_complete', 'run_failed', 'stage_failed', 'stage_retrying'],
        (walk) => {
          if (walk.frame().phase.kind === 'waiting') walk.nowMs += 60_000;
          else walk.settle({ outcome: { status: 'failed' }, retryable: true });
        },
        `${command('a', 'max_retries=1')} start -> a a -> exit [condition="outcome=succeeded"]`,
      ),
    ).toEqual(['stage_retrying/a@1/a1', 'stage_failed/a@1/a2', 'run_failed/run', 'workflow_error']);
  });

  it('parallel_start and parallel_complete', () => {
    expect(
      heard(
        ['parallel_start', 'parallel_complete'],
        (walk) => walk.succeed(walk.state.frames.size > 1 ? 'root/fork@1:0' : ROOT),
        `fork [shape=component] ${command('a')} join [shape=tripleoctagon] start -> fork fork -> a -> join join -> exit`,
      ).slice(0, 2),
    ).toEqual(['parallel_start/fork@1/a1', 'parallel_complete/fork@1/a1']);
  });

  it('nobody hears of the end of a run that was cancelled', () => {
    const walk = walkWith([
      { event: 'run_failed', script: 'x' },
      { event: 'sandbox_cleanup', script: 'x' },
    ]);
    walk.advance();
    walk.record({ event: 'run.cancel.requested', properties: { action: 'cancel' } });
    expect(walk.conclusion()).toMatchObject({ reason: 'cancelled' });
  });

  it('a run that is resumed after its end is heard of again, under names of its own', () => {
    const walk = walkWith(
      [{ event: 'run_failed', script: 'x', blocking: true }],
      `${command('a')} start -> a a -> exit [condition="outcome=succeeded"]`,
    );
    walk.record({ event: 'run.submitted', properties: {} });
    walk.advance();
    walk.fail();
    expect(gateOf(walk)).toBe('run_failed/run');
    walk.answerHook(asked(walk), { decision: 'proceed' });
    walk.record({
      event: 'run.failed',
      properties: { error: 'x', duration_ms: 1, reason: 'workflow_error' },
    });
    walk.record(
      { event: 'run.submitted', properties: {} },
      { event: 'run.running', properties: {} },
    );
    walk.advance();
    walk.fail();
    expect(gateOf(walk)).toBe('run_failed/run-2');
  });
});

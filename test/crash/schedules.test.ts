/**
 * Crash schedules: the process is ended before and after its k-th port call, for every k, and once more while
 * it recovers. Every handler has its scenario here.
 */
import type { ModelEvent, ModelRequest } from '@fabro/models';
import { hooksOf } from '@fabro/engine';
import { describe, expect, test, vi } from 'vitest';
import type { CrashPoint } from './crasher.js';
import { play, type Scenario } from './harness.js';
import { judge } from './judge.js';

const ends = 'start [shape=Mdiamond] exit [shape=Msquare]';
const ok = () => ({ exit: 0, stdout: 'ok' });

function digraph(body: string): string {
  return `digraph G { ${ends} ${body} }`;
}

/** Fails at the first visits, then succeeds. */
function failing(command: string, visits: number) {
  return (script: string, visit: number) => ({
    exit: script === command && visit <= visits ? 1 : 0,
  });
}

const scenarios: Readonly<Record<string, Scenario>> = {
  'a chain of commands': {
    source: digraph(
      'a [shape=parallelogram, script="one"] b [shape=parallelogram, script="two"] start -> a -> b -> exit',
    ),
    script: ok,
  },
  'a chain of commands with commits': {
    source: digraph(
      'a [shape=parallelogram, script="one"] b [shape=parallelogram, script="two"] start -> a -> b -> exit',
    ),
    script: ok,
    git: true,
  },
  'a conditional that loops until the command succeeds': {
    source: digraph(
      'test [shape=parallelogram, script="test"] gate [shape=diamond] fix [shape=parallelogram, script="fix"] start -> test -> gate gate -> exit [condition="outcome=succeeded"] gate -> fix fix -> test',
    ),
    script: failing('test', 2),
    git: true,
  },
  'parallel branches as chains, with commits and a fan-in': {
    source: digraph(
      'fork [shape=component] a [shape=parallelogram, script="a"] a2 [shape=parallelogram, script="a2"] b [shape=parallelogram, script="b"] join [shape=tripleoctagon] start -> fork fork -> a -> a2 -> join fork -> b -> join join -> exit',
    ),
    script: ok,
    git: true,
  },
  'parallel branches without git that meet in a plain node': {
    source: digraph(
      'fork [shape=component, max_parallel=1] a [shape=parallelogram, script="a"] b [shape=parallelogram, script="b"] after [shape=parallelogram, script="after"] start -> fork fork -> a -> after fork -> b -> after after -> exit',
    ),
    script: ok,
  },
  'a goal gate that sends the run back': {
    source: digraph(
      'work [shape=parallelogram, script="work"] check [shape=parallelogram, script="check", goal_gate=true, retry_target="work"] start -> work -> check -> exit',
    ),
    script: failing('check', 1),
  },
  'a human gate that a person answers': {
    source: digraph(
      'ask [shape=hexagon, label="Ship?"] ship [shape=parallelogram, script="ship"] start -> ask ask -> ship [label="[Y] Yes"] ask -> exit [label="[N] No"] ship -> exit',
    ),
    script: ok,
    person: (event) =>
      event.event === 'interview.started'
        ? {
            event: 'interview.completed',
            properties: {
              question_id: String(event.properties['question_id']),
              answer: { kind: 'selected', key: 'Y' },
            },
          }
        : undefined,
  },
  'a human gate that times out into its default': {
    source: digraph(
      'ask [shape=hexagon, label="Ship?", timeout="1h", human.default_choice="exit"] ship [shape=parallelogram, script="ship"] start -> ask ask -> ship [label="[Y] Yes"] ask -> exit [label="[N] No"] ship -> exit',
    ),
    script: ok,
  },
  'a command that times out and is tried again': {
    source: digraph(
      'slow [shape=parallelogram, script="slow", retry_policy="patient"] next [shape=parallelogram, script="next"] start -> slow -> next -> exit',
    ),
    script: (command, _visit, tries) =>
      command === 'slow' && tries === 1 ? { exit: 0, timedOut: true } : { exit: 0 },
    git: true,
  },
  'parallel branches of which the first success wins': {
    source: digraph(
      'fork [shape=component, join_policy="first_success"] a [shape=parallelogram, script="a"] ask [shape=hexagon, label="Wait?"] join [shape=tripleoctagon] start -> fork fork -> a -> join fork -> ask ask -> join [label="[G] Go"] join -> exit',
    ),
    script: ok,
    git: true,
  },
  'a parallel inside a branch of a parallel': {
    source: digraph(
      'outer [shape=component] inner [shape=component] a [shape=parallelogram, script="a"] b [shape=parallelogram, script="b"] c [shape=parallelogram, script="c"] in [shape=tripleoctagon] out [shape=tripleoctagon] start -> outer outer -> inner inner -> a -> in inner -> b -> in in -> out outer -> c -> out out -> exit',
    ),
    script: ok,
    git: true,
  },
  'a run that a person pauses and lets go on': {
    source: digraph(
      'a [shape=parallelogram, script="a"] b [shape=parallelogram, script="b"] start -> a -> b -> exit',
    ),
    script: ok,
    person: (event) => {
      if (event.event === 'command.started' && event.stage_id === 'a@1')
        return { event: 'run.pause.requested', properties: { action: 'pause' } };
      return event.event === 'run.paused'
        ? { event: 'run.unpause.requested', properties: { action: 'unpause' } }
        : undefined;
    },
  },
  'a wait between two commands': {
    source: digraph(
      'a [shape=parallelogram, script="a"] nap [shape=insulator, duration=1h] b [shape=parallelogram, script="b"] start -> a -> nap -> b -> exit',
    ),
    script: ok,
    git: true,
  },
  'a child workflow with branches of its own': {
    source: digraph(
      'plan [shape=parallelogram, script="plan"] boss [shape=house, stack.child_workflow="child.fabro"] ship [shape=parallelogram, script="ship"] start -> plan -> boss -> ship -> exit',
    ),
    children: {
      'child.fabro': digraph(
        'fork [shape=component] a [shape=parallelogram, script="a"] b [shape=parallelogram, script="b"] join [shape=tripleoctagon] last [shape=parallelogram, script="last"] start -> fork fork -> a -> join fork -> b -> join join -> last -> exit',
      ),
    },
    script: ok,
    git: true,
  },
  'a child workflow inside a child workflow': {
    source: digraph('boss [shape=house, stack.child_workflow="child.fabro"] start -> boss -> exit'),
    children: {
      'child.fabro': digraph(
        'a [shape=parallelogram, script="a"] under [shape=house, stack.child_workflow="grandchild.fabro"] start -> a -> under -> exit',
      ),
      'grandchild.fabro': digraph('b [shape=parallelogram, script="b"] start -> b -> exit'),
    },
    script: ok,
  },
  'a child workflow that waits for a person and is stopped by its manager': {
    source: digraph(
      'boss [shape=house, stack.child_workflow="child.fabro", manager.poll_interval=1h, manager.stop_condition="context.command.output contains ok"] ship [shape=parallelogram, script="ship"] start -> boss -> ship -> exit',
    ),
    children: {
      'child.fabro': digraph(
        'a [shape=parallelogram, script="a"] ask [shape=hexagon, label="More?"] start -> a -> ask ask -> a [label="[M] More"] ask -> exit [label="[N] No"]',
      ),
    },
    script: ok,
    git: true,
  },
  'branches that are given up at the timeout of their parallel stage, then tried again': {
    source: digraph(
      'fork [shape=component, timeout=1h, max_retries=1] a [shape=parallelogram, script="a"] ask [shape=hexagon, label="Wait?"] join [shape=tripleoctagon] late [shape=parallelogram, script="late"] start -> fork fork -> a -> join fork -> ask ask -> join [label="[G] Go"] join -> exit fork -> late -> join',
    ),
    script: ok,
    git: true,
    person: (event) =>
      event.event === 'interview.started' && event.stage_id === 'ask@2'
        ? {
            event: 'interview.completed',
            properties: {
              question_id: String(event.properties['question_id']),
              answer: { kind: 'selected', key: 'G' },
            },
          }
        : undefined,
  },
  'a loop that begins again when the infrastructure fails': {
    source: digraph(
      'a [shape=parallelogram, script="a"] b [shape=parallelogram, script="b"] start -> a -> b b -> exit [condition="outcome=succeeded"] b -> a [loop_restart=true]',
    ),
    script: (command, visit) =>
      command === 'b' && visit === 1
        ? { exit: 1, stdout: 'connection refused' }
        : { exit: 0, stdout: 'ok' },
    git: true,
  },
  'hooks that gate, skip, override and listen': {
    source: digraph(
      'a [shape=parallelogram, script="a"] skipped [shape=parallelogram, script="never"] b [shape=parallelogram, script="b"] other [shape=parallelogram, script="other"] start -> a -> skipped -> b -> exit other -> exit',
    ),
    script: ok,
    git: true,
    settings: {
      hooks: hooksOf([
        { event: 'sandbox_ready', script: 'ready' },
        { event: 'run_start', script: 'first' },
        { event: 'run_start', script: 'second', blocking: false },
        { event: 'stage_start', script: 'guard', matcher: 'a|skipped' },
        { event: 'stage_complete', script: 'listen' },
        { event: 'stage_complete', script: 'listen too' },
        { event: 'edge_selected', script: 'detour', matcher: '^b$' },
        { event: 'checkpoint_saved', script: 'saved', blocking: true },
        { event: 'run_complete', script: 'done' },
        { event: 'sandbox_cleanup', script: 'clean' },
      ]),
    },
    hook: (hook, context) => {
      if (hook.event === 'stage_start' && context.node_id === 'skipped')
        return { decision: 'skip', reason: 'not today' };
      return hook.event === 'edge_selected' && context.edge_from === 'b'
        ? { decision: 'override', edge_to: 'other' }
        : { decision: 'proceed' };
    },
  },
  'agents that share a thread, and a model that judges their branches': {
    source: digraph(
      'graph [default_fidelity=full, default_thread=t] plan [shape=tab, prompt="Plan"] fork [shape=component] a [prompt="Do a"] b [shape=parallelogram, script="b"] join [shape=tripleoctagon, prompt="Which?"] last [prompt="Sum up"] start -> plan -> fork fork -> a -> join fork -> b -> join join -> last -> exit',
    ),
    script: ok,
    git: true,
    files: { '/work/a.txt': 'wrong\n', '/branches/root/fork@1:0/a.txt': 'wrong\n' },
    answer: (request) => (request.tools.length === 0 ? says('b') : agentAnswer(request)),
  },
  'an agent that edits and runs the tests': {
    source: digraph(
      'fix [prompt="Make the tests pass"] test [shape=parallelogram, script="test"] start -> fix -> test -> exit',
    ),
    script: ok,
    git: true,
    files: { '/work/a.txt': 'wrong\n' },
    answer: agentAnswer,
  },
};

function says(text: string): ModelEvent {
  return {
    type: 'finish',
    finishReason: 'stop',
    usage: {
      input_tokens: 10,
      output_tokens: 5,
      reasoning_tokens: 0,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
    },
    message: { role: 'assistant', content: [{ type: 'text', text }] },
  };
}

/** Reads, edits, runs a command, then answers; decided by the request alone. */
function agentAnswer(request: ModelRequest): ModelEvent {
  const turn = request.messages.filter((m) => m.role === 'assistant').length;
  const call = (tool_name: string, input: Record<string, string>): ModelEvent => ({
    type: 'finish',
    finishReason: 'tool_calls',
    usage: {
      input_tokens: 10,
      output_tokens: 5,
      reasoning_tokens: 0,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
    },
    message: {
      role: 'assistant',
      content: [{ type: 'tool_call', tool_call_id: `call-${turn}`, tool_name, input }],
    },
  });
  if (turn === 0) return call('read_file', { file_path: '/work/a.txt' });
  if (turn === 1)
    return call('edit_file', {
      file_path: '/work/a.txt',
      old_string: 'wrong',
      new_string: 'right',
    });
  if (turn === 2) return call('shell', { command: 'npm test' });
  return {
    type: 'finish',
    finishReason: 'stop',
    usage: {
      input_tokens: 10,
      output_tokens: 5,
      reasoning_tokens: 0,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
    },
    message: { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] },
  };
}

/** Thousands of runs in one test: on a busy machine they take longer than others may. */
vi.setConfig({ testTimeout: 240_000 });

/** Second crashes that are tried for each first one: the recovery is short, the rest repeats the first schedule. */
const RECOVERY_CALLS = 4;

describe.each(Object.entries(scenarios))('%s', (_name, scenario) => {
  test('ends the same when the process dies before or after any of its port calls', async () => {
    const calm = await play(scenario, []);
    expect(calm.conclusion).toMatchObject({ status: 'completed' });
    for (const point of points(calm.calls[0] ?? 0)) {
      const outcome = await play(scenario, [point]);
      try {
        judge(outcome, calm, 1);
      } catch (error) {
        throw new Error(`killed ${point.when} call ${point.call}: ${String(error)}`, {
          cause: error,
        });
      }
    }
  });

  test('ends the same when it dies once more while it recovers', async () => {
    const calm = await play(scenario, []);
    for (const first of points(calm.calls[0] ?? 0))
      for (const second of points(RECOVERY_CALLS)) {
        const outcome = await play(scenario, [first, second]);
        try {
          judge(outcome, calm, 2);
        } catch (error) {
          throw new Error(
            `killed ${first.when} call ${first.call}, then ${second.when} call ${second.call}: ${String(error)}`,
            { cause: error },
          );
        }
      }
  });
});

function points(calls: number): readonly CrashPoint[] {
  return Array.from({ length: calls }, (_, i) => i + 1).flatMap(
    (call) =>
      [
        { call, when: 'before' },
        { call, when: 'after' },
      ] as const,
  );
}

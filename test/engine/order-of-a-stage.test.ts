/** In which order a stage's events, hooks, commit and checkpoint come (§4.3): whole runs in memory. */
import { hooksOf, type HookEntry } from '@fabro/engine';
import { describe, expect, it } from 'vitest';
import { play, type Scenario } from '../crash/harness.js';

const EVENTS: readonly HookEntry['event'][] = [
  'stage_start',
  'stage_complete',
  'stage_failed',
  'stage_retrying',
  'edge_selected',
  'checkpoint_saved',
];
const hooks = hooksOf(EVENTS.map((event) => ({ event, script: 'x', name: event, blocking: true })));

async function run(body: string, more: Partial<Scenario> = {}) {
  const { events, conclusion } = await play(
    {
      source: `digraph G { start [shape=Mdiamond] exit [shape=Msquare] ${body} }`,
      script: () => ({ exit: 0 }),
      ...more,
    },
    [],
  );
  /** What happened from the first event of a stage to the first of the next. */
  const story = (from: string, to: string): readonly string[] => {
    const at = (stage: string) =>
      events.findIndex((e) => e.stage_id === stage && /^(stage|hook)\.started$/.test(e.event));
    return events.slice(at(from), at(to)).flatMap((e) => {
      if (e.event === 'hook.completed') return [`hook ${String(e.properties['hook'])}`];
      return e.event.startsWith('hook.') || e.event.startsWith('call.') ? [] : [e.event];
    });
  };
  return { events, conclusion, story };
}

const twoSteps =
  'a [shape=parallelogram, script="a", max_retries=1] b [shape=parallelogram, script="b"] start -> a -> b -> exit';

describe('§4.3 order', () => {
  it('attempts, final event, hook, commit, edge, hook, checkpoint, hook', async () => {
    let tries = 0;
    const { story, conclusion } = await run(twoSteps, {
      git: true,
      settings: { hooks },
      script: (command) =>
        command === 'a' && ++tries === 1 ? { exit: 0, timedOut: true } : { exit: 0 },
    });
    expect(conclusion).toMatchObject({ status: 'completed' });
    expect(story('a@1', 'b@1')).toEqual([
      'hook stage_start',
      'stage.started',
      'command.started',
      'command.completed',
      'stage.failed',
      'stage.retrying',
      'hook stage_retrying',
      'hook stage_start',
      'stage.started',
      'command.started',
      'command.completed',
      'stage.completed',
      'hook stage_complete',
      'git.commit',
      'edge.selected',
      'hook edge_selected',
      'checkpoint.completed',
      'hook checkpoint_saved',
    ]);
  });

  // §4.3 stage hooks
  it('a failed stage has its own hook, after its final event', async () => {
    const { story } = await run(twoSteps, {
      settings: { hooks },
      script: (command) => ({ exit: command === 'a' ? 1 : 0 }),
    });
    expect(story('a@1', 'b@1').slice(3)).toEqual([
      'command.completed',
      'stage.failed',
      'hook stage_failed',
      'edge.selected',
      'hook edge_selected',
      'checkpoint.completed',
      'hook checkpoint_saved',
    ]);
  });

  // §4.3 checkpoint
  it('the checkpoint names the commit that was made for the stage; the start has a checkpoint and no commit', async () => {
    const { events } = await run(twoSteps, { git: true });
    const commits = new Map(
      events
        .filter((e) => e.event === 'git.commit')
        .map((e) => [e.stage_id, e.properties['sha']] as const),
    );
    expect([...commits.keys()]).toEqual(['a@1', 'b@1']);
    expect(
      events
        .filter((e) => e.event === 'checkpoint.completed')
        .map(({ stage_id, properties: p }) => [stage_id, p['git_commit_sha'], p['next_node_id']]),
    ).toEqual([
      ['start@1', 'base', 'a'],
      ['a@1', commits.get('a@1'), 'b'],
      ['b@1', commits.get('b@1'), 'exit'],
    ]);
  });

  it('a pause that comes meanwhile waits after the attempt, before the next node', async () => {
    const { events } = await run(twoSteps, {
      person: ({ event, stage_id: stage }) => {
        if (event === 'command.started' && stage === 'a@1')
          return { event: 'run.pause.requested', properties: { action: 'pause' } };
        return event === 'checkpoint.completed' && stage === 'a@1'
          ? { event: 'run.unpause.requested', properties: { action: 'unpause' } }
          : undefined;
      },
    });
    const names = events.map((e) => `${e.event} ${e.stage_id ?? ''}`.trim());
    const at = (name: string) => names.indexOf(name);
    expect(at('run.paused')).toBeLessThan(at('run.unpaused'));
    expect(at('run.unpaused')).toBeLessThan(at('stage.started b@1'));
    expect(at('checkpoint.completed a@1')).toBeLessThan(at('run.unpaused'));
  });
});

describe('§4.3 exit stage', () => {
  it('is started and completed with the notes "Pipeline completed", without commit and checkpoint', async () => {
    const { events } = await run(twoSteps, { git: true });
    expect(
      events
        .filter((e) => e.stage_id === 'exit@1')
        .map(({ event, properties: p }) => [event, p['status'], p['notes']]),
    ).toEqual([
      ['stage.started', undefined, undefined],
      ['stage.completed', 'succeeded', 'Pipeline completed'],
    ]);
  });
});

describe('§4.3 skipped', () => {
  it('a stage that a hook leaves out has its events, with the status skipped, and no hook of its end', async () => {
    const { story } = await run(twoSteps, {
      settings: { hooks },
      hook: (hook, { event, node_id: node }) =>
        hook.event === 'stage_start' && event === 'stage_start' && node === 'a'
          ? { decision: 'skip', reason: 'done already' }
          : { decision: 'proceed' },
    });
    expect(story('a@1', 'b@1')).toEqual([
      'hook stage_start',
      'stage.started',
      'stage.completed',
      'edge.selected',
      'hook edge_selected',
      'checkpoint.completed',
      'hook checkpoint_saved',
    ]);
  });
});

describe('§4.3 breaker first', () => {
  it('the run that a breaker ends has the final event of the stage, and neither edge nor checkpoint of it', async () => {
    const { events, conclusion } = await run(
      'graph [loop_restart_signature_limit=2] a [shape=parallelogram, script="a"] start -> a a -> exit [condition="outcome=succeeded"] a -> a',
      { script: () => ({ exit: 1 }), settings: { hooks }, git: true },
    );
    expect(conclusion).toMatchObject({
      error: expect.stringMatching(/^deterministic failure cycle detected: .* repeated 2 times/),
    });
    expect(events.filter((e) => e.stage_id === 'a@2').map((e) => e.event)).toEqual([
      'hook.started',
      'hook.completed',
      'stage.started',
      'command.started',
      'command.completed',
      'stage.failed',
    ]);
  });
});

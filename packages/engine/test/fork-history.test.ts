/** How the history of a fork folds (§6 fork). */
import { describe, expect, it } from 'vitest';
import { fold } from '../src/fold.js';
import { initialState, type RunState } from '../src/state.js';
import { HandWalk, ROOT, RUN, command } from './hand-walk.js';

/** The fork of a walk that stands between two stages. */
function forkOf(walk: HandWalk, earlier: number): RunState {
  const state = initialState(RUN);
  for (const event of walk.events) {
    if (event.event !== 'run.created') fold(state, event);
    else
      fold(state, {
        ...event,
        properties: {
          ...event.properties,
          fork_source_ref: { source_run_id: RUN, checkpoint_sha: 'a' },
          earlier_submissions: earlier,
        },
      });
  }
  fold(state, { event: 'run.submitted', properties: {}, ts: '2026-01-02T00:00:00Z' });
  return state;
}

describe('the history of a fork', () => {
  it('ends submitted; taking it up is no crash, and one submission more than those of its source', () => {
    const walk = new HandWalk(`${command('a')} ${command('b')} start -> a -> b -> exit`);
    walk.advance();
    walk.succeed();
    const state = forkOf(walk, 2);
    expect(state).toMatchObject({ status: 'submitted', suspended: true, submissions: 3 });
    fold(state, { event: 'run.resumed', properties: { epoch: 1 }, ts: '2026-01-02T00:00:01Z' });
    expect(state.restarts).toBe(0);
  });

  it('does not tell again what hooks of its source were being told', () => {
    const walk = new HandWalk(`${command('a')} start -> a -> exit`);
    walk.record({
      event: 'hook.started',
      properties: {
        hook: 'notify',
        hook_event: 'stage_complete',
        transport: 'command',
        blocking: false,
        index: 0,
        gate: 'stage_complete/start@1/a1',
        context: { event: 'stage_complete', run_id: RUN, workflow_name: 'T' },
      },
    });
    expect(walk.state.background.size).toBe(1);
    expect(forkOf(walk, 1).background.size).toBe(0);
  });

  it('run.reopened stands for an end and a resume: the open stage is visited again', () => {
    const walk = new HandWalk(`${command('a')} start -> a -> exit`);
    walk.advance();
    expect(walk.state.frames.get(ROOT)?.phase.kind).toBe('running');
    walk.record({ event: 'run.reopened', properties: {} });
    expect(walk.state.frames.get(ROOT)?.phase).toEqual({
      kind: 'at',
      node: 'a',
      resumed: true,
    });
    walk.advance();
    expect(walk.names.at(-2)).toBe('stage.started a@2');
  });
});

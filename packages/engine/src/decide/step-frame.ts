/** The next step of one frame, by the phase that it is in. */
import { isTerminalNode, type GraphNode } from '@fabro/workflow';
import type { Frame, RunState } from '../state.js';
import { conclude, success } from './conclude.js';
import { NOTHING, type DecideFacts, type Step, type World } from './decision.js';
import { enter, startAttempt } from './enter.js';
import { leave } from './leave.js';
import { nodeOf } from './stage-input.js';
import { work } from './work.js';

export function stepFrame(world: World, state: RunState, frame: Frame, facts: DecideFacts): Step {
  if (facts.inFlight.has(frame.id)) return NOTHING;
  const paused = state.status === 'paused';
  const { phase } = frame;
  switch (phase.kind) {
    case 'ended':
      return frame.branch === undefined ? conclude(world, frame) : NOTHING;
    case 'preparing':
      return paused ? NOTHING : { ...NOTHING, acts: [{ kind: 'prepare', frame: frame.id }] };
    case 'at':
      return paused ? NOTHING : enter(world, state, frame, phase.node, facts);
    case 'running':
      return paused ? NOTHING : work(world, state, frame, phase.stage, facts);
    case 'waiting':
      if (phase.dueAtMs > facts.nowMs)
        return { ...NOTHING, acts: [{ kind: 'wait', frame: frame.id, dueAtMs: phase.dueAtMs }] };
      return paused
        ? NOTHING
        : startAttempt(world, state, frame, { ...phase.stage, attempt: phase.stage.attempt + 1 });
    case 'settled': {
      const node = nodeOf(world, phase.stage.node);
      if (isTerminalNode(node))
        return frame.branch === undefined
          ? { ...NOTHING, conclusion: success(frame) }
          : leave(world, state, frame, facts);
      if (!phase.committed && isCommitted(world, node))
        return { ...NOTHING, acts: [{ kind: 'commit', frame: frame.id }] };
      return leave(world, state, frame, facts);
    }
  }
}

/** A parallel stage keeps the commit that its branches stand on; the start changes nothing. */
function isCommitted(world: World, node: GraphNode): boolean {
  return world.git && node.handler !== 'start' && node.handler !== 'parallel';
}

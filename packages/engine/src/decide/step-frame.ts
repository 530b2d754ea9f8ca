/** The next step of one frame, by the phase that it is in. */
import { isTerminalNode, type GraphNode } from '@fabro/workflow';
import { hasEnded, type Frame, type RunState } from '../state.js';
import { conclude, ending, success } from './conclude.js';
import { NOTHING, type DecideFacts, type Decision, type Step, type World } from './decision.js';
import { enter, startAttempt } from './enter.js';
import { hasHooks, passGate } from './gate.js';
import { checkpointPoint, stagePoint } from './hook-points.js';
import { leave } from './leave.js';
import { nodeOf } from './stage-input.js';
import { work } from './work.js';

export function stepFrame(world: World, state: RunState, frame: Frame, facts: DecideFacts): Step {
  // While a framed stage acts itself, it closes what is inside: nothing there takes another step.
  if (facts.inFlight.has(frame.id)) return { ...NOTHING, givenUp: [frame.id] };
  const paused = state.status === 'paused';
  const { phase } = frame;
  switch (phase.kind) {
    case 'ended':
      if (hasEnded(frame)) return NOTHING;
      return afterCheckpoint(world, state, frame) ?? conclude(world, state, frame, facts);
    case 'preparing':
      return paused ? NOTHING : { ...NOTHING, acts: [{ kind: 'prepare', frame: frame.id }] };
    case 'at':
      if (paused) return NOTHING;
      return afterCheckpoint(world, state, frame) ?? enter(world, state, frame, phase.node, facts);
    case 'running':
      return paused ? NOTHING : work(world, state, frame, phase.stage, facts);
    case 'waiting':
      if (phase.dueAtMs > facts.nowMs)
        return (
          beforeRetry(world, state, frame) ?? {
            ...NOTHING,
            acts: [{ kind: 'wait', frame: frame.id, dueAtMs: phase.dueAtMs }],
          }
        );
      if (paused) return NOTHING;
      return startAttempt(
        world,
        state,
        frame,
        { ...phase.stage, attempt: phase.stage.attempt + 1 },
        facts,
      );
    case 'settled': {
      const node = nodeOf(world, frame, phase.stage.node);
      if (isTerminalNode(node))
        return frame.branch === undefined
          ? ending(world, state, frame, facts, success(frame))
          : leave(world, state, frame, facts);
      const told = phase.route === undefined ? afterStage(world, state, frame, node) : undefined;
      if (told !== undefined) return told;
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

function afterCheckpoint(world: World, state: RunState, frame: Frame): Decision | undefined {
  const point = hasHooks(world) ? checkpointPoint(world, state, frame) : undefined;
  return point === undefined ? undefined : stepOf(passGate(world, state, frame, point));
}

function beforeRetry(world: World, state: RunState, frame: Frame): Decision | undefined {
  if (!hasHooks(world) || frame.phase.kind !== 'waiting') return undefined;
  const { stage } = frame.phase;
  const node = nodeOf(world, frame, stage.node);
  const point = stagePoint(world, state, frame, stage, node, 'stage_retrying');
  return stepOf(passGate(world, state, frame, point));
}

function afterStage(
  world: World,
  state: RunState,
  frame: Frame,
  node: GraphNode,
): Decision | undefined {
  if (!hasHooks(world) || frame.phase.kind !== 'settled') return undefined;
  const { stage, outcome } = frame.phase;
  const event = outcome.status === 'failed' ? 'stage_failed' : 'stage_complete';
  if (outcome.status === 'skipped') return undefined;
  const point = stagePoint(world, state, frame, stage, node, event, outcome);
  return stepOf(passGate(world, state, frame, point));
}

function stepOf(passage: ReturnType<typeof passGate>): Decision | undefined {
  return passage.open ? undefined : passage.step;
}

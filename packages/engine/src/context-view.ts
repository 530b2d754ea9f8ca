/**
 * The context as conditions ask for it: what stages have set, and what the run knows of itself (engine
 * reference §5.1). The latter is read off the graph and the state at each look, and never stored.
 */
import type { JsonValue } from '@fabro/protocol';
import { attributeText } from '@fabro/workflow';
import { graphOf } from './decide/stage-input.js';
import type { World } from './decide/decision.js';
import { openStage, type Frame, type RunState } from './state.js';

/** The value of a key; undefined when there is none. */
export function contextValue(
  world: World,
  state: RunState,
  frame: Frame,
  key: string,
): JsonValue | undefined {
  const set = frame.context.get(key);
  if (set !== undefined) return set;
  if (key.startsWith('graph.')) return graphValue(world, frame, key.slice('graph.'.length));
  return key.startsWith('internal.')
    ? internalValue(state, frame, key.slice('internal.'.length))
    : undefined;
}

function graphValue(world: World, frame: Frame, name: string): JsonValue | undefined {
  const value = graphOf(world, frame).attributes.get(name);
  return value === undefined ? undefined : attributeText(value);
}

function internalValue(state: RunState, frame: Frame, name: string): JsonValue | undefined {
  const stage = openStage(frame);
  switch (name) {
    case 'run_id':
      return state.runId;
    case 'work_dir':
      return frame.branch === undefined
        ? state.workingDirectory
        : (frame.worktreeDir ?? state.workingDirectory);
    case 'node_visit_count':
      return stage === undefined ? undefined : (frame.counters.visits.get(stage.node) ?? 0);
    case 'parallel_group_id':
      return frame.branch?.stageId;
    case 'parallel_branch_id':
      return frame.branch === undefined
        ? undefined
        : `${frame.branch.stageId}:${frame.branch.index}`;
    default: {
      const [, node] = /^retry_count\.(.+)$/.exec(name) ?? [];
      const retried = node !== undefined && stage?.node === node;
      return retried ? stage.attempt - 1 - stage.interruptions : undefined;
    }
  }
}

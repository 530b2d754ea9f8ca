/**
 * The context as conditions ask for it: what stages have set, and what the run knows of itself (engine
 * reference §5.1). The latter is read off the graph and the state at each look, and never stored.
 */
import type { JsonValue } from '@fabro/protocol';
import { attributeText } from '@fabro/workflow';
import { graphOf, managerInput } from './decide/stage-input.js';
import type { World } from './decide/decision.js';
import { arrivalEdge, parentPreamble, preambleFacts, type Told } from './history.js';
import { fidelityOf, threadOf, type Fidelity } from './preamble/fidelity.js';
import { renderPreamble } from './preamble/render.js';
import { openStage, retriesIn, type Frame, type RunState } from './state.js';

/** The text of a blob reference; other values unchanged. */
type Materialise = (value: JsonValue) => JsonValue;

/** The value of a key, whole; undefined when there is none. */
export function contextValue(
  world: World,
  state: RunState,
  frame: Frame,
  key: string,
  materialise: Materialise,
): JsonValue | undefined {
  const set = frame.context.get(key);
  if (set !== undefined) return materialise(set);
  if (key.startsWith('graph.')) return graphValue(world, frame, key.slice('graph.'.length));
  if (key === 'current.preamble') return preamble(world, state, frame, materialise);
  if (key === 'internal.parent_preamble')
    return parentPreamble(told(world, state, frame), materialise);
  return key.startsWith('internal.')
    ? internalValue(world, state, frame, key.slice('internal.'.length))
    : undefined;
}

/** Keys of every frame; those of a branch are there in branches only. */
const INTERNAL = [
  'run_id',
  'work_dir',
  'fidelity',
  'thread_id',
  'node_visit_count',
  'parallel_group_id',
  'parallel_branch_id',
] as const;

/**
 * A frame's context with what the run knows of itself, as readers from outside see it. References to blobs
 * stay references, and no preamble is part of it.
 */
export function contextValues(
  world: World,
  state: RunState,
  frame: Frame,
): ReadonlyMap<string, JsonValue> {
  const values = new Map<string, JsonValue>();
  for (const name of graphOf(world, frame).attributes.keys()) {
    const value = graphValue(world, frame, name);
    if (value !== undefined) values.set(`graph.${name}`, value);
  }
  const open = openStage(frame);
  const retried = [...frame.outcomes.keys(), ...(open === undefined ? [] : [open.node])];
  for (const name of [...INTERNAL, ...retried.map((node) => `retry_count.${node}`)]) {
    const value = internalValue(world, state, frame, name);
    if (value !== undefined) values.set(`internal.${name}`, value);
  }
  for (const [key, value] of frame.context) values.set(key, value);
  return values;
}

function graphValue(world: World, frame: Frame, name: string): JsonValue | undefined {
  const value = graphOf(world, frame).attributes.get(name);
  return value === undefined ? undefined : attributeText(value);
}

function internalValue(
  world: World,
  state: RunState,
  frame: Frame,
  name: string,
): JsonValue | undefined {
  switch (name) {
    case 'run_id':
      return state.runId;
    case 'work_dir':
      return frame.branch === undefined
        ? state.workingDirectory
        : (frame.worktreeDir ?? state.workingDirectory);
    case 'fidelity':
      return conversation(world, frame)?.fidelity;
    case 'thread_id':
      return conversation(world, frame)?.thread;
    case 'node_visit_count': {
      const stage = openStage(frame);
      return stage === undefined ? undefined : (frame.counters.visits.get(stage.node) ?? 0);
    }
    case 'parallel_group_id':
      return frame.branch?.stageId;
    case 'parallel_branch_id':
      return frame.branch === undefined
        ? undefined
        : `${frame.branch.stageId}:${frame.branch.index}`;
    default: {
      const [, node] = /^retry_count\.(.+)$/.exec(name) ?? [];
      return node === undefined ? undefined : retriesOf(frame, node);
    }
  }
}

/** Of the latest visit of a node; undefined before the first. */
function retriesOf(frame: Frame, node: string): number | undefined {
  const stage = openStage(frame);
  if (stage?.node === node) return retriesIn(stage);
  const outcome = frame.outcomes.get(node);
  return outcome === undefined ? undefined : (outcome.retries ?? 0);
}

/** How much the stage at which a frame stands is told, and which conversation it belongs to. */
function conversation(
  world: World,
  frame: Frame,
): { readonly fidelity: Fidelity; readonly thread: string | undefined } | undefined {
  const graph = graphOf(world, frame);
  const node = graph.nodes.get(standsAt(frame) ?? '');
  if (node === undefined) return undefined;
  const edge = arrivalEdge(graph, frame);
  return {
    fidelity: fidelityOf(edge, node, graph),
    thread: threadOf(edge, node, graph, frame.arrival?.from),
  };
}

/** The node of the open stage, else the next one, else the last. */
function standsAt(frame: Frame): string | undefined {
  const next = frame.phase.kind === 'at' ? frame.phase.node : frame.lastNode;
  return openStage(frame)?.node ?? next;
}

function preamble(
  world: World,
  state: RunState,
  frame: Frame,
  materialise: Materialise,
): string | undefined {
  const fidelity = conversation(world, frame)?.fidelity;
  return fidelity === undefined
    ? undefined
    : renderPreamble(fidelity, preambleFacts(told(world, state, frame), materialise));
}

function told(world: World, state: RunState, frame: Frame): Told {
  return {
    state,
    frame,
    graph: graphOf(world, frame),
    above: () => managerInput(world, state, frame),
  };
}

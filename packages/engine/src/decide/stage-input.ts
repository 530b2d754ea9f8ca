/** A stage as its handler sees it. */
import type { Graph, GraphNode } from '@fabro/workflow';
import type { StageInput } from '../handler.js';
import { frameOf, openStage, type Frame, type OpenStage, type RunState } from '../state.js';
import type { World } from './decision.js';

export function stageInput(
  world: World,
  state: RunState,
  frame: Frame,
  stage: OpenStage,
): StageInput {
  return {
    state,
    frame,
    stage,
    node: nodeOf(world, frame, stage.node),
    graph: graphOf(world, frame),
    settings: world.settings,
    above: () => managerInput(world, state, frame),
  };
}

/** The stage that runs the child workflow in which a frame stands; undefined in the run's own workflow. */
export function managerInput(world: World, state: RunState, frame: Frame): StageInput | undefined {
  if (frame.branch !== undefined)
    return managerInput(world, state, frameOf(state, frame.branch.frame));
  if (frame.child === undefined) return undefined;
  const parent = frameOf(state, frame.child.frame);
  const stage = openStage(parent);
  return stage === undefined ? undefined : stageInput(world, state, parent, stage);
}

/** The workflow that a frame walks. */
export function graphOf(world: World, frame: Frame): Graph {
  const graph = frame.graph === '' ? world.graph : world.children?.graphs.get(frame.graph);
  if (graph === undefined)
    throw new Error(
      `frame ${frame.id} walks the workflow ${frame.graph}, which the run does not have`,
    );
  return graph;
}

export function nodeOf(world: World, frame: Frame, id: string): GraphNode {
  const graph = graphOf(world, frame);
  const node = graph.nodes.get(id);
  if (node === undefined) throw new Error(`the graph ${graph.name} has no node "${id}"`);
  return node;
}

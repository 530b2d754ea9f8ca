/** A stage as its handler sees it. */
import type { GraphNode } from '@fabro/workflow';
import type { StageInput } from '../handler.js';
import type { Frame, OpenStage, RunState } from '../state.js';
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
    node: nodeOf(world, stage.node),
    graph: world.graph,
    settings: world.settings,
  };
}

export function nodeOf(world: World, id: string): GraphNode {
  const node = world.graph.nodes.get(id);
  if (node === undefined) throw new Error(`the graph ${world.graph.name} has no node "${id}"`);
  return node;
}

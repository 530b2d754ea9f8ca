/** A run whose stages do nothing: what is left is the engine and the journal. */
import { type ActedHandler, type Handler, handlerOf } from '@fabro/engine';
import type { Journal } from '@fabro/journal';
import type { Graph, GraphNode } from '@fabro/workflow';
import { graphOf, walkGraph } from './walk-graph.js';

/** Nodes of the ring that a trivial run walks. */
const RING = 10;

/** Called in each stage with its number, from 1. */
type OnStage = (stage: number) => Promise<void> | void;

export interface TrivialRun {
  /** A multiple of ten. */
  readonly stages: number;
  readonly onStage?: OnStage;
  /** The stages are those of a child workflow, which one manager stage runs. */
  readonly inChild?: boolean;
}

/** Walks one run to its end. Rejects when it does not complete, or with other stages than were asked for. */
export async function walkTrivialRun(journal: Journal, run: TrivialRun): Promise<void> {
  let stage = 0;
  const acted: ActedHandler = {
    kind: 'acted',
    onInterrupt: 'repeat',
    act: async () => {
      stage++;
      await run.onStage?.(stage);
      const label = stage >= run.stages ? 'done' : 'again';
      return { outcome: { status: 'succeeded', preferred_label: label }, retryable: false };
    },
    simulate: () => ({ status: 'succeeded' }),
  };
  const trivial = (node: GraphNode): Handler =>
    node.handler === 'command' ? acted : handlerOf(node);
  if (run.inChild === true)
    await walkGraph(journal, managerGraph(), { handlerOf: trivial, child: ringGraph() });
  else await walkGraph(journal, ringGraph(), { handlerOf: trivial });
  if (stage !== run.stages) throw new Error(`the run walked ${stage} of ${run.stages} stages`);
}

function managerGraph(): Graph {
  return graphOf(
    `digraph Boss { start [shape=Mdiamond] exit [shape=Msquare]
     boss [shape=house, stack.child_dot_source="digraph Child { start -> exit }"] start -> boss -> exit }`,
  );
}

function ringGraph(): Graph {
  const names = Array.from({ length: RING }, (_, i) => `n${i}`);
  const nodes = names.map((name) => `${name} [shape=parallelogram, script="true"]`).join(' ');
  const last = names.at(-1) ?? '';
  return graphOf(
    `digraph Ring { start [shape=Mdiamond] exit [shape=Msquare] ${nodes} start -> ${names.join(' -> ')}
     ${last} -> n0 [label="again"] ${last} -> exit [label="done"] }`,
  );
}

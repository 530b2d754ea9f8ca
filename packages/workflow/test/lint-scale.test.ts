/** Lint of a very large graph takes time that grows with its size and not with its square. */
import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import {
  type Graph,
  type GraphNode,
  LINT_RULES,
  buildGraph,
  lint,
  parseDot,
} from '@fabro/workflow';
import { applyStylesheet } from '../src/stylesheet/apply.js';
import { MODELS } from './models.js';

const STYLES =
  '* { model: large; speed: slow; } .c1 { model: tiny; } .c2 { model: nope; } #n3 { model: large; oops: 1; }';

/** A chain of nodes that have something to say about every rule that looks at each node. */
function largeSource(count: number): string {
  const lines = [`digraph Large { graph [model_stylesheet="${STYLES}", default_fidelity=half]`];
  lines.push('start [shape=Mdiamond] exit [shape=Msquare]');
  for (let i = 0; i < count; i++)
    lines.push(
      `n${i} [class="c${i % 7}", label=5, timeout=${i}, promt=x, own${i}=1, fidelity=f, thread_id=t, retry_target=g${i}, selection=s]`,
      `n${i} -> n${i + 1} [condition="outcome=succeeded", weight="1", thread_id=t]`,
    );
  return `${lines.join('\n')}\nstart -> n0; n${count} -> exit; n${count} [label=End] }`;
}

/** The same graph, whose elements count how often they are looked at. */
function counted(graph: Graph): { readonly graph: Graph; readonly looks: () => number } {
  let looks = 0;
  const nodes = new Map<string, GraphNode>();
  for (const node of graph.nodes.values())
    nodes.set(node.id, {
      ...node,
      get attributes() {
        looks++;
        return node.attributes;
      },
    });
  return { graph: { ...graph, nodes }, looks: () => looks };
}

function graphOfSize(count: number): Graph {
  return applyStylesheet(buildGraph(parseDot(largeSource(count))));
}

it('each rule looks at the nodes of ten times the graph ten times as often', () => {
  const graphs = [200, 2_000].map(graphOfSize);
  for (const rule of LINT_RULES) {
    const [small, large] = graphs.map((whole) => {
      const { graph, looks } = counted(whole);
      const context = { graph, path: 'w.fabro', models: MODELS, stylesheet: undefined };
      return [...rule.check(context)].length + looks();
    });
    expect((large ?? 0) / Math.max(1, small ?? 0), rule.name).toBeLessThan(11);
  }
});

it('10,000 nodes with nine mistakes each are checked in seconds', () => {
  const graph = graphOfSize(10_000);
  const began = performance.now();
  const diagnostics = lint({ graph, path: 'w.fabro', models: MODELS });
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(diagnostics.length).toBeGreaterThan(90_000);
  const written = diagnostics.map(
    ({ rule, message, position }) => `${rule} ${message} ${position?.offset}`,
  );
  expect(new Set(written).size).toBe(written.length);
});

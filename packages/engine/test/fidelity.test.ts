/** Which mode and which thread a stage has (§5.2). */
import {
  FIDELITY_MODES,
  buildGraph,
  parseDot,
  type GraphEdge,
  type GraphNode,
} from '@fabro/workflow';
import { describe, expect, it } from 'vitest';
import { fidelityOf, parseFidelity, threadOf } from '../src/preamble/fidelity.js';
import { nodeOf } from './hand-walk.js';

describe('the fidelity of a stage (§5.2)', () => {
  it('is one of six modes', () => {
    expect(FIDELITY_MODES.map(parseFidelity)).toEqual([
      'full',
      'truncate',
      'compact',
      'summary:low',
      'summary:medium',
      'summary:high',
    ]);
    expect(parseFidelity('Full')).toBeUndefined();
    expect(parseFidelity('summary')).toBeUndefined();
  });

  // §5.2 precedence
  it.each([
    ['the edge', 'fidelity="full"', 'fidelity="truncate"', 'summary:low', 'full'],
    ['then the node', '', 'fidelity="truncate"', 'summary:low', 'truncate'],
    ['then the graph', '', '', 'summary:low', 'summary:low'],
    ['else compact', '', '', '', 'compact'],
    ['invalid ones are skipped', 'fidelity="most"', 'fidelity="x"', 'summary:high', 'summary:high'],
    ['all invalid: compact', 'fidelity="most"', 'fidelity=3', 'x', 'compact'],
  ])('%s', (_title, edge, node, graph, expected) => {
    const written = write({ edge, node, graph: `default_fidelity="${graph}"` });
    expect(fidelityOf(written.edge, written.node, written.graph)).toBe(expected);
  });

  it('needs no edge', () => {
    const { node, graph } = write({ edge: '', node: 'fidelity="full"', graph: '' });
    expect(fidelityOf(undefined, node, graph)).toBe('full');
  });
});

describe('the thread of a stage (§5.2)', () => {
  const THREAD = 'thread_id="n", class="k,l"';
  // §5.2 thread
  it.each([
    ['the edge', 'thread_id="e"', THREAD, 'default_thread="g"', 'e'],
    ['then the node', '', THREAD, 'default_thread="g"', 'n'],
    ['then the graph', '', 'class="k,l"', 'default_thread="g"', 'g'],
    ['then the first class', '', 'class="k,l"', '', 'k'],
    ['then the node before', '', '', '', 'before'],
    ['empty ones are skipped', 'thread_id=""', 'thread_id=""', 'default_thread=""', 'before'],
  ])('%s', (_title, edge, node, graph, expected) => {
    const written = write({ edge, node, graph });
    expect(threadOf(written.edge, written.node, written.graph, 'before')).toBe(expected);
  });

  it('is none at the start of a run that names none', () => {
    const { node, graph } = write({ edge: '', node: '', graph: '' });
    expect(threadOf(undefined, node, graph)).toBeUndefined();
  });
});

function write(parts: { readonly edge: string; readonly node: string; readonly graph: string }) {
  const graph = buildGraph(
    parseDot(`digraph T { graph [${parts.graph}] a b [${parts.node}] a -> b [${parts.edge}] }`),
  );
  const edge: GraphEdge | undefined = graph.edges[0];
  const node: GraphNode = nodeOf(graph, 'b');
  return { graph, edge, node };
}

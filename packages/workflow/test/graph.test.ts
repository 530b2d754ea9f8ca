import { describe, expect, it } from 'vitest';
import {
  attr,
  attributeText,
  graphToJson,
  incoming,
  isTerminalNode,
  labelOf,
  outgoing,
} from '@fabro/workflow';
import { graphOf, nodeOf } from './graph-of.js';

describe('nodes and edges (§1.2)', () => {
  it('makes nodes that only edges name, in the order of first mention', () => {
    const graph = graphOf('a -> b -> c; d');
    expect([...graph.nodes.keys()]).toEqual(['a', 'b', 'c', 'd']);
    expect(graph.edges.map(({ index, from, to }) => [index, from, to])).toEqual([
      [0, 'a', 'b'],
      [1, 'b', 'c'],
    ]);
  });

  it('merges the attributes of a node that is declared again; the later one wins', () => {
    const node = nodeOf(graphOf('a [x=1, y=2] a [y=3, z=4]'), 'a');
    expect(attr.integer(node, 'x')).toBe(1);
    expect(attr.integer(node, 'y')).toBe(3);
    expect(attr.integer(node, 'z')).toBe(4);
  });

  it('applies node defaults only when a node is first made', () => {
    const graph = graphOf('early node [shape=tab] early [x=1] late e -> implicit');
    expect(attr.string(nodeOf(graph, 'early'), 'shape')).toBeUndefined();
    expect(attr.string(nodeOf(graph, 'late'), 'shape')).toBe('tab');
    expect(attr.string(nodeOf(graph, 'implicit'), 'shape')).toBe('tab');
  });

  it('lets explicit edge attributes override edge defaults, on every edge of a chain', () => {
    const graph = graphOf('edge [weight=1, label=base] a -> b -> c [weight=5]');
    expect(graph.edges.map((edge) => attr.integer(edge, 'weight'))).toEqual([5, 5]);
    expect(graph.edges.map((edge) => attr.string(edge, 'label'))).toEqual(['base', 'base']);
  });

  it('finds outgoing and incoming edges in source order', () => {
    const graph = graphOf('a -> c; b -> c; a -> b; a -> c [label=again]');
    expect(outgoing(graph, 'a').map(({ to }) => to)).toEqual(['c', 'b', 'c']);
    expect(incoming(graph, 'c').map(({ from }) => from)).toEqual(['a', 'b', 'a']);
    expect(outgoing(graph, 'nobody')).toEqual([]);
  });

  it('keeps the positions of nodes, edges and attributes', () => {
    const graph = graphOf('a -> b\nb [\n prompt="x"]');
    expect(graph.edges[0]?.position).toMatchObject({ line: 2, column: 1 });
    expect(nodeOf(graph, 'b').position).toMatchObject({ line: 3, column: 1 });
    expect(attr.position(nodeOf(graph, 'b'), 'prompt')).toMatchObject({ line: 4, column: 2 });
  });

  it('takes names such as __proto__ and constructor like any other', () => {
    const graph = graphOf('__proto__ [__proto__=1, constructor=x] __proto__ -> toString');
    expect(attr.integer(nodeOf(graph, '__proto__'), '__proto__')).toBe(1);
    expect(JSON.parse(JSON.stringify(graphToJson(graph)))['nodes']).toHaveProperty('toString');
    expect(attr.string(nodeOf(graph, 'toString'), 'constructor')).toBeUndefined();
  });

  it('refuses more nodes, edges or defaults than the limits allow', () => {
    const ids = Array.from({ length: 20_001 }, (_, index) => `n${index}`);
    expect(() => graphOf(ids.join(' '))).toThrow(/more than 20000 nodes, expected at most 20000/);
    expect(() => graphOf('a -> b '.repeat(50_001))).toThrow(/more than 50000 edges/);
    const defaults = Array.from({ length: 65 }, (_, index) => `k${index}=1`).join(',');
    expect(() => graphOf(`node [${defaults}]`)).toThrow(/65 default attributes/);
  });
});

describe('subgraphs (§1.2)', () => {
  it('collect their defaults first, inherit the outer ones, and end with them', () => {
    const graph = graphOf(`
      node [shape=tab]
      subgraph s { inside; node [x=1] }
      after`);
    expect(attr.integer(nodeOf(graph, 'inside'), 'x')).toBe(1);
    expect(attr.string(nodeOf(graph, 'inside'), 'shape')).toBe('tab');
    expect(attr.integer(nodeOf(graph, 'after'), 'x')).toBeUndefined();
  });

  it.each([
    ['label="Loop A: Fast!"', 'loop-a-fast'],
    ['graph [label=Review]', 'review'],
    ['label="First"; label="Second"', 'first'],
    ['label="5m"', '5m'],
  ])('give the class of %s to nodes declared or named in an edge', (label, name) => {
    const graph = graphOf(`a; subgraph s { ${label}; b; a -> c } d`);
    expect(['a', 'b', 'c', 'd'].map((id) => nodeOf(graph, id).classes)).toEqual([
      [name],
      [name],
      [name],
      [],
    ]);
  });

  it('give no class without a label, and pass none on to subgraphs inside', () => {
    const graph = graphOf('subgraph o { label=outer; a; subgraph i { b } } subgraph { c }');
    expect(['a', 'b', 'c'].map((id) => nodeOf(graph, id).classes)).toEqual([['outer'], [], []]);
  });

  it('keep their graph attributes to themselves', () => {
    const graph = graphOf('label=root; subgraph s { label=inner; goal="not this" }');
    expect(attr.string(graph, 'label')).toBe('root');
    expect(attr.string(graph, 'goal')).toBeUndefined();
  });

  it('class="a,b" follows the class of the subgraph', () => {
    const graph = graphOf('subgraph s { label=Slow; a [class="fast, slow ,,x"] }');
    expect(nodeOf(graph, 'a').classes).toEqual(['slow', 'fast', 'x']);
  });
});

describe('types of values (§1.1)', () => {
  it.each([
    ['x="30s"', { kind: 'duration', value: 30_000 }],
    ['x=250ms', { kind: 'duration', value: 250 }],
    ['x=2h', { kind: 'duration', value: 7_200_000 }],
    ['x=1d', { kind: 'duration', value: 86_400_000 }],
    ['x=15m', { kind: 'duration', value: 900_000 }],
    ['x=-5s', { kind: 'string', value: '-5s' }],
    ['x="99999999999999999999d"', { kind: 'string', value: '99999999999999999999d' }],
    ['x=5', { kind: 'integer', value: 5 }],
    ['x=0.5', { kind: 'float', value: 0.5 }],
    ['x=true', { kind: 'boolean', value: true }],
    ['x=LR', { kind: 'string', value: 'LR' }],
  ])('%s', (text, value) => {
    expect(nodeOf(graphOf(`a [${text}]`), 'a').attributes.get('x')).toMatchObject(value);
  });

  it.each(['timeout=600', 'goal_gate="true"', 'max_retries="5"', 'label="5m"'])(
    '%s has no effect',
    (text) => {
      const node = nodeOf(graphOf(`a [${text}]`), 'a');
      expect(attr.durationMs(node, 'timeout')).toBeUndefined();
      expect(attr.boolean(node, 'goal_gate')).toBeUndefined();
      expect(attr.integer(node, 'max_retries')).toBeUndefined();
      expect(labelOf(node)).toBe('a');
    },
  );

  it('a duration as text is milliseconds', () => {
    const graph = graphOf('stall_timeout=30m; n=5; b=true');
    const text = (key: string) => {
      const value = graph.attributes.get(key);
      return value && attributeText(value);
    };
    expect([text('stall_timeout'), text('n'), text('b')]).toEqual(['1800000ms', '5', 'true']);
  });
});

describe('start, exit and handlers (§1.2, §3.1)', () => {
  it.each([
    ['start; x [shape=Mdiamond]; y [shape=Mdiamond]', 'x'],
    ['Start; work', 'Start'],
    ['Start; start', 'start'],
    ['work', undefined],
  ])('the start of "%s" is %s', (body, id) => {
    expect(graphOf(body).startId).toBe(id);
  });

  it.each([
    ['exit; x [shape=Msquare]', 'x'],
    ['End; Exit', 'Exit'],
    ['end', 'end'],
    ['work', undefined],
  ])('the exit of "%s" is %s', (body, id) => {
    expect(graphOf(body).exitId).toBe(id);
  });

  it.each([
    ['', 'agent'],
    ['shape=Mdiamond', 'start'],
    ['shape=Msquare', 'exit'],
    ['shape=box', 'agent'],
    ['shape=tab', 'prompt'],
    ['shape=hexagon', 'human'],
    ['shape=diamond', 'conditional'],
    ['shape=component', 'parallel'],
    ['shape=tripleoctagon', 'parallel.fan_in'],
    ['shape=parallelogram', 'command'],
    ['shape=house', 'stack.manager_loop'],
    ['shape=insulator', 'wait'],
    ['shape=ellipse', 'agent'],
    ['shape=hexagon, type=command', 'command'],
    ['shape=hexagon, type=nonsense', 'human'],
    ['type=agent_loop', 'agent'],
    ['type=one_shot', 'prompt'],
    ['type=tool', 'command'],
    ['type=parallel.fan_in', 'parallel.fan_in'],
    ['codergen_mode=one_shot', 'prompt'],
    ['codergen_mode=agent_loop, shape=tab', 'agent'],
    ['codergen_mode=human', 'human'],
    ['codergen_mode=one_shot, type=wait', 'wait'],
  ])('[%s] is run by %s', (attributes, handler) => {
    expect(nodeOf(graphOf(`a [${attributes}]`), 'a').handler).toBe(handler);
  });

  it('codergen_mode as a default of all nodes leaves those alone whose shape or id asks no model (§1.2)', () => {
    const graph = graphOf(`
      node [codergen_mode=one_shot]
      start -> plan -> gate -> done
      gate [shape=diamond]
      done [shape=Msquare]`);
    expect([...graph.nodes.values()].map(({ id, handler }) => [id, handler])).toEqual([
      ['start', 'start'],
      ['plan', 'prompt'],
      ['gate', 'conditional'],
      ['done', 'exit'],
    ]);
  });

  it('nodes that are start and exit by their ids are run as such, unless they have a prompt', () => {
    const graph = graphOf('node [shape=box] start -> work -> exit');
    expect(nodeOf(graph, 'start').handler).toBe('start');
    expect(isTerminalNode(nodeOf(graph, 'exit'))).toBe(true);
    expect(nodeOf(graphOf('start [prompt="Plan"]'), 'start').handler).toBe('agent');
  });

  it('gives the graph JSON of §1.2', () => {
    const graph = graphOf(
      'goal="G"; subgraph s { label=L; a [t=1500ms, f=0.5, b=true, n=3] } a -> b [label=x]',
    );
    expect(graphToJson(graph)).toEqual({
      name: 'T',
      nodes: {
        a: {
          id: 'a',
          attrs: {
            t: { Duration: { secs: 1, nanos: 500_000_000 } },
            f: { Float: 0.5 },
            b: { Boolean: true },
            n: { Integer: 3 },
          },
          classes: ['l'],
        },
        b: { id: 'b', attrs: {} },
      },
      edges: [{ from: 'a', to: 'b', attrs: { label: { String: 'x' } } }],
      attrs: { goal: { String: 'G' } },
    });
  });
});

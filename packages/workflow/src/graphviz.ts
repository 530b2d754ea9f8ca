/**
 * The graph in the dialect of Graphviz, for pictures: every key and value is quoted, and only attributes
 * that draw are written, none that reads a file or sets a link.
 */
import { type Attributed, type AttributeValue, attr } from './graph/attributes.js';
import type { Cluster, Graph, GraphEdge, GraphNode } from './graph/graph.js';
import { MAX_DRAWN_LABEL } from './limits.js';

export interface GraphvizOptions {
  /** Default: the graph's `rankdir`, else top to bottom. */
  readonly direction?: 'LR' | 'TB' | 'BT' | 'RL' | undefined;
}

type Pair = readonly [key: string, value: string];

const STYLE_KEYS = ['color', 'fillcolor', 'fontcolor', 'fontname', 'fontsize', 'penwidth', 'style'];
/** Fonts of the viewer: Graphviz's own choice is a serif, which differs from machine to machine. */
const FONT: Pair = ['fontname', 'Helvetica,Arial,sans-serif'];
/** Inches beside and above a node's text: other fonts than the one that was measured may be wider. */
const NODE_MARGIN: Pair = ['margin', '0.15,0.08'];
/** Shapes that take their label for a layout, or that read a file. */
const UNSAFE_SHAPES = new Set(['record', 'Mrecord', 'epsf', 'custom']);

/** DOT text that Graphviz accepts. */
export function toGraphviz(graph: Graph, options: GraphvizOptions = {}): string {
  const lines = [`digraph ${quote(graph.name)} {`];
  const rankdir = options.direction ?? directionOf(graph);
  // What the graph says itself comes later and wins.
  lines.push(
    `  graph ${block([['rankdir', rankdir], FONT, ...labelOfGraph(graph), ...styles(graph)])};`,
    `  node ${block([FONT, NODE_MARGIN])};`,
    `  edge ${block([FONT])};`,
  );
  const drawn = new Set<string>();
  let clusters = 0;
  const draw = (cluster: Cluster, indent: string): void => {
    lines.push(`${indent}subgraph ${quote(`cluster_${clusters++}`)} {`);
    lines.push(`${indent}  graph ${block([['label', drawnText(cluster.label ?? '')]])};`);
    for (const id of cluster.nodes) {
      const node = graph.nodes.get(id);
      if (node === undefined) continue;
      drawn.add(id);
      lines.push(`${indent}  ${nodeLine(node)}`);
    }
    for (const inner of cluster.clusters) draw(inner, `${indent}  `);
    lines.push(`${indent}}`);
  };
  for (const cluster of graph.clusters) draw(cluster, '  ');
  for (const node of graph.nodes.values())
    if (!drawn.has(node.id)) lines.push(`  ${nodeLine(node)}`);
  for (const edge of graph.edges) lines.push(`  ${edgeLine(edge)}`);
  lines.push('}', '');
  return lines.join('\n');
}

function directionOf(graph: Graph): string {
  const written = attr.string(graph, 'rankdir');
  return written !== undefined && /^(TB|LR|BT|RL)$/.test(written) ? written : 'TB';
}

function labelOfGraph(graph: Graph): Pair[] {
  const label = graph.attributes.get('label');
  return label === undefined ? [] : [['label', drawnText(shown(label))]];
}

function nodeLine(node: GraphNode): string {
  const label = node.attributes.get('label');
  const text = label === undefined ? node.id : shown(label);
  const pairs: Pair[] = [['label', drawnText(text)], ['shape', shapeOf(node)], ...styles(node)];
  return `${quote(node.id)} ${block(pairs)};`;
}

function edgeLine(edge: GraphEdge): string {
  const label = edge.attributes.get('label');
  const text = label === undefined ? edge.condition?.text : shown(label);
  const pairs: Pair[] = text === undefined ? [] : [['label', drawnText(text)]];
  const line = `${quote(edge.from)} -> ${quote(edge.to)}`;
  return `${line} ${block([...pairs, ...styles(edge)])};`;
}

const HANDLER_SHAPES = {
  start: 'Mdiamond',
  exit: 'Msquare',
  agent: 'box',
  prompt: 'tab',
  human: 'hexagon',
  conditional: 'diamond',
  parallel: 'component',
  'parallel.fan_in': 'tripleoctagon',
  command: 'parallelogram',
  'stack.manager_loop': 'house',
  wait: 'insulator',
} as const satisfies Record<GraphNode['handler'], string>;

/** The shape that was written, else the one that belongs to what the node does. */
function shapeOf(node: GraphNode): string {
  const shape = attr.string(node, 'shape');
  if (shape !== undefined && /^[A-Za-z0-9_]+$/.test(shape) && !UNSAFE_SHAPES.has(shape))
    return shape;
  return HANDLER_SHAPES[node.handler];
}

function styles(owner: Attributed): Pair[] {
  return STYLE_KEYS.flatMap((key): Pair[] => {
    const value = owner.attributes.get(key);
    const text = value === undefined ? undefined : shown(value);
    // Values of styles are names, numbers and colours; anything else could only break the picture.
    return text !== undefined && /^[A-Za-z0-9_#.,:; -]{1,100}$/.test(text) ? [[key, text]] : [];
  });
}

function shown(value: AttributeValue): string {
  return value.kind === 'duration' ? value.text : String(value.value);
}

/** Text as Graphviz draws it literally: no escapes of its own, no entities, no control characters. */
function drawnText(text: string): string {
  const characters = [...text];
  const short =
    characters.length > MAX_DRAWN_LABEL
      ? `${characters.slice(0, MAX_DRAWN_LABEL - 1).join('')}…`
      : text;
  return short
    .replaceAll('\\', '\\\\')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\r?\n/g, '\\n')
    .replace(/\p{Cc}/gu, ' ');
}

/** A quoted string of DOT; backslashes are the text's own business. */
function quote(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`;
}

function block(pairs: readonly Pair[]): string {
  return `[${pairs.map(([key, value]) => `${quote(key)}=${quote(value)}`).join(', ')}]`;
}

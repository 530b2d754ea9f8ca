/** What an editor shows about the place under the cursor. */
import { type AttributeValue, type Attributes, attributeText } from '../graph/attributes.js';
import { buildGraph } from '../graph/build.js';
import { type Graph, type GraphNode, labelOf, outgoing } from '../graph/graph.js';
import { parseDot } from '../dot/parse.js';
import { DotSyntaxError } from '../dot/syntax-error.js';
import { MAX_HOVER_NODES, MAX_HOVER_VALUE } from '../limits.js';
import { code, writtenAttributeHelp } from './attribute-help.js';
import { nodeReference } from './attribute-kinds.js';
import { handlerOf, valueText } from './nodes.js';
import { type Outline, type OutlineAttribute, type OwnerOutline, scopeOf } from './outline.js';
import { placeAt } from './place.js';
import { outlineOf } from './read-outline.js';
import type { Span } from './tokens.js';
import type { Vocabulary } from './vocabulary.js';

export interface Hover {
  readonly markdown: string;
  /** What it is about. */
  readonly span: Span;
}

export interface HoverInput {
  readonly source: string;
  /** UTF-16 units from the start of the text. */
  readonly offset: number;
  /** The graph after preparation, when the text has one. */
  readonly graph?: Graph | undefined;
  readonly vocabulary: Vocabulary;
}

/** Documentation of the attribute, value or node at a place; undefined where there is nothing to say. Never throws. */
export function hoverAt({ source, offset, graph, vocabulary }: HoverInput): Hover | undefined {
  const outline = outlineOf(source);
  const place = placeAt(outline, offset);
  if (place === undefined || place.kind === 'subgraph') return undefined;
  const about = (id: string): string => nodeHelp(id, { outline, source, graph });
  if (place.kind === 'node') return { markdown: about(place.id.text), span: place.id };
  const { statement, attribute } = place;
  const { key, value } = attribute;
  const help = helpFor(attribute, statement, outline);
  if (place.kind === 'key' || value === undefined) return { markdown: help, span: key };
  const text = valueText(value);
  const model = vocabulary.models.find(({ name }) => name === text);
  const more =
    nodeReference(scopeOf(statement), key.text) && graph?.nodes.has(text) === true
      ? about(text)
      : (key.text === 'model' || key.text === 'default_model') && model !== undefined
        ? `**${model.name}**: ${model.detail}`
        : undefined;
  return { markdown: more === undefined ? help : `${more}\n\n---\n\n${help}`, span: value };
}

function helpFor({ key }: OutlineAttribute, statement: OwnerOutline, outline: Outline): string {
  const handler = statement.kind === 'node' ? handlerOf(outline, statement.id.text) : undefined;
  return writtenAttributeHelp(key.text, scopeOf(statement), handler);
}

interface NodeSources {
  readonly outline: Outline;
  readonly source: string;
  readonly graph: Graph | undefined;
}

function nodeHelp(id: string, { outline, source, graph }: NodeSources): string {
  const node = graph?.nodes.get(id);
  if (graph === undefined || node === undefined)
    return importHelp(id, graph) ?? `**${id}**: node of type ${code(handlerOf(outline, id))}`;
  const own = writtenAttributes(source, id);
  const lines = [...node.attributes].map(
    ([key, value]) =>
      `- ${key} = ${code(cut(written(value)))}${own?.has(key) === false ? ' (from the stylesheet or the list of models)' : ''}`,
  );
  return [
    `**${id}**: node of type ${code(node.handler)}`,
    ...titleOf(node),
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    ...(node.classes.length === 0 ? [] : [`Classes: ${node.classes.map(code).join(', ')}`]),
    ...targetsOf(graph, id),
  ].join('\n\n');
}

/** What stands in place of a node that imports; undefined for one that does not. */
function importHelp(id: string, graph: Graph | undefined): string | undefined {
  const imported = [...(graph?.nodes.keys() ?? [])].filter((name) => name.startsWith(`${id}.`));
  if (imported.length === 0) return undefined;
  const shown = imported.slice(0, MAX_HOVER_NODES).map(code).join(', ');
  const left = imported.length > MAX_HOVER_NODES ? ', …' : '';
  return `**${id}**: import of ${imported.length === 1 ? '1 node' : `${imported.length} nodes`}\n\n${shown}${left}`;
}

function titleOf(node: GraphNode): string[] {
  const label = labelOf(node);
  return label === node.id ? [] : [code(cut(label))];
}

function targetsOf(graph: Graph, id: string): string[] {
  const targets = [...new Set(outgoing(graph, id).map(({ to }) => to))];
  return targets.length === 0 ? [] : [`Goes on to ${targets.map(code).join(', ')}`];
}

/** The attributes of a node as written, defaults included; undefined when the text cannot be parsed. */
function writtenAttributes(source: string, id: string): Attributes | undefined {
  try {
    return buildGraph(parseDot(source)).nodes.get(id)?.attributes;
  } catch (error) {
    if (error instanceof DotSyntaxError) return undefined;
    throw error;
  }
}

/** A duration as it is written, not in milliseconds. */
function written(value: AttributeValue): string {
  return value.kind === 'duration' ? value.text : attributeText(value);
}

function cut(text: string): string {
  return text.length <= MAX_HOVER_VALUE ? text : `${text.slice(0, MAX_HOVER_VALUE)}…`;
}

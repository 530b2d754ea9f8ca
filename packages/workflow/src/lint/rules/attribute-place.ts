import type { AttributeScope } from '../../catalogue/attribute-spec.js';
import { findAttribute } from '../../catalogue/attributes.js';
import type { Rule } from '../rule.js';
import { type AttributeProblem, unreadAttributes } from '../unread-attributes.js';

/** Told and no warning: authors annotate elements with what they know from others, and mean nothing by it. */
export const attributePlace: Rule = {
  name: 'attribute_place',
  severity: 'info',
  doc: 'An attribute stands at an element that does not read it.',
  source: 'ours',
  check: ({ graph }) => unreadAttributes(graph, misplaced),
};

/** Names that are words of their own: at another element an author may mean anything by them. */
const COMMON_WORDS: ReadonlySet<string> = new Set([
  'backend',
  'duration',
  'goal',
  'import',
  'language',
  'script',
  'speed',
  'type',
]);

/** What the graph calls its own form of a node's attribute, beside `default_...`. */
const GRAPH_FORMS: ReadonlyMap<string, string> = new Map([
  ['max_visits', 'max_node_visits'],
  ['thread_id', 'default_thread'],
  ['timeout', 'stall_timeout'],
]);

const SCOPES = ['node', 'edge', 'graph'] as const satisfies readonly AttributeScope[];
const READERS: Readonly<Record<AttributeScope, string>> = {
  graph: 'the graph',
  node: 'nodes',
  edge: 'edges',
};
const PLACES: Readonly<Record<AttributeScope, string>> = {
  graph: 'the graph',
  node: 'a node',
  edge: 'an edge',
};

/** True for a name that is read at some element. */
export function isMisplaced(name: string): boolean {
  return homesOf(name).length > 0;
}

function homesOf(name: string): readonly AttributeScope[] {
  return COMMON_WORDS.has(name)
    ? []
    : SCOPES.filter((scope) => findAttribute(scope, name) !== undefined);
}

function misplaced(scope: AttributeScope, name: string): AttributeProblem | undefined {
  const homes = homesOf(name);
  if (homes.length === 0) return undefined;
  const form = GRAPH_FORMS.get(name) ?? `default_${name}`;
  const move = homes.map((home) => PLACES[home]).join(' or ');
  return {
    why: `which is read at ${homes.map((home) => READERS[home]).join(' and ')} only`,
    fix:
      scope === 'graph' && findAttribute('graph', form) !== undefined
        ? `Write ${form}, or move it to ${move}`
        : `Move it to ${move}`,
  };
}

import type { AttributeScope } from '../../catalogue/attribute-spec.js';
import { ATTRIBUTES, findAttribute } from '../../catalogue/attributes.js';
import { DRAWING_ATTRIBUTES } from '../../catalogue/graphviz-names.js';
import { nearMatches } from '../../text/suggest.js';
import { SeenAttributes } from '../written-attribute.js';
import { elements } from '../elements.js';
import type { Rule } from '../rule.js';

/** Attributes that are nobody's stay silent: they are the author's own. */
export const attributeKnown: Rule = {
  name: 'attribute_known',
  severity: 'warning',
  doc: 'An attribute is not known where it stands, but nearly so, or elsewhere.',
  source: 'ours',
  *check({ graph }) {
    const seen = new SeenAttributes();
    const problems = new Map<string, Problem | undefined>();
    for (const { scope, name, attributes, node, edge } of elements(graph))
      for (const [key, attribute] of attributes) {
        const kind = `${scope} ${key}`;
        if (!problems.has(kind)) problems.set(kind, problemOf(scope, key));
        const problem = problems.get(kind);
        if (problem === undefined || !seen.isNew(attribute, key)) continue;
        yield {
          message: `${name} has attribute '${key}', ${problem.why}; it has no effect`,
          node,
          edge,
          fix: problem.fix,
          position: attribute.position,
        };
      }
  },
};

interface Problem {
  readonly why: string;
  readonly fix: string;
}

function problemOf(scope: AttributeScope, name: string): Problem | undefined {
  if (findAttribute(scope, name) !== undefined || DRAWING_ATTRIBUTES.has(name)) return undefined;
  return misplaced(scope, name) ?? mistyped(scope, name);
}

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

function misplaced(scope: AttributeScope, name: string): Problem | undefined {
  if (COMMON_WORDS.has(name)) return undefined;
  const homes = SCOPES.filter((other) => findAttribute(other, name) !== undefined);
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

/** Names of a scope without what parts their words. */
const BARE_NAMES: Readonly<Record<AttributeScope, ReadonlyMap<string, string>>> = {
  graph: bareNames('graph'),
  node: bareNames('node'),
  edge: bareNames('edge'),
};

function bareNames(scope: AttributeScope): ReadonlyMap<string, string> {
  const names = ATTRIBUTES.filter((spec) => spec.scope === scope).map(({ name }) => name);
  return new Map(names.map((name) => [bare(name), name]));
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[_.]/g, '');
}

/** Short names differ from others by a letter and are no mistakes; long ones may differ by two. */
function mistyped(scope: AttributeScope, name: string): Problem | undefined {
  const wanted = bare(name);
  const allowed = wanted.length < 4 ? 0 : wanted.length < 8 ? 1 : 2;
  const [near] = nearMatches(wanted, [...BARE_NAMES[scope].keys()], allowed);
  const meant = near === undefined ? undefined : BARE_NAMES[scope].get(near);
  return meant === undefined
    ? undefined
    : { why: 'which is not known', fix: `Did you mean '${meant}'?` };
}

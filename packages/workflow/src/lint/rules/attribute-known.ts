import type { AttributeScope } from '../../catalogue/attribute-spec.js';
import { ATTRIBUTES } from '../../catalogue/attributes.js';
import { nearMatches } from '../../text/suggest.js';
import type { Rule } from '../rule.js';
import { type AttributeProblem, unreadAttributes } from '../unread-attributes.js';
import { isMisplaced } from './attribute-place.js';

/** Attributes that are nobody's stay silent: they are the author's own. */
export const attributeKnown: Rule = {
  name: 'attribute_known',
  severity: 'warning',
  doc: 'An attribute is not known, but nearly so.',
  source: 'ours',
  check: ({ graph }) =>
    unreadAttributes(graph, (scope, name) => renamed(scope, name) ?? mistyped(scope, name)),
};

/** What older releases, and relatives of the language, call an attribute. */
const OTHER_NAMES: Readonly<Record<AttributeScope, ReadonlyMap<string, string>>> = {
  graph: new Map([
    ['default_max_retry', 'default_max_retries'],
    ['llm_model', 'default_model'],
    ['llm_provider', 'default_provider'],
  ]),
  node: new Map([
    ['llm_model', 'model'],
    ['llm_provider', 'provider'],
    ['max_retry', 'max_retries'],
    ['retries', 'max_retries'],
    ['human.timeout', 'timeout'],
  ]),
  edge: new Map(),
};

function renamed(scope: AttributeScope, name: string): AttributeProblem | undefined {
  const meant = OTHER_NAMES[scope].get(name);
  return meant === undefined
    ? undefined
    : { why: 'which is not known', fix: `Write ${meant}, which it is called here` };
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
function mistyped(scope: AttributeScope, name: string): AttributeProblem | undefined {
  if (isMisplaced(name)) return undefined;
  const wanted = bare(name);
  const allowed = wanted.length < 4 ? 0 : wanted.length < 8 ? 1 : 2;
  const [near] = nearMatches(wanted, [...BARE_NAMES[scope].keys()], allowed);
  const meant = near === undefined ? undefined : BARE_NAMES[scope].get(near);
  return meant === undefined
    ? undefined
    : { why: 'which is not known', fix: `Did you mean '${meant}'?` };
}

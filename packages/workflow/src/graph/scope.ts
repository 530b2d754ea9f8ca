/** What is in force inside a pair of braces: defaults, inherited from outside, and the subgraph's class. */
import type { AttributeSyntax, Statement } from '../dot/ast.js';
import { DotSyntaxError } from '../dot/syntax-error.js';
import { MAX_DEFAULTS } from '../limits.js';
import { type Attribute, type Attributes, attributeText, typedValue } from './attributes.js';

export interface Scope {
  readonly nodeDefaults: Attributes;
  readonly edgeDefaults: Attributes;
  /** Class of the subgraph; undefined at the root and without a label. */
  readonly className: string | undefined;
  /** Label of the subgraph. */
  readonly label: string | undefined;
}

const NO_ATTRIBUTES: Attributes = new Map();

export const ROOT_SCOPE: Scope = {
  nodeDefaults: NO_ATTRIBUTES,
  edgeDefaults: NO_ATTRIBUTES,
  className: undefined,
  label: undefined,
};

/** `base` with `own` over it; `base` itself when there is nothing to add, so that defaults are shared. */
export function mergeAttributes(base: Attributes, own: readonly AttributeSyntax[]): Attributes {
  if (own.length === 0) return base;
  const merged = new Map(base);
  for (const attribute of own) merged.set(attribute.key, typedAttribute(attribute));
  return merged;
}

export function typedAttribute(attribute: AttributeSyntax): Attribute {
  const { value, position } = attribute;
  const typed = { ...typedValue(value), position };
  if (value.kind !== 'Str' || value.raw === undefined) return typed;
  const lines = value.position.line - position.line;
  const column = value.position.column - (lines === 0 ? position.column : 0);
  const quote = { offset: value.position.offset - position.offset, lines, column };
  return { ...typed, written: { raw: value.raw, quote } };
}

/** The scope after a `node [...]` or `edge [...]` statement; the same scope after any other. */
export function withDefaults(scope: Scope, statement: Statement): Scope {
  switch (statement.kind) {
    case 'NodeDefaults':
      return { ...scope, nodeDefaults: addDefaults(scope.nodeDefaults, statement.attributes) };
    case 'EdgeDefaults':
      return { ...scope, edgeDefaults: addDefaults(scope.edgeDefaults, statement.attributes) };
    default:
      return scope;
  }
}

function addDefaults(base: Attributes, own: readonly AttributeSyntax[]): Attributes {
  if (own.length === 0) return base;
  const merged = new Map(base);
  for (const attribute of own)
    merged.set(attribute.key, { ...typedAttribute(attribute), inherited: true });
  const last = own.at(-1);
  if (merged.size > MAX_DEFAULTS && last !== undefined)
    throw new DotSyntaxError(last.position, {
      found: `${merged.size} default attributes`,
      expected: `at most ${MAX_DEFAULTS}`,
      remedy: 'Write attributes that few elements need at those elements.',
    });
  return merged;
}

/** The scope inside a subgraph: all of its defaults hold for all of its statements. */
export function subgraphScope(outer: Scope, statements: readonly Statement[]): Scope {
  const label = firstLabel(statements);
  const className = label === undefined ? undefined : classFromLabel(label) || undefined;
  return statements.reduce(withDefaults, { ...outer, className, label });
}

function firstLabel(statements: readonly Statement[]): string | undefined {
  for (const statement of statements) {
    const attributes =
      statement.kind === 'GraphAttr'
        ? statement.attributes
        : statement.kind === 'GraphAttrDecl'
          ? [statement.attribute]
          : [];
    const label = attributes.find((attribute) => attribute.key === 'label');
    if (label !== undefined) {
      const value = typedValue(label.value);
      return value.kind === 'duration' ? value.text : attributeText(value);
    }
  }
  return undefined;
}

/** Lower case, blanks to `-`, then only ASCII letters, digits and `-`. */
function classFromLabel(label: string): string {
  return label
    .toLowerCase()
    .replace(/\s/g, '-')
    .replace(/[^a-z0-9-]/g, '');
}

/**
 * Attribute values with their types (engine reference §1.2). Accessors are type-strict: a value of another
 * type counts as absent, so `goal_gate="true"` and `timeout=600` have no effect.
 */
import type { Value } from '../dot/ast.js';
import type { Position } from '../text/position.js';

export type AttributeValue =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'integer' | 'float'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** `value` is milliseconds; `text` is what was written. */
  | { readonly kind: 'duration'; readonly value: number; readonly text: string };

/** A value and where its attribute is written. */
export type Attribute = AttributeValue & {
  /** Of the key. */
  readonly position: Position;
  /** The quoted text as it stands in the file; absent when the value is not written so, or was computed. */
  readonly written?: {
    /** What stands between the quotes, escapes as written. */
    readonly raw: string;
    /** The opening quote as seen from the key; in another line the column is that of the line. */
    readonly quote: { readonly offset: number; readonly lines: number; readonly column: number };
  };
  /** True for a default of `node [...]` or `edge [...]` that the element did not write itself. */
  readonly inherited?: true;
  /** Manifest path of the file that holds the text, where the attribute only names it. */
  readonly file?: string;
};

/** The attribute with another text, which is no longer what is written there. */
export function withText({ position, inherited }: Attribute, value: string): Attribute {
  return { kind: 'string', value, position, ...(inherited === undefined ? {} : { inherited }) };
}

export type Attributes = ReadonlyMap<string, Attribute>;

/** What has attributes: a graph, a node or an edge. */
export interface Attributed {
  readonly attributes: Attributes;
}

const DURATION = /^(\d+)(ms|s|m|h|d)$/;
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function isUnit(text: string | undefined): text is keyof typeof UNIT_MS {
  return text !== undefined && Object.hasOwn(UNIT_MS, text);
}

/** Text that is wholly a duration becomes one, unless it is too long to count in milliseconds. */
export function typedText(text: string): AttributeValue {
  const [, digits, unit] = DURATION.exec(text) ?? [];
  if (isUnit(unit)) {
    const ms = Number(digits) * UNIT_MS[unit];
    if (Number.isSafeInteger(ms)) return { kind: 'duration', value: ms, text };
  }
  return { kind: 'string', value: text };
}

/** The typed value of a value as written. */
export function typedValue(value: Value): AttributeValue {
  switch (value.kind) {
    case 'Str':
    case 'Ident':
      return typedText(value.value);
    case 'Int':
      return { kind: 'integer', value: value.value };
    case 'Float':
      return { kind: 'float', value: value.value };
    case 'Bool':
      return { kind: 'boolean', value: value.value };
    default:
      return value satisfies never;
  }
}

/** The value as text, as `graph.*` context keys have it; a duration is `<ms>ms`. */
export function attributeText(value: AttributeValue): string {
  return value.kind === 'duration' ? `${value.value}ms` : String(value.value);
}

/** Type-strict access: `attr.string(node, 'prompt')`. Undefined when absent or of another type. */
export const attr = {
  string(owner: Attributed, key: string): string | undefined {
    const found = owner.attributes.get(key);
    return found?.kind === 'string' ? found.value : undefined;
  },
  integer(owner: Attributed, key: string): number | undefined {
    const found = owner.attributes.get(key);
    return found?.kind === 'integer' ? found.value : undefined;
  },
  /** An integer or a float. */
  number(owner: Attributed, key: string): number | undefined {
    const found = owner.attributes.get(key);
    return found?.kind === 'integer' || found?.kind === 'float' ? found.value : undefined;
  },
  boolean(owner: Attributed, key: string): boolean | undefined {
    const found = owner.attributes.get(key);
    return found?.kind === 'boolean' ? found.value : undefined;
  },
  /** Milliseconds. */
  durationMs(owner: Attributed, key: string): number | undefined {
    const found = owner.attributes.get(key);
    return found?.kind === 'duration' ? found.value : undefined;
  },
  /** Where the attribute is written. */
  position(owner: Attributed, key: string): Position | undefined {
    return owner.attributes.get(key)?.position;
  },
} as const;

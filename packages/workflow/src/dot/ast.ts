/** The syntax tree of a workflow: what was written, in order, with positions. */
import type { Position } from '../text/position.js';

interface At {
  readonly position: Position;
}

/** A value as written. A duration and a bare word such as `gpt-5.2` are `Str`, as quoted text is. */
export type Value = At &
  (
    | {
        readonly kind: 'Str';
        readonly value: string;
        /** What stands between the quotes, escapes as written; absent without quotes. */
        readonly raw?: string;
      }
    | { readonly kind: 'Ident'; readonly value: string }
    | { readonly kind: 'Bool'; readonly value: boolean }
    /** `raw` keeps the digits, which a number need not give back. */
    | { readonly kind: 'Int' | 'Float'; readonly value: number; readonly raw: string }
  );

/** `key=value` inside a block; the position is the key's. */
export interface AttributeSyntax extends At {
  readonly key: string;
  readonly value: Value;
}

/** A node id where it is written. */
export interface NodeReference extends At {
  readonly id: string;
}

export type Statement = At &
  (
    | {
        /** `graph [...]`, `node [...]`, `edge [...]`. */
        readonly kind: 'GraphAttr' | 'NodeDefaults' | 'EdgeDefaults';
        readonly attributes: readonly AttributeSyntax[];
      }
    | {
        /** `key = value`. */
        readonly kind: 'GraphAttrDecl';
        readonly attribute: AttributeSyntax;
      }
    | {
        readonly kind: 'Node';
        readonly id: string;
        readonly attributes: readonly AttributeSyntax[];
      }
    | {
        /** A chain of two or more ids; the attributes hold for every edge of it. */
        readonly kind: 'Edge';
        readonly nodes: readonly NodeReference[];
        readonly attributes: readonly AttributeSyntax[];
      }
    | {
        readonly kind: 'Subgraph';
        readonly name: string | undefined;
        readonly statements: readonly Statement[];
      }
  );

export interface Ast extends At {
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** Model stylesheets as data (engine reference §9.2). Offsets are UTF-16 units from the start of the text. */

/** The properties that a stylesheet can give; others are ignored. */
export const STYLE_PROPERTIES = [
  'model',
  'provider',
  'reasoning_effort',
  'speed',
  'backend',
] as const;
export type StyleProperty = (typeof STYLE_PROPERTIES)[number];

/** Which nodes a rule is for. */
export interface StyleSelector {
  readonly kind: 'any' | 'shape' | 'class' | 'id';
  /** Without `.` and `#`; empty for `*`. */
  readonly name: string;
  /** As written. */
  readonly text: string;
}

export interface StyleDeclaration {
  readonly property: string;
  readonly value: string;
  /** Where the property is written. */
  readonly offset: number;
  readonly valueOffset: number;
}

export interface StyleRule {
  readonly selector: StyleSelector;
  readonly declarations: readonly StyleDeclaration[];
  /** Where the selector is written. */
  readonly offset: number;
}

export type StylesheetParse =
  | { readonly ok: true; readonly rules: readonly StyleRule[] }
  | {
      readonly ok: false;
      readonly error: {
        readonly offset: number;
        /** What was found and what was expected. */
        readonly message: string;
        /** What to do about it, without a full stop. */
        readonly remedy: string;
      };
    };

export function isStyleProperty(name: string): name is StyleProperty {
  return STYLE_PROPERTIES.some((property) => property === name);
}

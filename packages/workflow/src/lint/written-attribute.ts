/** Attributes as their author wrote them: how a value is shown, and that each place is told once. */
import type { Attribute, AttributeValue } from '../graph/attributes.js';

const MOST_SHOWN = 40;

/** The value as an author would write it; a long text is cut. */
export function shownValue(value: AttributeValue): string {
  switch (value.kind) {
    case 'string':
      return `"${value.value.length > MOST_SHOWN ? `${value.value.slice(0, MOST_SHOWN)}…` : value.value}"`;
    case 'duration':
      return `"${value.text}"`;
    case 'integer':
    case 'float':
    case 'boolean':
      return String(value.value);
    default:
      return value satisfies never;
  }
}

/** Whether the value is a template that could not be rendered; that is reported already. */
export function holdsTemplate(value: AttributeValue): boolean {
  return value.kind === 'string' && /\{[{%]/.test(value.value);
}

/**
 * Tells each written attribute once: one that stands in defaults, at a chain of edges or in the stylesheet is
 * at many elements.
 */
export class SeenAttributes {
  readonly #places = new Set<string>();

  /** True at the first call for the place where the attribute is written. */
  isNew(attribute: Attribute, key: string): boolean {
    const { offset, origin } = attribute.position;
    const named = origin === undefined ? '' : `${origin.path}:${origin.line}:${origin.column}`;
    const place = `${offset}\0${named}\0${key}`;
    if (this.#places.has(place)) return false;
    this.#places.add(place);
    return true;
  }
}

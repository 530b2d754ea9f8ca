/** A place in a workflow's text. */
export interface Position {
  /** UTF-16 units from the start of the text, from 0. */
  readonly offset: number;
  /** From 1; lines end at `\n`. */
  readonly line: number;
  /** UTF-16 units from the start of the line, from 1. */
  readonly column: number;
  /**
   * The place in another text that is meant by this one: in an imported workflow, an inlined file or a child
   * workflow that is named here. Absent for what the workflow says itself.
   */
  readonly origin?: Origin;
}

/** A place in a text that a workflow names. */
export interface Origin {
  /** Manifest path of the text. */
  readonly path: string;
  /** As in a position. */
  readonly line: number;
  readonly column: number;
}

/** Where a text begins. */
export const START_OF_TEXT: Position = { offset: 0, line: 1, column: 1 };

/** A position in the text at `path`, for somebody who looks from another text. */
export function originOf(position: Position, path: string): Origin {
  return position.origin ?? { path, line: position.line, column: position.column };
}

/** The position of an offset, or of a line and column. A place past the end is the end. */
export function positionAt(
  text: string,
  place: number | { readonly line: number; readonly column: number },
): Position {
  const offset = typeof place === 'number' ? place : offsetOf(text, place.line, place.column);
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    offset: before.length,
    line: before.split('\n').length,
    column: before.length - lineStart + 1,
  };
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let current = 1; current < line; current++) {
    const newline = text.indexOf('\n', start);
    if (newline === -1) return text.length;
    start = newline + 1;
  }
  return start + column - 1;
}

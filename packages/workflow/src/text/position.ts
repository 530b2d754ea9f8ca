/** A place in a workflow's text. */
export interface Position {
  /** UTF-16 units from the start of the text, from 0. */
  readonly offset: number;
  /** From 1; lines end at `\n`. */
  readonly line: number;
  /** UTF-16 units from the start of the line, from 1. */
  readonly column: number;
}

/** Where a text begins. */
export const START_OF_TEXT: Position = { offset: 0, line: 1, column: 1 };

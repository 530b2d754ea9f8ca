import { FabroError } from '@fabro/protocol';
import type { Position } from '../text/position.js';

/** What a syntax error says besides its place. */
export interface SyntaxProblem {
  /** What stands there, as it should be shown. */
  readonly found: string;
  /** What was allowed there. */
  readonly expected: string;
  /** What to do about it, as a sentence. */
  readonly remedy: string;
}

/** The only error that the parser throws on any text. Its message holds all fields. */
export class DotSyntaxError extends FabroError {
  readonly position: Position;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
  readonly #headline: string;

  /** @param headline replaces the usual start of the message (engine reference §1.1). */
  constructor(position: Position, problem: SyntaxProblem, headline = 'grammar error') {
    const { found, expected, remedy } = problem;
    super(
      'invalid_workflow',
      `Parse error: ${headline}: line ${position.line}, column ${position.column}: ` +
        `found ${found}, expected ${expected}. ${remedy}`,
    );
    this.position = position;
    this.found = found;
    this.expected = expected;
    this.remedy = remedy;
    this.#headline = headline;
  }

  /** The same error at another place. */
  at(position: Position): DotSyntaxError {
    return new DotSyntaxError(position, this, this.#headline);
  }
}

/**
 * A cursor over workflow text: knows characters, blanks, comments and positions, not statements. It only
 * moves forward, each character at most once, which is what makes the parser linear.
 */
import type { Position } from '../text/position.js';
import { CODE, isBlank, isIdentPart, isIdentStart } from './characters.js';
import { DotSyntaxError, type SyntaxProblem } from './syntax-error.js';

/** Counts the characters that were moved over; a test of linearity reads it. */
export interface Meter {
  steps: number;
}

const EXCERPT_LENGTH = 50;

export class Scanner {
  readonly source: string;
  readonly #meter: Meter | undefined;
  #offset = 0;
  #line = 1;
  #lineStart = 0;

  constructor(source: string, meter?: Meter) {
    this.source = source;
    this.#meter = meter;
    // A byte order mark is no character of the language.
    if (source.charCodeAt(0) === 0xfeff) this.advance();
  }

  get offset(): number {
    return this.#offset;
  }

  get atEnd(): boolean {
    return this.#offset >= this.source.length;
  }

  position(): Position {
    return {
      offset: this.#offset,
      line: this.#line,
      column: this.#offset - this.#lineStart + 1,
    };
  }

  /** The code `ahead` characters on; NaN past the end. */
  peek(ahead = 0): number {
    return this.source.charCodeAt(this.#offset + ahead);
  }

  /** Moves over `count` characters. */
  advance(count = 1): void {
    for (let i = 0; i < count; i++) {
      if (this.source.charCodeAt(this.#offset) === CODE.newline) {
        this.#line++;
        this.#lineStart = this.#offset + 1;
      }
      this.#offset++;
    }
    if (this.#meter !== undefined) this.#meter.steps += count;
  }

  /** Moves over the character if it is the next one. */
  take(code: number): boolean {
    if (this.peek() !== code) return false;
    this.advance();
    return true;
  }

  /** Moves over blanks and comments. */
  skipBlank(): void {
    for (;;) {
      if (isBlank(this.peek())) this.advance();
      else if (this.peek() === CODE.slash && this.peek(1) === CODE.slash) this.#skipLineComment();
      else if (this.peek() === CODE.slash && this.peek(1) === CODE.star) this.#skipBlockComment();
      else return;
    }
  }

  /** Moves over an identifier and gives it; undefined, without moving, when none begins here. */
  identifier(): string | undefined {
    if (!isIdentStart(this.peek())) return undefined;
    const start = this.#offset;
    while (isIdentPart(this.peek())) this.advance();
    return this.source.slice(start, this.#offset);
  }

  /** What stands at the cursor, for an error: a word, an operator or a character. */
  describe(): string {
    if (this.atEnd) return 'the end of the text';
    let end = this.#offset;
    while (end - this.#offset < EXCERPT_LENGTH && isIdentPart(this.source.charCodeAt(end))) end++;
    if (end > this.#offset) return `"${this.source.slice(this.#offset, end)}"`;
    const two = this.source.slice(this.#offset, this.#offset + 2);
    if (two === '->' || two === '--') return `"${two}"`;
    const point = this.source.codePointAt(this.#offset) ?? 0;
    const character = String.fromCodePoint(point);
    if (point >= 0x21 && point <= 0x7e) return character === '"' ? 'a quote (")' : `"${character}"`;
    const hex = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
    return /\p{L}|\p{N}|\p{S}|\p{P}/u.test(character) ? `"${character}" (${hex})` : hex;
  }

  /** The first characters of what is left. */
  rest(): string {
    return this.source.slice(this.#offset, this.#offset + EXCERPT_LENGTH);
  }

  /** Throws the error for what stands at the cursor, or at `position`. */
  fail(
    problem: Omit<SyntaxProblem, 'found'> & { readonly found?: string },
    position = this.position(),
  ): never {
    throw new DotSyntaxError(position, { found: this.describe(), ...problem });
  }

  #skipLineComment(): void {
    const newline = this.source.indexOf('\n', this.#offset);
    this.advance((newline === -1 ? this.source.length : newline) - this.#offset);
  }

  #skipBlockComment(): void {
    const end = this.source.indexOf('*/', this.#offset + 2);
    if (end === -1)
      this.fail({
        found: '"/*" without its "*/"',
        expected: 'the end of the comment',
        remedy: 'Close the comment with "*/".',
      });
    this.advance(end + 2 - this.#offset);
  }
}

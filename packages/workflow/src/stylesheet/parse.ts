/** Stylesheet text to rules: `selector { property: value; ... } ...`. Linear; every error is a value. */
import type { StyleDeclaration, StyleRule, StyleSelector, StylesheetParse } from './stylesheet.js';

/** Parses a stylesheet; blank text has no rules. Never throws. */
export function parseStylesheet(text: string): StylesheetParse {
  try {
    return { ok: true, rules: new StylesheetParser(text).rules() };
  } catch (error) {
    if (!(error instanceof StylesheetProblem)) throw error;
    return {
      ok: false,
      error: { offset: error.offset, message: error.message, remedy: error.remedy },
    };
  }
}

class StylesheetProblem extends Error {
  readonly offset: number;
  readonly remedy: string;

  constructor(offset: number, message: string, remedy: string) {
    super(message);
    this.offset = offset;
    this.remedy = remedy;
  }
}

/** What a selector may hold after its first sign. */
const NAMES = {
  shape: /[A-Za-z_][A-Za-z0-9_]*/y,
  class: /[a-z0-9-]+/y,
  id: /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/y,
} as const;
const PROPERTY = /[A-Za-z_][A-Za-z0-9_-]*/y;
const EXPECTED_SELECTOR = 'a selector: *, a shape, .class or #id';

class StylesheetParser {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  rules(): StyleRule[] {
    const rules: StyleRule[] = [];
    for (this.#skipBlank(); this.#offset < this.#text.length; this.#skipBlank()) {
      const offset = this.#offset;
      const selector = this.#selector();
      this.#skipBlank();
      if (!this.#take('{'))
        this.#fail(`"{" after the selector ${selector.text}`, remedyAfterSelector(this.#peek()));
      rules.push({ selector, declarations: this.#declarations(selector.text), offset });
    }
    return rules;
  }

  #selector(): StyleSelector {
    if (this.#take('*')) return { kind: 'any', name: '', text: '*' };
    const kind = this.#take('.') ? 'class' : this.#take('#') ? 'id' : 'shape';
    const name = this.#match(NAMES[kind]);
    if (name === undefined) return this.#failName(kind);
    const sign = kind === 'class' ? '.' : kind === 'id' ? '#' : '';
    return { kind, name, text: sign + name };
  }

  #failName(kind: 'shape' | 'class' | 'id'): never {
    switch (kind) {
      case 'class':
        return this.#fail('a class after "."', 'Classes are lower-case letters, digits and "-"');
      case 'id':
        return this.#fail('a node id after "#"', 'Write the id of a node, as #review');
      case 'shape':
        return this.#fail(
          EXPECTED_SELECTOR,
          this.#peek() === '/'
            ? 'A stylesheet holds no comments'
            : 'Write rules as: .review { model: opus; }',
        );
      default:
        return kind satisfies never;
    }
  }

  #declarations(selector: string): StyleDeclaration[] {
    const declarations: StyleDeclaration[] = [];
    for (;;) {
      this.#skipBlank();
      if (this.#take('}')) return declarations;
      if (this.#offset >= this.#text.length)
        this.#fail(`"}" at the end of the rule ${selector}`, 'Close the braces of the rule');
      declarations.push(this.#declaration());
    }
  }

  #declaration(): StyleDeclaration {
    const offset = this.#offset;
    const property = this.#match(PROPERTY);
    if (property === undefined)
      return this.#fail('a property, or "}"', 'Write declarations as: model: opus;');
    this.#skipBlank();
    if (!this.#take(':'))
      this.#fail(`":" after the property ${property}`, `Write ${property}: value;`);
    this.#skipBlank();
    const valueOffset = this.#offset;
    const value = this.#text.slice(valueOffset, this.#endOfValue()).trimEnd();
    if (value === '')
      this.#fail(`a value of the property ${property}`, `Write ${property}: value;`);
    this.#offset = this.#endOfValue();
    this.#take(';');
    return { property, value, offset, valueOffset };
  }

  #endOfValue(): number {
    let end = this.#offset;
    while (
      end < this.#text.length &&
      this.#text.charAt(end) !== ';' &&
      this.#text.charAt(end) !== '}'
    )
      end++;
    return end;
  }

  #peek(): string {
    return this.#text.charAt(this.#offset);
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#offset++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#offset += found.length;
    return found;
  }

  #skipBlank(): void {
    while (/\s/.test(this.#peek())) this.#offset++;
  }

  #fail(expected: string, remedy: string): never {
    const found = this.#offset >= this.#text.length ? 'the end' : `"${this.#peek()}"`;
    throw new StylesheetProblem(
      this.#offset,
      `at character ${this.#offset + 1}: found ${found}, expected ${expected}`,
      remedy,
    );
  }
}

function remedyAfterSelector(next: string): string {
  switch (next) {
    case ',':
      return 'A rule has one selector; write the rule once for each';
    case '.':
    case '#':
    case '>':
      return 'A rule has one selector; selectors cannot be combined';
    default:
      return 'Write rules as: .review { model: opus; }';
  }
}

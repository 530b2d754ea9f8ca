/** Tokens to outline. What fits nowhere is left out, and what is missing ends with what is there. */
import type {
  EdgeOutline,
  OutlineAttribute,
  Outline,
  OutlineBlock,
  OutlineStatement,
  OutlineValue,
  OwnerOutline,
  SubgraphOutline,
  Tail,
  Word,
} from './outline.js';
import { type Token, tokenizeDot } from './tokens.js';

const IDENT = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The outline of a text, or of tokens that the caller has cut. Never throws; linear in the tokens. */
export function outlineOf(source: string | readonly Token[]): Outline {
  const tokens = typeof source === 'string' ? tokenizeDot(source) : source;
  return new OutlineReader(tokens.filter(({ kind }) => kind !== 'comment')).read();
}

/** Braces that are open; the first is the graph's. */
interface Level {
  readonly start: number;
  readonly name: Word | undefined;
  readonly statements: OutlineStatement[];
}

class OutlineReader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #tail: Tail = { expects: 'nothing' };

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): Outline {
    const name = this.#header();
    const root: Level = { start: 0, name, statements: [] };
    const levels: Level[] = [root];
    while (this.#peek() !== undefined) {
      const level = levels.at(-1) ?? root;
      if (this.#takeSign('}')) this.#close(levels);
      else if (this.#atSubgraph()) levels.push(this.#open());
      else this.#statement(level);
    }
    while (levels.length > 1) this.#close(levels, this.#tail);
    return { name, statements: root.statements, tail: this.#tail };
  }

  /** Moves over `digraph Name {`; a text without it is read as statements. */
  #header(): Word | undefined {
    if (this.#peek()?.text !== 'digraph') return undefined;
    this.#at++;
    const name = this.#peek()?.kind === 'word' ? this.#word() : undefined;
    if (this.#takeSign('{')) this.#tail = { expects: 'statement' };
    return name;
  }

  #atSubgraph(): boolean {
    const first = this.#peek();
    if (first?.kind !== 'word' || first.text !== 'subgraph') return false;
    const next = this.#peek(1);
    return isSign(next, '{') || (next?.kind === 'word' && isSign(this.#peek(2), '{'));
  }

  #open(): Level {
    const { start } = this.#word();
    const name = this.#peek()?.kind === 'word' ? this.#word() : undefined;
    this.#takeSign('{');
    this.#tail = { expects: 'statement' };
    return { start, name, statements: [] };
  }

  #close(levels: Level[], tail: Tail = { expects: 'statement' }): void {
    const closed = levels.length > 1 ? levels.pop() : undefined;
    this.#tail = closed === undefined ? { expects: 'nothing' } : tail;
    if (closed === undefined) return;
    const { start, name, statements } = closed;
    const end = this.#end();
    const subgraph: SubgraphOutline = { kind: 'subgraph', start, end, name, statements };
    levels.at(-1)?.statements.push(subgraph);
  }

  #statement({ statements }: Level): void {
    const first = this.#peek();
    if (first?.kind !== 'word') {
      this.#at++;
      this.#tail = { expects: 'statement' };
      return;
    }
    const next = this.#peek(1);
    const statement = isSign(next, '=')
      ? this.#declaration()
      : isSign(next, '[') && isDefaults(first.text)
        ? this.#defaults(first.text)
        : next?.kind === 'arrow'
          ? this.#edge()
          : this.#node();
    statements.push(statement);
  }

  #declaration(): OwnerOutline {
    const attribute = this.#attribute(
      (key) => ({
        expects: 'value',
        statement: declarationOf({ key, value: undefined, ...key }),
        key,
      }),
      { expects: 'statement' },
    );
    return declarationOf(attribute);
  }

  #defaults(scope: 'graph' | 'node' | 'edge'): OwnerOutline {
    const { start } = this.#word();
    return this.#withBlock((block) => {
      const shown = block ?? { start, end: start, attributes: [] };
      return { kind: 'defaults', scope, block: shown, start, end: shown.end };
    });
  }

  #node(): OwnerOutline {
    const id = this.#word();
    this.#tail = { expects: 'after_id' };
    const make = (block: OutlineBlock | undefined): OwnerOutline => ({
      kind: 'node',
      id,
      block,
      start: id.start,
      end: block?.end ?? id.end,
    });
    return isSign(this.#peek(), '[') ? this.#withBlock(make) : make(undefined);
  }

  #edge(): OwnerOutline {
    const ids = [this.#word()];
    const make = (block: OutlineBlock | undefined): EdgeOutline => ({
      kind: 'edge',
      ids,
      block,
      start: ids[0]?.start ?? 0,
      end: block?.end ?? this.#end(),
    });
    while (this.#peek()?.kind === 'arrow') {
      this.#at++;
      this.#tail = { expects: 'target', statement: make(undefined) };
      if (!this.#atTarget()) break;
      ids.push(this.#word());
      this.#tail = { expects: 'after_id' };
    }
    return isSign(this.#peek(), '[') ? this.#withBlock(make) : make(undefined);
  }

  /** A word after an arrow, unless it begins a statement of its own: `a -> ⏎ b = 1`, `a -> ⏎ node [`. */
  #atTarget(): boolean {
    const word = this.#peek();
    if (word?.kind !== 'word' || !IDENT.test(word.text)) return false;
    const next = this.#peek(1);
    if (isSign(next, '=') || this.#atSubgraph()) return false;
    return !(isDefaults(word.text) && isSign(next, '['));
  }

  /** Reads the block at the cursor; `make` gives the statement with it as far as it has been read. */
  #withBlock(make: (block: OutlineBlock | undefined) => OwnerOutline): OwnerOutline {
    const start = this.#peek()?.start ?? 0;
    const attributes: OutlineAttribute[] = [];
    const soFar = (): OwnerOutline => make({ start, end: this.#end(), attributes });
    this.#at++;
    this.#tail = { expects: 'key', statement: soFar() };
    while (!this.#endOfBlock()) {
      const token = this.#peek();
      if (token?.kind === 'word') {
        const attribute = this.#attribute(
          (key) => ({ expects: 'value', statement: soFar(), key }),
          { expects: 'separator' },
        );
        attributes.push(attribute);
        continue;
      }
      this.#at++;
      if (isSign(token, ',') || isSign(token, ';'))
        this.#tail = { expects: 'key', statement: soFar() };
    }
    if (this.#takeSign(']')) this.#tail = { expects: 'statement' };
    return soFar();
  }

  /** True at `]`, at the end of the text, and at what can only stand outside of a block that was left open. */
  #endOfBlock(): boolean {
    const token = this.#peek();
    if (token === undefined || isSign(token, ']') || isSign(token, '}') || isSign(token, '{'))
      return true;
    if (token.kind !== 'word') return false;
    const next = this.#peek(1);
    return next?.kind === 'arrow' || isSign(next, '[') || isSign(next, '{') || this.#atSubgraph();
  }

  #attribute(expectsValue: (key: Word) => Tail, afterValue: Tail): OutlineAttribute {
    const key = this.#word();
    this.#tail = { expects: 'separator' };
    let value: OutlineValue | undefined;
    if (this.#takeSign('=')) {
      this.#tail = expectsValue(key);
      value = this.#value();
      if (value !== undefined) this.#tail = afterValue;
    }
    return { key, value, start: key.start, end: value?.end ?? this.#end() };
  }

  #value(): OutlineValue | undefined {
    const token = this.#peek();
    if (token === undefined) return undefined;
    const { kind, text, start, end, closed } = token;
    if (kind !== 'word' && kind !== 'text' && kind !== 'template') return undefined;
    // `shape= ⏎ label="x"`: the word is the next key.
    if (kind === 'word' && isSign(this.#peek(1), '=')) return undefined;
    this.#at++;
    return { kind, text, start, end, closed };
  }

  #word(): Word {
    const token = this.#peek();
    this.#at++;
    return { text: token?.text ?? '', start: token?.start ?? 0, end: token?.end ?? 0 };
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  #takeSign(text: string): boolean {
    if (!isSign(this.#peek(), text)) return false;
    this.#at++;
    return true;
  }

  /** Where the last token that was read ends. */
  #end(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }
}

function declarationOf(attribute: OutlineAttribute): OwnerOutline {
  return { kind: 'declaration', attribute, start: attribute.start, end: attribute.end };
}

function isSign(token: Token | undefined, text: string): boolean {
  return token?.kind === 'sign' && token.text === text;
}

function isDefaults(word: string): word is 'graph' | 'node' | 'edge' {
  return word === 'graph' || word === 'node' || word === 'edge';
}

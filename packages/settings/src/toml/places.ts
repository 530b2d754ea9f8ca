/**
 * Where the keys of a TOML text stand. The parser tells no places, so this reads the text once more; it takes
 * only text that the parser has accepted, and is forgiving where that would have complained.
 */
import { parse } from 'smol-toml';

/** Line and column of a key, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Places {
  /** Where the value at `path` is given; without an own place, where the nearest table around it is. */
  of(path: readonly PropertyKey[]): Place | undefined;
}

/** Finds every key of a TOML text that `parse` of smol-toml accepts. */
export function placesOf(toml: string): Places {
  const found = new Scanner(toml).scan();
  const starts = lineStarts(toml);
  return {
    of: (path) => {
      for (let length = path.length; length > 0; length--) {
        const offset = found.get(idOf(path.slice(0, length)));
        if (offset !== undefined) return placeAt(starts, offset);
      }
      return undefined;
    },
  };
}

type Path = readonly PropertyKey[];

const idOf = (path: Path) => JSON.stringify(path.map(String));

class Scanner {
  private at = 0;
  private readonly found = new Map<string, number>();
  /** How many tables each list of tables has so far. */
  private readonly lists = new Map<string, number>();
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  scan(): ReadonlyMap<string, number> {
    let table: Path = [];
    for (this.skip(); this.at < this.text.length; this.skip()) {
      const before = this.at;
      if (this.text[this.at] === '[') table = this.header();
      else this.pair(table);
      // Never twice at the same place, whatever the text is.
      if (this.at === before) this.at++;
    }
    return this.found;
  }

  /** `[a.b]` or `[[a.b]]`. */
  private header(): Path {
    const isList = this.text.startsWith('[[', this.at);
    const start = this.at;
    this.at += isList ? 2 : 1;
    let path: Path = [];
    for (const { key } of this.keys()) path = this.inner([...path, key], start);
    if (isList) {
      const outer = path.length > 0 && this.isIndexed(path) ? path.slice(0, -1) : path;
      const index = this.lists.get(idOf(outer)) ?? 0;
      this.lists.set(idOf(outer), index + 1);
      path = [...outer, index];
      this.note(path, start);
    }
    while (this.text[this.at] === ']') this.at++;
    return path;
  }

  /** A step of a header: in a list of tables its last table is meant. */
  private inner(path: Path, start: number): Path {
    this.note(path, start);
    const count = this.lists.get(idOf(path));
    return count === undefined ? path : [...path, count - 1];
  }

  private isIndexed(path: Path): boolean {
    return this.lists.has(idOf(path.slice(0, -1))) && typeof path.at(-1) === 'number';
  }

  /** `a.b = value` */
  private pair(table: Path): void {
    let path = table;
    for (const { key, start } of this.keys()) {
      path = [...path, key];
      this.note(path, start);
    }
    if (this.text[this.at] !== '=') return;
    this.at++;
    this.skip();
    this.value(path);
  }

  private value(path: Path): void {
    switch (this.text[this.at]) {
      case '"':
      case "'":
        this.string();
        return;
      case '[':
        this.list(path);
        return;
      case '{':
        this.inlineTable(path);
        return;
      default:
        this.past(/[^\s,\]}#]*/y);
        // A date may have a space before its time.
        this.past(/ (?=\d\d:)[^\s,\]}#]*/y);
    }
  }

  private list(path: Path): void {
    this.at++;
    for (let index = 0; ; index++) {
      this.skip();
      if (this.at >= this.text.length || this.text[this.at] === ']') break;
      const before = this.at;
      this.note([...path, index], before);
      this.value([...path, index]);
      this.skip();
      if (this.text[this.at] === ',') this.at++;
      else if (this.at === before) break;
    }
    this.at++;
  }

  private inlineTable(path: Path): void {
    this.at++;
    for (;;) {
      this.skip();
      if (this.at >= this.text.length || this.text[this.at] === '}') break;
      const before = this.at;
      this.pair(path);
      this.skip();
      if (this.text[this.at] === ',') this.at++;
      else if (this.at === before) break;
    }
    this.at++;
  }

  /** The parts of a dotted key; ends before `=` or `]`. */
  private *keys(): Generator<{ readonly key: string; readonly start: number }> {
    for (;;) {
      this.past(/[ \t]*/y);
      const start = this.at;
      const quoted = this.text[start] === '"' || this.text[start] === "'";
      if (quoted) this.string();
      else this.past(/[A-Za-z0-9_-]*/y);
      const raw = this.text.slice(start, this.at);
      if (raw !== '') yield { key: quoted ? unquoted(raw) : raw, start };
      this.past(/[ \t]*/y);
      if (this.text[this.at] !== '.') return;
      this.at++;
    }
  }

  private string(): void {
    const quote = this.text[this.at] ?? '';
    const fence = quote.repeat(3);
    const end = this.text.startsWith(fence, this.at) ? fence : quote;
    this.at += end.length;
    while (this.at < this.text.length && !this.text.startsWith(end, this.at))
      this.at += quote === '"' && this.text[this.at] === '\\' ? 2 : 1;
    this.at += end.length;
    // Two quotes more may stand before the three that end a text of several lines.
    for (let more = 0; end === fence && more < 2 && this.text[this.at] === quote; more++) this.at++;
  }

  /** Past blanks, line ends and comments. */
  private skip(): void {
    this.past(/(?:\s|#[^\n]*)*/y);
  }

  private past(pattern: RegExp): void {
    pattern.lastIndex = this.at;
    this.at += pattern.exec(this.text)?.[0].length ?? 0;
  }

  /** The first place stays: `[a.b]` names `a` before `[a]` does. */
  private note(path: Path, offset: number): void {
    const id = idOf(path);
    if (!this.found.has(id)) this.found.set(id, offset);
  }
}

function unquoted(raw: string): string {
  return Object.keys(parse(`${raw} = 0`))[0] ?? raw;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function placeAt(starts: readonly number[], offset: number): Place {
  let low = 0;
  for (let high = starts.length - 1; low < high;) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** Finds where a text stops being JSON, since the platform's parser does not always say. */

const SPACE = /[ \t\n\r]*/y;
const SCALAR =
  // eslint-disable-next-line no-control-regex -- JSON forbids raw control characters in strings
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

export interface TextPosition {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** The position of the first character that cannot continue JSON; the end of the text when it breaks off. */
export function jsonErrorPosition(text: string): TextPosition {
  return positionOf(text, scan(text));
}

type Expected =
  | 'value'
  | 'value-or-end'
  | 'key'
  | 'key-or-end'
  | 'colon'
  | 'comma-or-end'
  | 'nothing';

function scan(text: string): number {
  const closers: string[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const afterValue = (): Expected => (closers.length === 0 ? 'nothing' : 'comma-or-end');
  for (;;) {
    at += match(SPACE)?.length ?? 0;
    const c = text[at];
    if (c === undefined) return at;
    const endAllowed = expected.endsWith('-or-end') && c === closers.at(-1);
    if (endAllowed) {
      closers.pop();
      expected = afterValue();
      at++;
    } else if (expected === 'colon' || expected === 'comma-or-end') {
      if (c !== (expected === 'colon' ? ':' : ',')) return at;
      expected = expected === 'comma-or-end' && closers.at(-1) === '}' ? 'key' : 'value';
      at++;
    } else if (expected === 'nothing') return at;
    else if (expected.startsWith('value') && (c === '{' || c === '[')) {
      closers.push(c === '{' ? '}' : ']');
      expected = c === '{' ? 'key-or-end' : 'value-or-end';
      at++;
    } else {
      const scalar = match(SCALAR);
      const isKey = expected.startsWith('key');
      if (scalar === undefined || (isKey && c !== '"')) return at;
      expected = isKey ? 'colon' : afterValue();
      at += scalar.length;
    }
  }
}

function positionOf(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset);
  return {
    line: before.split('\n').length,
    column: offset - (before.lastIndexOf('\n') + 1) + 1,
  };
}

/** Values, in the order of the grammar: text, duration, float, integer, boolean, bare word, identifier. */
import type { Value } from './ast.js';
import { CODE, isDigit, isIdentPart, isIdentStart } from './characters.js';
import { unescape } from './escapes.js';
import type { Scanner } from './scanner.js';

const EXPECTED_VALUE = 'a value: "text", a number, a duration such as 30s, true, false or a word';

/** Reads the value at the cursor. */
export function parseValue(scanner: Scanner): Value {
  const code = scanner.peek();
  if (code === CODE.quote) return parseQuoted(scanner);
  if (isDigit(code) || code === CODE.minus || code === CODE.dot) return parseNumber(scanner);
  if (isIdentStart(code)) return parseWord(scanner);
  if (code === CODE.less)
    return scanner.fail({
      expected: EXPECTED_VALUE,
      remedy: 'HTML labels are not supported; write the label as quoted text.',
    });
  return scanner.fail({
    expected: EXPECTED_VALUE,
    remedy:
      code === CODE.openBrace
        ? 'Put a value that holds a template in quotes.'
        : 'Write a value after "=", in quotes if it holds other characters than letters, digits, "_", "-" and ".".',
  });
}

function parseQuoted(scanner: Scanner): Value {
  const position = scanner.position();
  scanner.advance();
  const start = scanner.offset;
  while (scanner.peek() !== CODE.quote) {
    if (scanner.atEnd)
      scanner.fail(
        {
          found: 'a quote (") that is never closed',
          expected: 'a closing quote',
          remedy: 'Close the text with a quote; write a quote inside of it as \\".',
        },
        position,
      );
    scanner.advance(
      scanner.peek() === CODE.backslash && scanner.offset + 1 < scanner.source.length ? 2 : 1,
    );
  }
  const raw = scanner.source.slice(start, scanner.offset);
  scanner.advance();
  return { kind: 'Str', value: unescape(raw), raw, position };
}

function parseNumber(scanner: Scanner): Value {
  const position = scanner.position();
  const { source, offset: start } = scanner;
  let end = start + (scanner.peek() === CODE.minus ? 1 : 0);
  const firstDigit = end;
  end = endOfDigits(source, end);
  const hasDigits = end > firstDigit;

  const unit = hasDigits ? unitAt(source, end) : '';
  if (unit !== '') {
    const value = source.slice(start, end + unit.length);
    scanner.advance(value.length);
    return { kind: 'Str', value, position };
  }
  if (source.charCodeAt(end) === CODE.dot && isDigit(source.charCodeAt(end + 1))) {
    const raw = source.slice(start, endOfDigits(source, end + 1));
    const value = Number(raw);
    scanner.advance(raw.length);
    if (!Number.isFinite(value)) failRange(scanner, 'a finite number', position);
    return { kind: 'Float', value, raw, position };
  }
  if (hasDigits && source.charCodeAt(end) !== CODE.dot) {
    const raw = source.slice(start, end);
    const value = Number(raw);
    scanner.advance(raw.length);
    if (!Number.isSafeInteger(value))
      failRange(scanner, 'an integer between -(2^53-1) and 2^53-1', position);
    return { kind: 'Int', value: value === 0 ? 0 : value, raw, position };
  }
  return scanner.fail({
    expected: 'digits of a number',
    remedy: 'Write a number as 5 or 0.5; put any other value in quotes.',
  });
}

function failRange(scanner: Scanner, expected: string, position: Value['position']): never {
  return scanner.fail(
    {
      found: 'a number that is too large',
      expected,
      remedy: 'Use a smaller number, or put it in quotes to keep it as text.',
    },
    position,
  );
}

function endOfDigits(source: string, from: number): number {
  let end = from;
  while (isDigit(source.charCodeAt(end))) end++;
  return end;
}

/** The unit of a duration at `at`, or '' when there is none or a letter or digit follows it. */
function unitAt(source: string, at: number): string {
  const unit = source.startsWith('ms', at) ? 'ms' : source.charAt(at);
  if (!['ms', 's', 'm', 'h', 'd'].includes(unit)) return '';
  const next = source.charCodeAt(at + unit.length);
  return isIdentPart(next) && next !== 0x5f ? '' : unit;
}

function parseWord(scanner: Scanner): Value {
  const position = scanner.position();
  const start = scanner.offset;
  let bare = false;
  for (;;) {
    const code = scanner.peek();
    if (code === CODE.dot || (code === CODE.minus && scanner.peek(1) !== CODE.greater)) bare = true;
    else if (!isIdentPart(code)) break;
    scanner.advance();
  }
  const value = scanner.source.slice(start, scanner.offset);
  if (bare) return { kind: 'Str', value, position };
  if (value === 'true' || value === 'false')
    return { kind: 'Bool', value: value === 'true', position };
  return { kind: 'Ident', value, position };
}

/** `[key=value, ...]`: commas only, no trailing comma, one block. */
import { MAX_ATTRIBUTES } from '../limits.js';
import type { AttributeSyntax, Value } from './ast.js';
import { CODE, isIdentStart } from './characters.js';
import type { Scanner } from './scanner.js';
import { parseValue } from './values.js';

const EXPECTED_KEY = 'an attribute name';

/** Reads the block at the cursor, which stands on `[`. */
export function parseAttributeBlock(scanner: Scanner): AttributeSyntax[] {
  scanner.advance();
  const attributes: AttributeSyntax[] = [];
  scanner.skipBlank();
  if (!scanner.take(CODE.closeBracket)) {
    do {
      if (attributes.length === MAX_ATTRIBUTES)
        scanner.fail({
          expected: `at most ${MAX_ATTRIBUTES} attributes in one block`,
          remedy: 'Remove attributes from this block.',
        });
      attributes.push(parseAttribute(scanner));
    } while (takeComma(scanner, attributes.at(-1)?.value));
  }
  scanner.skipBlank();
  if (scanner.peek() === CODE.openBracket)
    scanner.fail({
      found: 'a second "[...]" block',
      expected: 'one block of attributes',
      remedy: 'Put all attributes into one block, separated by commas.',
    });
  return attributes;
}

function parseAttribute(scanner: Scanner): AttributeSyntax {
  scanner.skipBlank();
  const position = scanner.position();
  const key = parseKey(scanner);
  scanner.skipBlank();
  if (!scanner.take(CODE.equals))
    scanner.fail({
      expected: `"=" after the attribute name "${key}"`,
      remedy: `Give the attribute a value: ${key}=true, or ${key}="text".`,
    });
  scanner.skipBlank();
  return { key, value: parseValue(scanner), position };
}

function parseKey(scanner: Scanner): string {
  const start = scanner.offset;
  if (scanner.identifier() === undefined) failKey(scanner);
  while (scanner.take(CODE.dot)) {
    if (scanner.identifier() === undefined)
      scanner.fail({
        expected: 'a letter or "_" after the dot of an attribute name',
        remedy: 'Write dotted names without blanks, as in human.default_choice.',
      });
  }
  return scanner.source.slice(start, scanner.offset);
}

function failKey(scanner: Scanner): never {
  switch (scanner.peek()) {
    case CODE.quote:
      return scanner.fail({
        expected: EXPECTED_KEY,
        remedy: 'Attribute names are written without quotes.',
      });
    case CODE.closeBracket:
      return scanner.fail({
        found: '"]" after a comma',
        expected: EXPECTED_KEY,
        remedy: 'Remove the trailing comma.',
      });
    case CODE.comma:
      return scanner.fail({ expected: EXPECTED_KEY, remedy: 'Remove the extra comma.' });
    default:
      return scanner.fail({
        expected: EXPECTED_KEY,
        remedy: 'Write attributes as name=value; a name is letters, digits, "_" and dots.',
      });
  }
}

/** Moves over what follows a value: true after a comma, false after the end of the block. */
function takeComma(scanner: Scanner, value: Value | undefined): boolean {
  const endOfValue = scanner.offset;
  scanner.skipBlank();
  if (scanner.take(CODE.comma)) return true;
  if (scanner.take(CODE.closeBracket)) return false;
  const expected = '"," or "]" after the value';
  const code = scanner.peek();
  if (scanner.atEnd) return scanner.fail({ expected, remedy: 'Close the block with "]".' });
  if (code === CODE.semicolon)
    return scanner.fail({ expected, remedy: 'Separate attributes by commas, not by ";".' });
  if (scanner.offset === endOfValue && value !== undefined && value.kind !== 'Str')
    return scanner.fail({
      expected,
      remedy: `Put the value in quotes if it goes on after "${valueText(value)}".`,
    });
  if (isIdentStart(code) || code === CODE.quote)
    return scanner.fail({
      expected,
      remedy: 'Separate attributes by commas; put a value that holds blanks in quotes.',
    });
  return scanner.fail({
    expected,
    remedy: 'Separate attributes by commas and put values with other characters in quotes.',
  });
}

function valueText(value: Value): string {
  return value.kind === 'Int' || value.kind === 'Float' ? value.raw : String(value.value);
}

/** Workflow text to syntax tree (engine reference §1.1): recursive descent without backtracking. */
import { MAX_SOURCE_LENGTH } from '../limits.js';
import { START_OF_TEXT } from '../text/position.js';
import type { Ast } from './ast.js';
import { CODE } from './characters.js';
import { type Meter, Scanner } from './scanner.js';
import { parseBody } from './statements.js';
import { DotSyntaxError } from './syntax-error.js';

const EXPECTED_HEADER = '"digraph <name> {"';

/**
 * Parses a workflow. Time is linear in the length of the text.
 * Throws a DotSyntaxError, and nothing else, when the text is no workflow.
 * @param meter counts the characters that were moved over.
 */
export function parseDot(source: string, meter?: Meter): Ast {
  if (source.length > MAX_SOURCE_LENGTH)
    throw new DotSyntaxError(START_OF_TEXT, {
      found: `a text of ${source.length} characters`,
      expected: `at most ${MAX_SOURCE_LENGTH}`,
      remedy: 'Move long prompts into files and name them as prompt="@file".',
    });
  const scanner = new Scanner(source, meter);
  scanner.skipBlank();
  const position = scanner.position();
  parseKeyword(scanner);
  const name = parseName(scanner);
  scanner.skipBlank();
  const open = scanner.position();
  if (!scanner.take(CODE.openBrace))
    scanner.fail({
      expected: `"{" after "digraph ${name}"`,
      remedy: 'Put the statements of the graph in braces.',
    });
  const statements = parseBody(scanner, open, 0);
  scanner.skipBlank();
  if (!scanner.atEnd) failTrailing(scanner);
  return { name, statements, position };
}

function parseKeyword(scanner: Scanner): void {
  const position = scanner.position();
  const found = scanner.describe();
  const word = scanner.identifier();
  if (word === 'digraph') return;
  const remedy =
    word === 'graph'
      ? 'Undirected graphs are not supported; begin with "digraph" and write edges as a -> b.'
      : word === 'strict'
        ? 'Remove "strict"; it is not supported.'
        : word?.toLowerCase() === 'digraph'
          ? 'Write "digraph" in lower case.'
          : word === undefined && scanner.peek() === CODE.hash
            ? 'Comments begin with "//" or stand between "/*" and "*/".'
            : 'A workflow is a directed graph: digraph Name { start -> work -> exit }.';
  scanner.fail({ found, expected: EXPECTED_HEADER, remedy }, position);
}

function parseName(scanner: Scanner): string {
  scanner.skipBlank();
  const name = scanner.identifier();
  if (name !== undefined) return name;
  const code = scanner.peek();
  return scanner.fail({
    expected: 'the name of the graph',
    remedy:
      code === CODE.openBrace
        ? 'Anonymous graphs are not supported; name the graph: digraph Name { ... }.'
        : code === CODE.quote
          ? 'The name of a graph is written without quotes: letters, digits and "_".'
          : 'Name the graph with letters, digits and "_", not beginning with a digit.',
  });
}

function failTrailing(scanner: Scanner): never {
  const another = /^(strict|graph|digraph)\b/.test(scanner.rest());
  throw new DotSyntaxError(
    scanner.position(),
    {
      found: JSON.stringify(scanner.rest()),
      expected: 'nothing after the closing "}" of the graph',
      remedy: another
        ? 'A file holds one graph; move the other one into its own file.'
        : 'Remove it, or move it inside of the braces.',
    },
    'unexpected trailing content',
  );
}

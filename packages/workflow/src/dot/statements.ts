/** Statements between braces. */
import { MAX_SUBGRAPH_DEPTH } from '../limits.js';
import type { Position } from '../text/position.js';
import type { AttributeSyntax, NodeReference, Statement } from './ast.js';
import { parseAttributeBlock } from './attribute-block.js';
import { CODE, isDigit, isIdentStart } from './characters.js';
import type { Scanner } from './scanner.js';
import { parseValue } from './values.js';

const EXPECTED_ID = 'a node id: letters, digits and "_", not beginning with a digit';
const SUBGRAPH_EDGE = 'Edges go from node to node; write one edge for each node of the subgraph.';

const DEFAULTS = {
  graph: 'GraphAttr',
  node: 'NodeDefaults',
  edge: 'EdgeDefaults',
} as const satisfies Record<string, Statement['kind']>;

function isDefaultsKeyword(word: string): word is keyof typeof DEFAULTS {
  return Object.hasOwn(DEFAULTS, word);
}

/** Reads statements up to and with the closing brace; `open` is where the brace was opened. */
export function parseBody(scanner: Scanner, open: Position, depth: number): Statement[] {
  const statements: Statement[] = [];
  for (;;) {
    scanner.skipBlank();
    if (scanner.take(CODE.closeBrace)) return statements;
    if (scanner.atEnd)
      scanner.fail({
        expected: `"}" for the "{" of line ${open.line}, column ${open.column}`,
        remedy: 'Close the braces.',
      });
    statements.push(parseStatement(scanner, depth));
    scanner.skipBlank();
    scanner.take(CODE.semicolon);
  }
}

function parseStatement(scanner: Scanner, depth: number): Statement {
  const position = scanner.position();
  const word = scanner.identifier();
  if (word === undefined) return failStatement(scanner);
  scanner.skipBlank();
  const next = scanner.peek();
  if (isDefaultsKeyword(word) && next === CODE.openBracket)
    return { kind: DEFAULTS[word], attributes: parseAttributeBlock(scanner), position };
  if (word === 'subgraph' && (next === CODE.openBrace || isIdentStart(next)))
    return parseSubgraph(scanner, position, depth);
  if (next === CODE.equals) return parseDeclaration(scanner, word, position);
  if (atArrow(scanner)) return parseChain(scanner, { id: word, position });
  checkAfterId(scanner, word);
  return { kind: 'Node', id: word, attributes: parseOptionalBlock(scanner), position };
}

function parseSubgraph(scanner: Scanner, position: Position, depth: number): Statement {
  if (depth >= MAX_SUBGRAPH_DEPTH)
    scanner.fail(
      {
        found: `a subgraph inside of ${depth} others`,
        expected: `at most ${MAX_SUBGRAPH_DEPTH} levels of subgraphs`,
        remedy: 'Nest subgraphs less deeply.',
      },
      position,
    );
  const name = scanner.identifier();
  scanner.skipBlank();
  const open = scanner.position();
  if (!scanner.take(CODE.openBrace))
    scanner.fail({
      expected: `"{" after "subgraph${name === undefined ? '' : ` ${name}`}"`,
      remedy: 'Put the statements of the subgraph in braces.',
    });
  const statements = parseBody(scanner, open, depth + 1);
  scanner.skipBlank();
  if (atArrow(scanner))
    scanner.fail({
      found: 'an edge that begins at a subgraph',
      expected: 'the next statement',
      remedy: SUBGRAPH_EDGE,
    });
  return { kind: 'Subgraph', name, statements, position };
}

function parseDeclaration(scanner: Scanner, key: string, position: Position): Statement {
  scanner.advance();
  scanner.skipBlank();
  return {
    kind: 'GraphAttrDecl',
    attribute: { key, value: parseValue(scanner), position },
    position,
  };
}

function parseChain(scanner: Scanner, first: NodeReference): Statement {
  const nodes = [first];
  while (atArrow(scanner)) {
    scanner.advance(2);
    scanner.skipBlank();
    const position = scanner.position();
    const id = scanner.identifier();
    if (id === undefined) return failEdgeTarget(scanner);
    scanner.skipBlank();
    const next = scanner.peek();
    if (id === 'subgraph' && (next === CODE.openBrace || isIdentStart(next)))
      scanner.fail({ found: 'a subgraph', expected: EXPECTED_ID, remedy: SUBGRAPH_EDGE }, position);
    if (!atArrow(scanner)) checkAfterId(scanner, id);
    nodes.push({ id, position });
  }
  return {
    kind: 'Edge',
    nodes,
    attributes: parseOptionalBlock(scanner),
    position: first.position,
  };
}

function parseOptionalBlock(scanner: Scanner): AttributeSyntax[] {
  return scanner.peek() === CODE.openBracket ? parseAttributeBlock(scanner) : [];
}

function atArrow(scanner: Scanner): boolean {
  return scanner.peek() === CODE.minus && scanner.peek(1) === CODE.greater;
}

/** Names the usual mistakes behind an id, where the statement would else end. */
function checkAfterId(scanner: Scanner, id: string): void {
  const expected = '"->", "[", "=" or the next statement';
  switch (scanner.peek()) {
    case CODE.minus:
      return scanner.fail({
        expected,
        remedy:
          scanner.peek(1) === CODE.minus
            ? 'Undirected edges are not supported; write a -> b.'
            : `A node id holds letters, digits and "_" only; write "_" instead of "-" after "${id}".`,
      });
    case CODE.colon:
      return scanner.fail({
        found: `a port after "${id}"`,
        expected,
        remedy: 'Ports are not supported; name the node alone.',
      });
    case CODE.dot:
      return scanner.fail({
        expected,
        remedy: `A node id holds no dots; for a dotted graph attribute write graph [${id}.name=value].`,
      });
    default:
      return;
  }
}

function failEdgeTarget(scanner: Scanner): never {
  const code = scanner.peek();
  return scanner.fail({
    expected: `${EXPECTED_ID}, after "->"`,
    remedy:
      code === CODE.quote
        ? 'Node ids are written without quotes; put the text into label="...".'
        : code === CODE.openBrace
          ? SUBGRAPH_EDGE
          : 'Name the node that the edge leads to.',
  });
}

function failStatement(scanner: Scanner): never {
  const code = scanner.peek();
  return scanner.fail({
    expected: 'a statement or "}"',
    remedy: isDigit(code)
      ? 'A node id cannot begin with a digit; begin it with a letter or "_".'
      : statementRemedy(code),
  });
}

function statementRemedy(code: number): string {
  switch (code) {
    case CODE.quote:
      return 'Node ids are written without quotes; put the text into label="...".';
    case CODE.openBrace:
      return 'Write "subgraph" before the brace.';
    case CODE.semicolon:
      return 'Remove the extra ";".';
    case CODE.hash:
      return 'Comments begin with "//" or stand between "/*" and "*/".';
    case CODE.openBracket:
      return 'Write a node id, an edge, or graph, node or edge before "[".';
    default:
      return 'Statements are: id [attributes], a -> b [attributes], key = value, subgraph name { ... }, and graph, node or edge [attributes].';
  }
}

import { describe, expect, it } from 'vitest';
import { DotSyntaxError, codeFrame, parseDot } from '@fabro/workflow';

function failure(source: string): DotSyntaxError {
  try {
    parseDot(source);
  } catch (error) {
    if (error instanceof DotSyntaxError) return error;
    throw error;
  }
  throw new Error(`parsed: ${source}`);
}

describe('every syntax error names place, finding and remedy (§1.1)', () => {
  it.each([
    ['nothing', '', 1, 1, 'the end of the text', /digraph Name \{/],
    ['an anonymous graph', 'digraph { a }', 1, 9, '"{"', /Anonymous graphs are not supported/],
    ['an undirected graph', 'graph G { a }', 1, 1, '"graph"', /Undirected graphs/],
    ['strict', 'strict digraph G { a }', 1, 1, '"strict"', /Remove "strict"/],
    ['a capital letter', 'Digraph G { a }', 1, 1, '"Digraph"', /lower case/],
    ['a quoted graph name', 'digraph "G" { a }', 1, 9, 'a quote (")', /without quotes/],
    ['an undirected edge', 'digraph G {\n  a -- b\n}', 2, 5, '"--"', /write a -> b/],
    ['an undirected edge later', 'digraph G { a -> b -- c }', 1, 20, '"--"', /write a -> b/],
    ['a port', 'digraph G { a:n -> b }', 1, 14, 'a port after "a"', /Ports are not supported/],
    ['a port of a target', 'digraph G { a -> b:n }', 1, 19, 'a port after "b"', /Ports/],
    ['an HTML label', 'digraph G { a [label=<b>] }', 1, 22, '"<"', /HTML labels/],
    [
      'a quoted id',
      'digraph G { "a b" -> c }',
      1,
      13,
      'a quote (")',
      /Node ids are written without/,
    ],
    [
      'a quoted target',
      'digraph G { a -> "c" }',
      1,
      18,
      'a quote (")',
      /Node ids are written without/,
    ],
    ['a quoted key', 'digraph G { a ["label"=x] }', 1, 16, 'a quote (")', /Attribute names/],
    [
      'an edge to a subgraph',
      'digraph G { a -> subgraph x { b } }',
      1,
      18,
      'a subgraph',
      /one edge for each/,
    ],
    ['an edge to braces', 'digraph G { a -> { b c } }', 1, 18, '"{"', /one edge for each/],
    [
      'an edge from a subgraph',
      'digraph G { subgraph x { b } -> c }',
      1,
      30,
      'an edge that begins at a subgraph',
      /one edge for each/,
    ],
    [
      'a semicolon between attributes',
      'digraph G { a [x=1; y=2] }',
      1,
      19,
      '";"',
      /by commas, not by ";"/,
    ],
    ['a blank between attributes', 'digraph G { a [x=1 y=2] }', 1, 20, '"y"', /by commas/],
    ['two blocks', 'digraph G { a [x=1] [y=2] }', 1, 21, 'a second "[...]" block', /one block/],
    ['a trailing comma', 'digraph G { a [x=1,] }', 1, 20, '"]" after a comma', /trailing comma/],
    ['a leading comma', 'digraph G { a [,x=1] }', 1, 16, '","', /extra comma/],
    ['a key without a value', 'digraph G { a [bold] }', 1, 20, '"]"', /bold=true/],
    ['a missing value', 'digraph G { a [x=] }', 1, 18, '"]"', /after "="/],
    ['a bare template', 'digraph G { a [x={{ goal }}] }', 1, 18, '"{"', /template in quotes/],
    [
      'a version number',
      'digraph G { a [x=1.2.3] }',
      1,
      21,
      '"."',
      /Put the value in quotes.*"1\.2"/,
    ],
    [
      'a number with a tail',
      'digraph G { a [x=5abc] }',
      1,
      19,
      '"abc"',
      /Put the value in quotes.*"5"/,
    ],
    ['a dangling dot', 'digraph G { a [x=5.] }', 1, 18, '"5"', /5 or 0\.5/],
    [
      'a huge integer',
      'digraph G { a [x=99999999999999999999] }',
      1,
      18,
      'a number that is too large',
      /in quotes/,
    ],
    [
      'an id with a dash',
      'digraph G { my-node }',
      1,
      15,
      '"-"',
      /write "_" instead of "-" after "my"/,
    ],
    ['an id with a dot', 'digraph G { a.b = 1 }', 1, 14, '"."', /graph \[a\.name=value\]/],
    [
      'an id that begins with a digit',
      'digraph G { 1st }',
      1,
      13,
      '"1st"',
      /cannot begin with a digit/,
    ],
    ['a second semicolon', 'digraph G { a;; }', 1, 15, '";"', /Remove the extra/],
    ['a shell comment', 'digraph G { # no\n }', 1, 13, '"#"', /Comments begin with/],
    ['braces alone', 'digraph G { { a } }', 1, 13, '"{"', /"subgraph" before/],
    [
      'an open string',
      'digraph G {\n a [x="no end]\n}\n',
      2,
      7,
      'a quote (") that is never closed',
      /Close the text/,
    ],
    [
      'an open comment',
      'digraph G { /* no end }',
      1,
      13,
      '"/*" without its "*/"',
      /Close the comment/,
    ],
    ['an open block', 'digraph G { a [x=1', 1, 19, 'the end of the text', /Close the block/],
    ['open braces', 'digraph G {\n  a\n', 3, 1, 'the end of the text', /Close the braces/],
    ['a no-break space', 'digraph G { a\u00a0-> b }', 1, 14, 'U+00A0', /Statements are/],
    ['an en dash', 'digraph G { a –> b }', 1, 15, '"–" (U+2013)', /Statements are/],
  ] as const)('%s', (_, source, line, column, found, remedy) => {
    const error = failure(source);
    expect(error.code).toBe('invalid_workflow');
    expect([error.position.line, error.position.column, error.found]).toEqual([
      line,
      column,
      found,
    ]);
    expect(error.remedy).toMatch(remedy);
    expect(error.message).toBe(
      `Parse error: grammar error: line ${line}, column ${column}: found ${found}, expected ${error.expected}. ${error.remedy}`,
    );
  });

  it('names the brace that is not closed', () => {
    expect(failure('digraph G {\n  subgraph x {\n a }').expected).toBe(
      '"}" for the "{" of line 1, column 11',
    );
  });

  it('quotes the first 50 characters of what follows the graph', () => {
    const error = failure(`digraph G { a }\n${'x'.repeat(80)}`);
    expect(error.message).toContain(
      `Parse error: unexpected trailing content: line 2, column 1: found "${'x'.repeat(50)}"`,
    );
    expect(failure('digraph A {} digraph B {}').remedy).toMatch(/one graph/);
  });

  it('refuses subgraphs nested past the limit instead of running out of stack', () => {
    const nested = (depth: number) =>
      `digraph G {${' subgraph s {'.repeat(depth)}${'}'.repeat(depth)}}`;
    expect(parseDot(nested(64)).statements).toHaveLength(1);
    expect(failure(nested(65)).expected).toBe('at most 64 levels of subgraphs');
    expect(failure(nested(100_000)).expected).toBe('at most 64 levels of subgraphs');
  });

  it('refuses a text past its limit and a block with too many attributes', () => {
    expect(failure(' '.repeat(2_000_001)).expected).toBe('at most 2000000');
    const many = Array.from({ length: 129 }, (_, index) => `k${index}=1`).join(',');
    expect(failure(`digraph G { a [${many}] }`).expected).toBe(
      'at most 128 attributes in one block',
    );
  });
});

describe('a code frame', () => {
  it('shows the line and a caret below the column', () => {
    const source = 'digraph G {\n  a -- b\n}';
    expect(codeFrame(source, failure(source).position)).toBe('2 |   a -- b\n  |     ^');
  });

  it('keeps tabs, drops a carriage return, and points behind the last character at the end', () => {
    const tabbed = 'digraph G {\r\n\ta -- b\r\n}';
    expect(codeFrame(tabbed, failure(tabbed).position)).toBe('2 | \ta -- b\n  | \t  ^');
    const open = 'digraph G { a';
    expect(codeFrame(open, failure(open).position)).toBe('1 | digraph G { a\n  |              ^');
  });

  it('cuts a long line to a window around the column', () => {
    const source = `digraph G { a [x="${'y'.repeat(5000)}" z] }`;
    const [line = '', caret = ''] = codeFrame(source, failure(source).position).split('\n');
    expect(line.length).toBeLessThan(110);
    expect(line.charAt(caret.indexOf('^'))).toBe('z');
  });
});

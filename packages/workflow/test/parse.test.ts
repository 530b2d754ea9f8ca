import { describe, expect, it } from 'vitest';
import { astToJson, parseDot } from '@fabro/workflow';

function statements(body: string): unknown {
  return astToJson(parseDot(`digraph T { ${body} }`))['statements'];
}

function valueOf(text: string): unknown {
  return statements(`a [k=${text}]`);
}

describe('the grammar (§1.1)', () => {
  it('gives the AST JSON of §1.2 for every kind of statement', () => {
    const ast = parseDot(`
      // a comment
      digraph Demo {
        graph [goal="Ship it", rankdir=LR]
        node [shape=box]; edge [weight=2]
        timeout = 30s
        start [shape=Mdiamond]
        start -> plan -> exit [label="next"];
        subgraph cluster_a { inner }
        subgraph { other }
      }
    `);
    expect(astToJson(ast)).toEqual({
      name: 'Demo',
      statements: [
        {
          GraphAttr: [
            ['goal', { Str: 'Ship it' }],
            ['rankdir', { Ident: 'LR' }],
          ],
        },
        { NodeDefaults: [['shape', { Ident: 'box' }]] },
        { EdgeDefaults: [['weight', { Int: 2 }]] },
        { GraphAttrDecl: ['timeout', { Str: '30s' }] },
        { Node: { id: 'start', attrs: [['shape', { Ident: 'Mdiamond' }]] } },
        { Edge: { nodes: ['start', 'plan', 'exit'], attrs: [['label', { Str: 'next' }]] } },
        { Subgraph: { name: 'cluster_a', statements: [{ Node: { id: 'inner', attrs: [] } }] } },
        { Subgraph: { name: null, statements: [{ Node: { id: 'other', attrs: [] } }] } },
      ],
    });
  });

  it.each([
    ['"a b"', { Str: 'a b' }],
    ['"say \\"hi\\""', { Str: 'say "hi"' }],
    ['"a\\\\b\\nc\\td"', { Str: 'a\\b\nc\td' }],
    ['"\\d+\\s"', { Str: '\\d+\\s' }],
    ['"two\nlines"', { Str: 'two\nlines' }],
    ['"http://x /* kept */"', { Str: 'http://x /* kept */' }],
    ['"30s"', { Str: '30s' }],
    ['900ms', { Str: '900ms' }],
    ['15m', { Str: '15m' }],
    ['-2h', { Str: '-2h' }],
    ['7d', { Str: '7d' }],
    ['0.5', { Float: 0.5 }],
    ['.5', { Float: 0.5 }],
    ['-.25', { Float: -0.25 }],
    ['42', { Int: 42 }],
    ['-7', { Int: -7 }],
    ['-0', { Int: 0 }],
    ['true', { Bool: true }],
    ['false', { Bool: false }],
    ['truely', { Ident: 'truely' }],
    ['gpt-5.2-codex', { Str: 'gpt-5.2-codex' }],
    ['claude-sonnet-4-5', { Str: 'claude-sonnet-4-5' }],
    ['parallel.fan_in', { Str: 'parallel.fan_in' }],
    ['Mdiamond', { Ident: 'Mdiamond' }],
    ['_x1', { Ident: '_x1' }],
  ])('reads the value %s', (text, value) => {
    expect(valueOf(text)).toEqual([{ Node: { id: 'a', attrs: [['k', value]] } }]);
  });

  it('takes dotted attribute names, empty blocks and keywords as node ids', () => {
    expect(statements('gate [human.default_choice=ship]')).toEqual([
      { Node: { id: 'gate', attrs: [['human.default_choice', { Ident: 'ship' }]] } },
    ]);
    expect(statements('a []')).toEqual([{ Node: { id: 'a', attrs: [] } }]);
    expect(statements('node -> graph; subgraph -> a')).toEqual([
      { Edge: { nodes: ['node', 'graph'], attrs: [] } },
      { Edge: { nodes: ['subgraph', 'a'], attrs: [] } },
    ]);
  });

  it('needs no semicolons, and takes comments between any two words', () => {
    expect(statements('a/* x */->/* y\n */b // z\n c')).toEqual([
      { Edge: { nodes: ['a', 'b'], attrs: [] } },
      { Node: { id: 'c', attrs: [] } },
    ]);
  });

  it('knows the line and column of statements behind comments and strings of several lines', () => {
    const ast = parseDot('digraph T {\n/* one\ntwo */ a [k="x\ny"]\r\n\tb }');
    expect(ast.statements.map(({ position }) => [position.line, position.column])).toEqual([
      [3, 8],
      [5, 2],
    ]);
  });

  it('skips a byte order mark', () => {
    expect(parseDot('\uFEFFdigraph T {}').name).toBe('T');
  });
});

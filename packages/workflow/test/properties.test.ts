import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@fabro/protocol';
import {
  DotSyntaxError,
  astToJson,
  codeFrame,
  conditionHolds,
  formatDiagnostic,
  parseCondition,
  parseDot,
  prepareAll,
  toGraphviz,
} from '@fabro/workflow';
import type { Ast, AttributeSyntax, Statement, Value } from '@fabro/workflow';
import { tokenize } from '../src/conditions/tokens.js';
import { printDot } from './print-dot.js';
import { ENGINE } from './support/engine.js';

const position = { offset: 0, line: 1, column: 1 };
const PIECES = [
  'digraph',
  'G',
  '{',
  '}',
  '[',
  ']',
  '->',
  '--',
  '=',
  ',',
  ';',
  '"',
  '\\',
  '/*',
  '*/',
  '//',
  '\n',
  ' ',
  'node',
  'edge',
  'graph',
  'subgraph',
  'a',
  'b',
  '5',
  '5m',
  '.5',
  '-',
  'true',
  'label',
  '"x"',
  '@f',
  '{{',
  '}}',
  '{{ goal }}',
  '{{ inputs.a | upper }}',
  '{% if inputs %}',
  '{% endif %}',
  '{% for x in inputs %}',
  '{% endfor %}',
  '{% raw %}',
  '{% endraw %}',
  '{#',
  '#}',
  'import="a.fabro"',
  'prompt="@a.fabro"',
  '}}',
  '{{ goal }}',
  'start',
  'exit',
  'condition',
  '"a=1"',
  'shape=hexagon',
  '\u00e9',
  '\ud800',
];
const soup = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 60 })
  .map((pieces) => pieces.join(''));
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  soup,
  soup.map((inner) => `digraph G {${inner}}`),
);

const ident = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}$/);
const value: fc.Arbitrary<Value> = fc.oneof(
  fc
    .string({ unit: 'binary', maxLength: 20 })
    .map((v) => ({ kind: 'Str', value: v, position }) as const),
  fc.boolean().map((v) => ({ kind: 'Bool', value: v, position }) as const),
  ident
    .filter((word) => word !== 'true' && word !== 'false')
    .map((v) => ({ kind: 'Ident', value: v, position }) as const),
  fc.maxSafeInteger().map((v) => ({ kind: 'Int', value: v, raw: String(v), position }) as const),
  fc
    .tuple(fc.constantFrom('', '-'), fc.nat(), fc.nat())
    .map(([sign, whole, rest]) => `${sign}${whole}.${rest}`)
    .map((raw) => ({ kind: 'Float', value: Number(raw), raw, position }) as const),
);
const attributes: fc.Arbitrary<AttributeSyntax[]> = fc.array(
  fc
    .tuple(fc.array(ident, { minLength: 1, maxLength: 3 }), value)
    .map(([names, v]) => ({ key: names.join('.'), value: v, position })),
  { maxLength: 4 },
);
const { statement } = fc.letrec<{ statement: Statement }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 4 },
    fc.record({
      kind: fc.constant('Node' as const),
      id: ident,
      attributes,
      position: fc.constant(position),
    }),
    fc.record({
      kind: fc.constantFrom('GraphAttr' as const, 'NodeDefaults' as const, 'EdgeDefaults' as const),
      attributes,
      position: fc.constant(position),
    }),
    fc.record({
      kind: fc.constant('GraphAttrDecl' as const),
      attribute: fc.record({ key: ident, value, position: fc.constant(position) }),
      position: fc.constant(position),
    }),
    fc.record({
      kind: fc.constant('Edge' as const),
      nodes: fc.array(
        ident.map((id) => ({ id, position })),
        { minLength: 2, maxLength: 5 },
      ),
      attributes,
      position: fc.constant(position),
    }),
    fc.record({
      kind: fc.constant('Subgraph' as const),
      name: fc.option(ident, { nil: undefined }),
      statements: fc.array(tie('statement'), { maxLength: 4 }),
      position: fc.constant(position),
    }),
  ),
}));
const ast: fc.Arbitrary<Ast> = fc.record({
  name: ident,
  statements: fc.array(statement, { maxLength: 8 }),
  position: fc.constant(position),
});

describe('properties of the language', () => {
  it('the parser throws its own error or nothing, with a place inside of the text', () => {
    fc.assert(
      fc.property(text, (source) => {
        try {
          parseDot(source);
        } catch (error) {
          if (!(error instanceof DotSyntaxError)) throw error;
          expect(error.position.offset).toBeLessThanOrEqual(source.length);
          const before = source.slice(0, error.position.offset).split('\n');
          expect(error.position.line).toBe(before.length);
          expect(error.position.column).toBe((before.at(-1) ?? '').length + 1);
          expect(codeFrame(source, error.position)).toMatch(/\^$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('a printed tree is parsed to the same tree', () => {
    fc.assert(
      fc.property(ast, (tree) => {
        expect(astToJson(parseDot(printDot(tree)))).toEqual(astToJson(tree));
      }),
      { numRuns: 500 },
    );
  });

  it('preparation never throws, and its diagnostics and pictures can always be shown', () => {
    const source = fc.oneof(text, ast.map(printDot));
    fc.assert(
      fc.property(source, fc.dictionary(fc.string(), fc.jsonValue()), (given, inputs) => {
        const { root: prepared } = prepareAll({
          source: given,
          path: 'w/main.fabro',
          inputs: inputs as Readonly<Record<string, JsonValue>>,
          templates: ENGINE,
          // A text may import itself, or be imported by another that it is like.
          files: new Map([['w/a.fabro', given]]),
        });
        for (const diagnostic of prepared.diagnostics)
          expect(formatDiagnostic(diagnostic, given, 'w')).toContain(`(${diagnostic.rule})`);
        if (prepared.graph !== undefined) expect(toGraphviz(prepared.graph)).toMatch(/^digraph "/);
        expect(prepared.ok).toBe(
          prepared.diagnostics.every(({ severity }) => severity !== 'error'),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('conditions are read and evaluated without throwing', () => {
    const words = [
      'outcome',
      'context.x',
      'contains',
      'matches',
      '=',
      '!=',
      '==',
      '>',
      '<=',
      '&&',
      '||',
      '!',
      '"',
      '\\',
      ' ',
      '(',
      '[a-',
      '1',
      '"a b"',
    ];
    const condition = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...words), { maxLength: 15 }).map((parts) => parts.join('')),
      fc.array(fc.constantFrom(...words), { maxLength: 15 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(condition, fc.jsonValue(), (given, stored) => {
        const parsed = parseCondition(given);
        const subject = {
          outcome: 'failed',
          preferredLabel: undefined,
          context: () => stored as JsonValue,
        };
        const holds = conditionHolds(parsed, subject);
        if (!parsed.ok) {
          expect(holds).toBe(false);
          expect(parsed.error.offset).toBeLessThanOrEqual(given.length);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('linear time', () => {
  const shapes: readonly (readonly [string, (n: number) => string])[] = [
    ['a chain', (n) => `digraph G { a${' -> a'.repeat(n)} }`],
    ['statements', (n) => `digraph G { ${'a [k="v", d=5m]; '.repeat(n)} }`],
    ['comments', (n) => `digraph G { ${'/* x */ // y\n'.repeat(n)} }`],
    ['a long string', (n) => `digraph G { a [k="${'\\"'.repeat(n)}"] }`],
    ['an open string', (n) => `digraph G { a [k="${'x'.repeat(n)}`],
    ['an open comment', (n) => `digraph G { ${'/'.repeat(n)}* `],
    ['open subgraphs', (n) => `digraph G { ${'subgraph {'.repeat(n)}`],
    ['a long word', (n) => `digraph G { a [k=${'a-'.repeat(n)}] }`],
    ['a long number', (n) => `digraph G { a [k=${'9'.repeat(n)}x] }`],
  ];

  it.each(shapes)('%s: each character is moved over once', (_, shape) => {
    for (const n of [100, 1000, 10_000]) {
      const source = shape(n);
      const meter = { steps: 0 };
      try {
        parseDot(source, meter);
      } catch (error) {
        if (!(error instanceof DotSyntaxError)) throw error;
      }
      expect(meter.steps).toBeLessThanOrEqual(source.length);
    }
  });

  it('conditions have at most as many words as characters, and patterns do not backtrack', () => {
    expect(tokenize('!a&&'.repeat(2000)).length).toBe(6001);
    const parsed = parseCondition('x matches "(a+)+$"');
    const subject = {
      outcome: 'failed',
      preferredLabel: undefined,
      context: () => `${'a'.repeat(20_000)}b`,
    };
    expect(conditionHolds(parsed, subject)).toBe(false);
  });
});

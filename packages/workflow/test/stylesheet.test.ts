import { describe, expect, it } from 'vitest';
import { attr, lint, prepare } from '@fabro/workflow';
import { applyStylesheet } from '../src/stylesheet/apply.js';
import { parseStylesheet } from '../src/stylesheet/parse.js';
import { graphOf, nodeOf } from './graph-of.js';
import { ENGINE } from './support/engine.js';

describe('the text of a stylesheet (§9.2)', () => {
  it('is rules of one selector with declarations up to ";" or "}"', () => {
    const text = '* { model: claude-sonnet-4-5; provider: anthropic }\n#plan.a{speed:fast}';
    const parsed = parseStylesheet(text);
    if (!parsed.ok) throw new Error(parsed.error.message);
    expect(
      parsed.rules.map(({ selector, declarations }) => [
        selector,
        declarations.map(({ property, value, offset, valueOffset }) => [
          property,
          value,
          text.slice(offset).startsWith(property) && text.slice(valueOffset).startsWith(value),
        ]),
      ]),
    ).toEqual([
      [
        { kind: 'any', name: '', text: '*' },
        [
          ['model', 'claude-sonnet-4-5', true],
          ['provider', 'anthropic', true],
        ],
      ],
      [{ kind: 'id', name: 'plan.a', text: '#plan.a' }, [['speed', 'fast', true]]],
    ]);
  });

  it.each([
    ['.re-view2 { }', 'class', 're-view2'],
    ['hexagon { }', 'shape', 'hexagon'],
    ['parallelogram{}', 'shape', 'parallelogram'],
    ['#X_1 { }', 'id', 'X_1'],
  ])('%s has a selector of kind %s', (text, kind, name) => {
    const parsed = parseStylesheet(text);
    expect(parsed.ok && parsed.rules[0]?.selector).toMatchObject({ kind, name });
  });

  it.each([
    ['', 0],
    [' \n', 0],
    ['* {} box {}', 2],
  ])('%j has its rules', (text, count) => {
    const parsed = parseStylesheet(text);
    expect(parsed.ok && parsed.rules.length).toBe(count);
  });

  it.each([
    ['* ', 2, 'found the end, expected "{" after the selector *'],
    ['* { model: a', 12, 'found the end, expected "}" at the end of the rule *'],
    ['* { model: }', 11, 'found "}", expected a value of the property model'],
    ['* { model: ; }', 11, 'found ";", expected a value of the property model'],
    ['* { model a }', 10, 'found "a", expected ":" after the property model'],
    ['* { : a }', 4, 'found ":", expected a property, or "}"'],
    ['.Review {}', 1, 'found "R", expected a class after "."'],
    ['# {}', 1, 'found " ", expected a node id after "#"'],
    ['a, b {}', 1, 'found ",", expected "{" after the selector a'],
    ['.a.b {}', 2, 'found ".", expected "{" after the selector .a'],
    ['// x', 0, 'found "/", expected a selector: *, a shape, .class or #id'],
    ['} * {}', 0, 'found "}", expected a selector: *, a shape, .class or #id'],
  ])('%j is refused with its place', (text, offset, message) => {
    const parsed = parseStylesheet(text);
    expect(parsed.ok).toBe(false);
    expect(!parsed.ok && parsed.error).toMatchObject({
      offset,
      message: `at character ${offset + 1}: ${message}`,
      remedy: expect.stringMatching(/[^.]$/),
    });
  });
});

/** What a stylesheet gives to the node `n`. */
function given(stylesheet: string, node: string): Record<string, unknown> {
  const graph = applyStylesheet(graphOf(`model_stylesheet="${stylesheet}"; ${node}`));
  return Object.fromEntries(
    ['model', 'provider', 'reasoning_effort', 'speed', 'backend'].flatMap((name) => {
      const value = attr.string(nodeOf(graph, 'n'), name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

describe('what a stylesheet gives (§9.2)', () => {
  it.each([
    ['* gives to every node', '* { model: a; }', 'n', { model: 'a' }],
    ['a shape goes before *', 'box { model: b; } * { model: a; }', 'n [shape=box]', { model: 'b' }],
    ['a node without a shape is a box', 'box { model: b; }', 'n', { model: 'b' }],
    [
      'a class goes before a shape',
      '.c { model: c; } box { model: b; }',
      'n [class=c]',
      { model: 'c' },
    ],
    [
      'an id goes before a class',
      '#n { model: d; } .c { model: c; }',
      'n [class=c]',
      { model: 'd' },
    ],
    ['the later of equals wins', '* { model: a; } * { model: b; }', 'n', { model: 'b' }],
    [
      'the later rule wins among classes, whatever their order at the node',
      '.x { model: a; } .y { model: b; }',
      'n [class="y,x"]',
      { model: 'b' },
    ],
    [
      'each property is decided by itself',
      '* { model: a; speed: fast; } #n { model: b; }',
      'n',
      { model: 'b', speed: 'fast' },
    ],
    ['an attribute of the node wins always', '#n { model: d; }', 'n [model=own]', { model: 'own' }],
    ['a default of nodes wins too', '#n { model: d; }', 'node [model=own] n', { model: 'own' }],
    [
      'all five properties are known',
      '* { model: a; provider: p; reasoning_effort: low; speed: fast; backend: cli; }',
      'n',
      { model: 'a', provider: 'p', reasoning_effort: 'low', speed: 'fast', backend: 'cli' },
    ],
    ['other properties are ignored', '* { prompt: x; goal_gate: true; }', 'n', {}],
    [
      'the class of a subgraph counts',
      '.the-plan { model: p; }',
      'subgraph s { label="The Plan"; n }',
      { model: 'p' },
    ],
    ['a selector that fits no node gives nothing', '.other { model: a; }', 'n [class=c]', {}],
    ['a stylesheet with a mistake gives nothing', '* { model: a; } oops', 'n', {}],
  ])('%s', (_, stylesheet, node, expected) => {
    expect(given(stylesheet, node)).toEqual(expected);
  });

  it('is in the graph that preparation gives, after templates were rendered', () => {
    const prepared = prepare({
      source:
        'digraph G { model_stylesheet="* { speed: {{ inputs.speed }}; }" start -> n -> exit; n [label=N] }',
      path: 'w.fabro',
      inputs: { speed: 'fast' },
      templates: ENGINE,
    });
    if (prepared.graph === undefined) throw new Error('no graph');
    expect(attr.string(nodeOf(prepared.graph, 'n'), 'speed')).toBe('fast');
    expect(prepared.diagnostics).toEqual([]);
  });
});

describe('a mistake in a stylesheet is shown where it stands in the workflow', () => {
  const places = (body: string): unknown[] =>
    lint({ graph: graphOf(body), path: 'w.fabro' })
      .filter(({ rule }) => rule.startsWith('stylesheet_'))
      .map(({ rule, position }) => [rule, position?.line, position?.column]);
  const SHELL = 'start -> n -> exit; n [label=N];';

  it('in the line of the attribute', () => {
    expect(places(`${SHELL}\nmodel_stylesheet = "* { model }"`)).toEqual([
      ['stylesheet_syntax', 3, 31],
    ]);
  });

  it('in a later line of the text, behind escapes', () => {
    expect(places(`${SHELL}\nmodel_stylesheet="\n  /* \\"x\\" */"`)).toEqual([
      ['stylesheet_syntax', 4, 3],
    ]);
    expect(places(`${SHELL}\nmodel_stylesheet="* { model: \\"x\\"; y: z; }"`)).toEqual([
      ['stylesheet_property_known', 3, 37],
    ]);
  });

  it('at the attribute when a template made the text', () => {
    const prepared = prepare({
      source:
        'digraph G {\n  graph [model_stylesheet="{{ inputs.s }}"]\n start -> n -> exit; n [label=N] }',
      path: 'w.fabro',
      inputs: { s: '* { model }' },
      templates: ENGINE,
    });
    expect(prepared.diagnostics.map(({ position }) => [position?.line, position?.column])).toEqual([
      [2, 10],
    ]);
  });
});

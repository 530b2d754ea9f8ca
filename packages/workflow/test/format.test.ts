import { expect, it } from 'vitest';
import { type Attribute, type Diagnostic, formatDiagnostic } from '@fabro/workflow';
import { positionInText } from '../src/graph/position-in-text.js';
import { graphOf } from './graph-of.js';

const MAIN = 'digraph Main {\n  checks [import="checks.fabro"]\n}\n';
const CHECKS = 'digraph Checks {\n  lint [timeout=600]\n}\n';
const diagnostic: Diagnostic = {
  rule: 'attribute_type',
  severity: 'warning',
  message: 'wrong',
  node_id: 'checks.lint',
  edge: null,
  fix: 'right it',
  position: {
    offset: 25,
    line: 2,
    column: 11,
    origin: { path: 'checks.fabro', line: 2, column: 9 },
  },
};

it('a mistake in an imported workflow is shown with the line that names it and its own', () => {
  const named = (path: string) => ({ path: `flows/${path}`, source: CHECKS });
  expect(formatDiagnostic(diagnostic, MAIN, 'flows/main.fabro', named)).toBe(
    [
      'warning [node: checks.lint]: wrong (attribute_type)',
      '  at flows/main.fabro:2:11',
      '  2 |   checks [import="checks.fabro"]',
      '    |           ^',
      '  in flows/checks.fabro:2:9',
      '  2 |   lint [timeout=600]',
      '    |         ^',
      '  fix: right it',
    ].join('\n'),
  );
});

it('or without its own when that text is not at hand', () => {
  expect(formatDiagnostic(diagnostic, MAIN, 'main.fabro').split('\n').slice(-2)).toEqual([
    '  in checks.fabro:2:9',
    '  fix: right it',
  ]);
});

/** The first attribute of a graph whose text is `graph [x=...]`. */
function attributeOf(text: string): Attribute {
  const attribute = graphOf(`graph [x=${text}]`).attributes.get('x');
  if (attribute === undefined) throw new Error('no attribute');
  return attribute;
}

it.each([
  ['"abc"', 0, [2, 11]],
  ['"abc"', 2, [2, 13]],
  ['"a\\"b"', 2, [2, 14]],
  ['"a\nbc"', 3, [3, 2]],
  ['"abc"', 99, [2, 14]],
  ['\n  "abc"', 1, [3, 5]],
  ['\n  "a\nb"', 2, [4, 1]],
  ['abc', 2, [2, 8]],
])('character %j at %i of a text is found in the file', (text, offset, place) => {
  const { line, column } = positionInText(attributeOf(text), offset);
  expect([line, column]).toEqual(place);
});

it('a character of an imported text is found in the imported file', () => {
  const origin = { path: 'i.fabro', line: 2, column: 8 };
  const position = { offset: 7, line: 9, column: 9, origin };
  expect(positionInText({ ...attributeOf('"a\nbc"'), position }, 3)).toEqual({
    ...position,
    origin: { path: 'i.fabro', line: 3, column: 2 },
  });
});

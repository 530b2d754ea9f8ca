import { describe, expect, it } from 'vitest';
import {
  childKeyOf,
  diagnosticLine,
  formatDiagnostic,
  goalOf,
  prepareAll,
  type PrepareAllInput,
} from '@fabro/workflow';
import { graphOf, nodeOf } from './graph-of.js';
import { ENGINE } from './support/engine.js';

const ENDS = 'start [shape=Mdiamond] exit [shape=Msquare]';
/** A workflow whose node `m` runs the child that the attributes name. */
function managing(attributes: string): string {
  return `digraph G { ${ENDS}\n m [shape=house, label=m, ${attributes}]\n start -> m -> exit }`;
}
const CHILD = `digraph C { goal="Tidy {{ inputs.what }}" ${ENDS} start -> w -> exit w [label="{{ goal }}"] }`;

function prepared(source: string, workflows: Record<string, string> = {}, more = {}) {
  const input: PrepareAllInput = {
    source,
    path: 'w/main.fabro',
    inputs: { what: 'up' },
    templates: ENGINE,
    workflows: new Map(Object.entries(workflows).map(([path, text]) => [path, { source: text }])),
    ...more,
  };
  const { root, children } = prepareAll(input);
  return { root, children, lines: root.diagnostics.map(diagnosticLine) };
}

describe('child workflows (§3.2 stack.manager_loop)', () => {
  it.each([
    ['stack.child_workflow="../lib/c.fabro"', 'lib/c.fabro'],
    ['stack.child_dotfile="c.fabro"', 'w/c.fabro'],
    ['stack.child_dot_source="digraph C {}"', 'w/main.fabro#m'],
    ['stack.child_workflow="a.fabro", stack.child_dotfile="b.fabro"', 'w/a.fabro'],
    ['stack.child_workflow="a.fabro", stack.child_dot_source="digraph C {}"', 'w/main.fabro#m'],
    ['stack.child_workflow="/etc/c.fabro"', undefined],
    ['stack.child_workflow=" "', undefined],
    ['label=x', undefined],
  ])('%s has the key %s', (attributes, key) => {
    expect(childKeyOf(nodeOf(graphOf(`m [${attributes}]`), 'm'), 'w/main.fabro')).toBe(key);
  });

  it('are prepared with the inputs of the run and their own goal, once for many nodes', () => {
    const source = `digraph G { ${ENDS} a [shape=house, stack.child_workflow="c.fabro"] b [shape=house, stack.child_workflow="./c.fabro"] start -> a -> b -> exit }`;
    const { root, children } = prepared(source, { 'w/c.fabro': CHILD }, { goal: 'of the root' });
    expect(root.ok).toBe(true);
    expect(root.diagnostics).toEqual([]);
    expect([...children.keys()]).toEqual(['w/c.fabro']);
    const child = children.get('w/c.fabro');
    expect(child && goalOf(child)).toBe('Tidy up');
  });

  it('are found at any depth, relative to the child that names them', () => {
    const { root, children } = prepared(managing('stack.child_workflow="../lib/c.fabro"'), {
      'lib/c.fabro': managing('stack.child_workflow="deep/d.fabro"'),
      'lib/deep/d.fabro': CHILD,
    });
    expect(root.ok).toBe(true);
    expect([...children.keys()]).toEqual(['lib/c.fabro', 'lib/deep/d.fabro']);
  });

  it('may stand in the attribute itself', () => {
    const inner = `digraph C { ${ENDS} start -> m -> exit m [shape=house, stack.child_workflow=\\"c.fabro\\"] }`;
    const { root, children } = prepared(managing(`stack.child_dot_source="${inner}"`), {
      'w/c.fabro': CHILD,
    });
    expect(root.ok).toBe(true);
    expect([...children.keys()]).toEqual(['w/main.fabro#m', 'w/c.fabro']);
  });

  it('may name themselves and the workflow that runs them', () => {
    const { root, children } = prepared(managing('stack.child_workflow="c.fabro"'), {
      'w/c.fabro': managing('stack.child_workflow="d.fabro"'),
      'w/d.fabro': `digraph D { ${ENDS} a [shape=house, stack.child_workflow="d.fabro"] b [shape=house, stack.child_workflow="main.fabro"] start -> a -> b -> exit }`,
    });
    expect(root.ok).toBe(true);
    expect([...children.keys()]).toEqual(['w/c.fabro', 'w/d.fabro', 'w/main.fabro']);
    expect(children.get('w/main.fabro')).toBe(root.graph);
  });

  it.each([
    [
      'stack.child_workflow="no.fabro"',
      'file not found: w/no.fabro',
      "Fix stack.child_workflow of node 'm'; it is relative to the folder of w/main.fabro",
    ],
    [
      'stack.child_dotfile="../../c.fabro"',
      'invalid manifest path: "w/../../c.fabro" leaves the manifest by ".."; a path is relative to the project, uses "/" and stays inside: for example prompts/plan.md',
      "Fix stack.child_dotfile of node 'm'; it is relative to the folder of w/main.fabro",
    ],
    [
      'label=m',
      "node 'm' names no child workflow",
      'Name its file by stack.child_workflow="child.fabro"',
    ],
    [
      'stack.child_workflow="bad.fabro"',
      'w/bad.fabro: Parse error: grammar error: line 2, column 3: found "--", expected "->", "[", "=" or the next statement. Undirected edges are not supported; write a -> b.',
      'Undirected edges are not supported; write a -> b.',
    ],
  ])('%s is an error at the node: Failed to parse child pipeline: %s', (attributes, why, fix) => {
    const { root, lines } = prepared(managing(attributes), {
      'w/bad.fabro': 'digraph B {\na -- b }',
    });
    expect(root.ok).toBe(false);
    expect(lines).toEqual([
      `error [node: m]: Failed to parse child pipeline: ${why} (child_workflow)`,
    ]);
    expect(root.diagnostics[0]?.fix).toBe(fix);
    expect(root.diagnostics[0]?.position?.line).toBe(2);
  });

  it('are linted, and what is found is shown at the node with the place in the child', () => {
    const source = managing('stack.child_workflow="c.fabro"');
    const { root } = prepared(source, {
      'w/c.fabro': managing('stack.child_workflow="d.fabro"'),
      'w/d.fabro': `digraph D { ${ENDS} start -> exit\n  w [label=w] w -> start }`,
    });
    expect(root.ok).toBe(false);
    expect(root.diagnostics.map((one) => formatDiagnostic(one, source, 'w/main.fabro'))).toEqual([
      [
        "warning [node: m]: child workflow w/d.fabro: Node 'w' is not reachable from the start node (reachability)",
        '  at w/main.fabro:2:27',
        '  2 |  m [shape=house, label=m, stack.child_workflow="c.fabro"]',
        '    |                           ^',
        '  in w/d.fabro:2:3',
        "  fix: Add an edge to 'w' or remove it",
      ].join('\n'),
      [
        "error [node: m]: child workflow w/d.fabro: Start node 'start' has 1 incoming edge(s) but must have none (start_no_incoming)",
        '  at w/main.fabro:2:27',
        '  2 |  m [shape=house, label=m, stack.child_workflow="c.fabro"]',
        '    |                           ^',
        '  in w/d.fabro:2:15',
        '  fix: Lead the edges to the node after the start node',
      ].join('\n'),
    ]);
  });

  it('are at most 100 in a run', () => {
    const names = Array.from({ length: 101 }, (_, index) => `c${index}`);
    const source = `digraph G { ${ENDS} ${names.map((name) => `${name} [shape=house, stack.child_workflow="${name}.fabro"]`).join(' ')} start -> ${names.join(' -> ')} -> exit }`;
    const texts = Object.fromEntries(names.map((name) => [`w/${name}.fabro`, CHILD]));
    const { lines, children } = prepared(source, texts);
    expect(children.size).toBe(100);
    expect(lines).toEqual([
      'error [node: c100]: Failed to parse child pipeline: more than 100 child workflows (child_workflow)',
    ]);
  });
});

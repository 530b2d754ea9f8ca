import { describe, expect, it } from 'vitest';
import {
  type Graph,
  attr,
  childKeyOf,
  diagnosticLine,
  formatDiagnostic,
  outgoing,
  prepare,
  prepareAll,
} from '@fabro/workflow';
import { nodeOf } from './graph-of.js';
import { ENGINE } from './support/engine.js';

const ENDS = 'start [shape=Mdiamond] exit [shape=Msquare]';
const CHECKS = `digraph Checks { ${ENDS}
  lint [prompt="Run {{ inputs.tool }} for {{ goal }}", retry_target=test, class=code]
  test [prompt="@test.md", retry_target=nowhere, model=own]
  start -> lint -> test -> exit  lint -> test [condition="outcome=failed", label=again] }`;
const FILES = {
  'lib/checks.fabro': CHECKS,
  'lib/test.md': 'Test it',
  'lib/empty.fabro': `digraph E { ${ENDS} start -> exit }`,
};

function prepared(body: string, files: Readonly<Record<string, string>> = {}) {
  const source = `digraph G {\n${body}\n${ENDS} }`;
  return {
    source,
    ...prepare({
      source,
      path: 'w/main.fabro',
      files: new Map(Object.entries({ ...FILES, ...files })),
      inputs: { tool: 'eslint' },
      templates: ENGINE,
    }),
  };
}

/** The graph; fails the test when there is an error. */
function graphWith(body: string, files?: Readonly<Record<string, string>>): Graph {
  const { ok, graph, diagnostics } = prepared(body, files);
  if (!ok || graph === undefined) throw new Error(diagnostics.map(diagnosticLine).join('\n'));
  return graph;
}

function edgesOf(graph: Graph): string[] {
  return graph.edges.map(({ from, to, attributes }) =>
    [`${from} -> ${to}`, ...attributes.keys()].join(' '),
  );
}

function errors(body: string, files?: Readonly<Record<string, string>>) {
  return prepared(body, files)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ rule, node_id, message, fix }) => [rule, node_id, message, fix]);
}

describe('imports (§1.4)', () => {
  it('put the nodes in place: sentinels vanish, edges keep their attributes', () => {
    const graph = graphWith(
      'goal=ship a [label=a] X [import="../lib/checks.fabro"] start -> a -> X [label=go] X -> exit [condition="outcome=succeeded"] X -> a',
    );
    expect([...graph.nodes.keys()]).toEqual(['a', 'X.lint', 'X.test', 'start', 'exit']);
    expect(edgesOf(graph)).toEqual([
      'start -> a label',
      'a -> X.lint label',
      'X.test -> exit condition',
      'X.test -> a',
      'X.lint -> X.test',
      'X.lint -> X.test condition label',
    ]);
    expect(attr.string(nodeOf(graph, 'X.lint'), 'prompt')).toBe('Run eslint for ship');
    expect(attr.string(nodeOf(graph, 'X.test'), 'prompt')).toBe('Test it');
  });

  it('rename retry targets and the default choice, on both sides', () => {
    const graph = graphWith(
      `retry_target=X a [label=a, retry_target=X] X [import="gate.fabro"] start -> a -> X -> exit`,
      {
        'w/gate.fabro': `digraph Q { ${ENDS} ask [shape=hexagon, human.default_choice=yes, retry_target=start] yes [label=y, retry_target=other, fallback_retry_target=exit] no [label=n] end_ [label=e]
          start -> ask ask -> yes ask -> no yes -> end_ no -> end_ end_ -> exit }`,
      },
    );
    expect(attr.string(graph, 'retry_target')).toBe('X.ask');
    expect(attr.string(nodeOf(graph, 'a'), 'retry_target')).toBe('X.ask');
    expect(attr.string(nodeOf(graph, 'X.ask'), 'human.default_choice')).toBe('X.yes');
    expect(attr.string(nodeOf(graph, 'X.ask'), 'retry_target')).toBe('X.ask');
    expect(attr.string(nodeOf(graph, 'X.yes'), 'retry_target')).toBe('X.other');
    expect(attr.string(nodeOf(graph, 'X.yes'), 'fallback_retry_target')).toBe('X.end_');
  });

  it('give the classes of the placeholder and its name, and its defaults where a node has none', () => {
    const graph = graphWith(
      'subgraph c { label="My Part" Lint_All [import="../lib/checks.fabro", class="a,b", model=haiku, max_retries=2] } start -> Lint_All -> exit',
    );
    expect(nodeOf(graph, 'Lint_All.lint').classes).toEqual([
      'code',
      'my-part',
      'a',
      'b',
      'lintall',
    ]);
    expect(attr.string(nodeOf(graph, 'Lint_All.lint'), 'model')).toBe('haiku');
    expect(attr.integer(nodeOf(graph, 'Lint_All.lint'), 'max_retries')).toBe(2);
    expect(attr.string(nodeOf(graph, 'Lint_All.test'), 'model')).toBe('own');
    expect(graph.clusters).toEqual([
      {
        label: 'My Part',
        nodes: [],
        clusters: [{ label: 'Lint_All', nodes: ['Lint_All.lint', 'Lint_All.test'], clusters: [] }],
      },
    ]);
  });

  it('do not take defaults of all nodes for words about the placeholder', () => {
    const graph = graphWith(
      'node [shape=box, model=haiku, timeout=30s] X [import="../lib/checks.fabro"] start -> X -> exit',
    );
    expect(attr.string(nodeOf(graph, 'X.lint'), 'model')).toBe('haiku');
    expect(attr.durationMs(nodeOf(graph, 'X.lint'), 'timeout')).toBeUndefined();
  });

  it('may repeat and nest; files are relative to the imported file', () => {
    const graph = graphWith(
      'A [import="outer.fabro"] B [import="outer.fabro"] start -> A -> B -> exit',
      {
        'w/outer.fabro': `digraph O { ${ENDS} X [import="../lib/checks.fabro"] Y [import="../lib/checks.fabro"] start -> X -> Y -> exit }`,
      },
    );
    expect([...graph.nodes.keys()]).toEqual([
      'A.X.lint',
      'A.X.test',
      'A.Y.lint',
      'A.Y.test',
      'B.X.lint',
      'B.X.test',
      'B.Y.lint',
      'B.Y.test',
      'start',
      'exit',
    ]);
    expect(outgoing(graph, 'A.Y.test').map(({ to }) => to)).toEqual(['B.X.lint']);
    expect(attr.string(nodeOf(graph, 'B.X.lint'), 'retry_target')).toBe('B.X.test');
    expect(nodeOf(graph, 'B.X.lint').classes).toEqual(['code', 'x', 'b']);
    expect(attr.string(nodeOf(graph, 'B.Y.test'), 'prompt')).toBe('Test it');
  });

  it('of nothing but start and exit are bypassed by plain edges', () => {
    const graph = graphWith(
      'a [label=a] b [label=b] c [label=c] X [import="../lib/empty.fabro"] Y [import="../lib/empty.fabro"] start -> a a -> X b -> X X -> Y Y -> c Y -> exit a -> b c -> exit',
    );
    expect(edgesOf(graph)).toEqual([
      'start -> a',
      'a -> c',
      'a -> exit',
      'b -> c',
      'b -> exit',
      'a -> b',
      'c -> exit',
    ]);
  });

  it('leave child workflows where the imported file names them', () => {
    const { root, children } = prepareAll({
      source: `digraph G { ${ENDS} X [import="../lib/m.fabro"] start -> X -> exit }`,
      path: 'w/main.fabro',
      files: new Map([
        [
          'lib/m.fabro',
          `digraph M { ${ENDS} m [shape=house, stack.child_workflow="c.fabro"] start -> m -> exit }`,
        ],
      ]),
      workflows: new Map([
        ['lib/c.fabro', { source: `digraph C { ${ENDS} start -> w -> exit w [label=w] }` }],
      ]),
    });
    expect(root.ok).toBe(true);
    expect([...children.keys()]).toEqual(['lib/c.fabro']);
    const node = root.graph && nodeOf(root.graph, 'X.m');
    expect(node && childKeyOf(node, 'w/main.fabro')).toBe('lib/c.fabro');
  });
});

describe('an import that cannot be carried out is an error at its placeholder (§1.4)', () => {
  const X = 'start -> X -> exit';
  /** An imported workflow. */
  const of = (body: string) => ({ 'w/i.fabro': `digraph I { ${body} }` });
  const I = 'X [import="i.fabro"]';

  it.each<[string, string, Readonly<Record<string, string>>, string]>([
    [
      "import placeholder 'X' cannot have a self-loop",
      `X [import="../lib/checks.fabro"] ${X} X -> X`,
      {},
      'Remove the edge X -> X, or put the loop into the imported workflow',
    ],
    [
      "import placeholder 'X' has unsupported attribute 'prompt'",
      `X [import="../lib/checks.fabro", model=a, prompt=b] ${X}`,
      {},
      'Write prompt at the nodes of the imported workflow; a placeholder has import, class, model, provider, reasoning_effort, speed, backend, fidelity, max_retries, thread_id',
    ],
    [
      'file not found: ./no.fabro',
      `X [import="./no.fabro"] ${X}`,
      {},
      'Create w/no.fabro or fix the path; it is relative to the folder of w/main.fabro',
    ],
    [
      'file not found: /etc/no.fabro',
      `X [import="/etc/no.fabro"] ${X}`,
      {},
      'invalid manifest path: "/etc/no.fabro" is absolute; a path is relative to the project, uses "/" and stays inside: for example prompts/plan.md',
    ],
    [
      'circular import detected: w/main.fabro -> w/main.fabro',
      `X [import="main.fabro"] ${X}`,
      {},
      'Remove the import of w/main.fabro from w/main.fabro',
    ],
    [
      'failed to parse w/i.fabro: Parse error: grammar error: line 1, column 15: found "--", expected "->", "[", "=" or the next statement. Undirected edges are not supported; write a -> b.',
      `${I} ${X}`,
      of('a -- b'),
      'In w/i.fabro, line 1: Undirected edges are not supported; write a -> b.',
    ],
    [
      "node 'n' in imported workflow has unresolved file reference: @p.md",
      `${I} ${X}`,
      of(`${ENDS} n [prompt="@p.md"] start -> n -> exit`),
      'Create the file or fix the reference; it is relative to the folder of w/i.fabro',
    ],
    [
      'imported workflow must have exactly one start node, found 0',
      `${I} ${X}`,
      of('a -> exit'),
      'Give the imported workflow one node of shape=Mdiamond',
    ],
    [
      'imported workflow must have exactly one start node, found 2',
      `${I} ${X}`,
      of('a [shape=Mdiamond] b [shape=Mdiamond] a -> b -> exit'),
      'Give the imported workflow one node of shape=Mdiamond',
    ],
    [
      'imported workflow must have exactly one exit node, found 0',
      `${I} ${X}`,
      of('start -> a'),
      'Give the imported workflow one node of shape=Msquare',
    ],
    [
      "imported workflow leads an edge to its start node 'start'",
      `${I} ${X}`,
      of('start -> a -> exit a -> start'),
      'Remove the edge a -> start of the imported workflow',
    ],
    [
      "imported workflow leads an edge from its exit node 'exit'",
      `${I} ${X}`,
      of('start -> a -> exit -> a'),
      'Remove the edge exit -> a of the imported workflow',
    ],
    [
      "imported workflow must have exactly one successor of its start node 'start', found 2",
      `${I} ${X}`,
      of('start -> a -> exit start -> b -> exit'),
      'Begin the imported workflow with one node, for example one that branches',
    ],
    [
      "imported workflow must have exactly one successor of its start node 'start', found 0",
      `${I} ${X}`,
      of('start a -> exit'),
      'Begin the imported workflow with one node, for example one that branches',
    ],
    [
      "imported workflow must have exactly one predecessor of its exit node 'exit', found 2",
      `${I} ${X}`,
      of('start -> a -> b -> exit a -> exit'),
      'Lead all ways of the imported workflow to one last node',
    ],
    ...['condition', 'label', 'weight', 'fidelity', 'thread_id', 'loop_restart', 'freeform'].map(
      (key): [string, string, Readonly<Record<string, string>>, string] => [
        `imported workflow has '${key}' on edge start -> a, which vanishes with its start and exit`,
        `${I} ${X}`,
        of(`start -> a [${key}=1] a -> exit`),
        `Remove ${key} from the edge, or add a node between`,
      ],
    ),
    [
      "imported workflow has 'label' on edge a -> exit, which vanishes with its start and exit",
      `${I} ${X}`,
      of('start -> a a -> exit [label=x]'),
      'Remove label from the edge, or add a node between',
    ],
    [
      'imported workflow leads from its start node straight to its exit node, past its other nodes',
      `${I} ${X}`,
      of('start -> exit a -> b'),
      'Lead the start node to the first of the other nodes',
    ],
    [
      "empty import 'X' cannot bypass semantic edges",
      `X [import="../lib/empty.fabro"] start -> X -> exit [label=go]`,
      {},
      "Add a node to lib/empty.fabro, or lead the edges past 'X'",
    ],
  ])('%s', (message, body, files, fix) => {
    const [first] = errors(body, files);
    expect(first).toEqual(['import_error', 'X', message, fix]);
  });

  it('circular imports name the files on the way', () => {
    const link = (file: string) => `digraph L { ${ENDS} start -> L -> exit L [import="${file}"] }`;
    const files = {
      'w/a.fabro': link('b.fabro'),
      'w/b.fabro': link('a.fabro'),
      'w/self.fabro': link('./self.fabro'),
      'w/back.fabro': link('main.fabro'),
    };
    expect(errors(`X [import="a.fabro"] ${X}`, files)).toEqual([
      [
        'import_error',
        'X.L.L',
        'circular import detected: w/a.fabro -> w/b.fabro -> w/a.fabro',
        'Remove the import of w/a.fabro from w/b.fabro',
      ],
    ]);
    expect(errors(`X [import="self.fabro"] ${X}`, files)[0]?.[2]).toBe(
      'circular import detected: w/self.fabro -> w/self.fabro',
    );
    expect(errors(`X [import="back.fabro"] ${X}`, files)[0]?.[2]).toBe(
      'circular import detected: w/main.fabro -> w/back.fabro -> w/main.fabro',
    );
  });

  it('a failed import is told once: its node has no prompt because it was to be replaced', () => {
    const { diagnostics } = prepared(`X [import="no.fabro"] ${X}`);
    expect(diagnostics.map(({ rule }) => rule)).toEqual(['import_error']);
  });

  it('shows the placeholder, and the place in the imported file where it is there', () => {
    const { source, diagnostics } = prepared(
      'A [import="a.fabro"]\nB [import="b.fabro"] start -> A -> B -> exit',
      {
        'w/a.fabro': `digraph A {\n  L [import="no.fabro"] ${ENDS} start -> L -> exit }`,
      },
    );
    const errorsShown = diagnostics
      .filter(({ rule }) => rule === 'import_error')
      .map((one) => formatDiagnostic(one, source, 'w/main.fabro'));
    expect(errorsShown).toEqual([
      [
        'error [node: A.L]: file not found: no.fabro (import_error)',
        '  at w/main.fabro:2:4',
        '  2 | A [import="a.fabro"]',
        '    |    ^',
        '  in w/a.fabro:2:6',
        '  fix: Create w/no.fabro or fix the path; it is relative to the folder of w/a.fabro',
      ].join('\n'),
      [
        'error [node: B]: file not found: b.fabro (import_error)',
        '  at w/main.fabro:3:4',
        '  3 | B [import="b.fabro"] start -> A -> B -> exit',
        '    |    ^',
        '  fix: Create w/b.fabro or fix the path; it is relative to the folder of w/main.fabro',
      ].join('\n'),
    ]);
  });

  it('a template failure in an imported text stops everything', () => {
    const files = of(`{% for x in nope %} a{{ x }} {% endfor %} ${ENDS}`);
    const nested = { 'w/o.fabro': `digraph O { ${ENDS} ${I} start -> X -> exit }`, ...files };
    for (const { ok, diagnostics } of [
      prepared(`${I} ${X}`, files),
      prepared(`X [import="o.fabro"] ${X}`, nested),
    ]) {
      expect(ok).toBe(false);
      expect(diagnostics.map((one) => [diagnosticLine(one), one.position?.line])).toEqual([
        [
          'error [node: X]: Parse error: template expansion failed: w/i.fabro: line 1, column 25: undefined variable "nope"; known are goal, inputs.tool (template_error)',
          2,
        ],
      ]);
    }
    const value = prepared(`${I} ${X}`, of(`${ENDS} start -> n -> exit\n n [prompt="{{ nope }}"]`));
    expect(value.ok).toBe(false);
    expect(value.diagnostics.map(({ message, position }) => [message, position?.line])).toEqual([
      [
        'Parse error: template expansion failed: w/i.fabro: line 2, column 16: node \'X.n\', attribute prompt: undefined variable "nope"; known are goal, inputs.tool',
        2,
      ],
    ]);
  });

  it('more than 500 imports, and more than 20000 nodes, are refused', () => {
    const names = Array.from({ length: 501 }, (_, index) => `n${index}`);
    const many = names.map((name) => `${name} [import="../lib/checks.fabro"]`).join(' ');
    expect(errors(`${many} start -> ${names.join(' -> ')} -> exit`)).toEqual([
      [
        'import_error',
        'n500',
        'the workflow has more than 500 imports',
        'Import fewer workflows, or run them as child workflows',
      ],
    ]);
    const steps = Array.from({ length: 10_001 }, (_, index) => `s${index}`).join(' -> ');
    const large = { 'w/l.fabro': `digraph L { ${ENDS} start -> ${steps} -> exit }` };
    const [first] = errors(
      'A [import="l.fabro"] B [import="l.fabro"] start -> A -> B -> exit',
      large,
    );
    expect(first?.[2]).toBe('imports make the workflow larger than 20000 nodes or 50000 edges');
  });
});

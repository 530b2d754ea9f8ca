import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@fabro/protocol';
import {
  type Graph,
  type PrepareInput,
  attr,
  diagnosticLine,
  formatDiagnostic,
  goalOf,
  labelOf,
  prepare,
} from '@fabro/workflow';
import { nodeOf } from './graph-of.js';
import { ENGINE } from './support/engine.js';

const INPUTS: Readonly<Record<string, JsonValue>> = {
  x: 'Y',
  n: 3,
  yes: true,
  limit: '5m',
  deep: { er: { name: 'core' } },
  list: ['a', 'b'],
  quoted: 'say "hi" \\ {{ goal }}',
};
const ENDS = 'start [shape=Mdiamond] exit [shape=Msquare] start -> n -> exit';

function prepared(source: string, more: Partial<PrepareInput> = {}) {
  return prepare({ source, path: 'w/main.fabro', inputs: INPUTS, templates: ENGINE, ...more });
}

/** The graph of statements, with a node `n`; fails the test when there is an error. */
function graphWith(body: string, more: Partial<PrepareInput> = {}): Graph {
  const { ok, graph, diagnostics } = prepared(`digraph G {\n${body}\n${ENDS} }`, more);
  if (!ok || graph === undefined) throw new Error(diagnostics.map(diagnosticLine).join('\n'));
  return graph;
}

function promptOf(prompt: string, goal = ''): string | undefined {
  return attr.string(nodeOf(graphWith(`goal="${goal}" n [prompt="${prompt}"]`), 'n'), 'prompt');
}

/** What is said about templates, without the rest of the diagnostics. */
function failures(source: string, more: Partial<PrepareInput> = {}): string[] {
  return prepared(source, more)
    .diagnostics.filter(({ rule }) => rule === 'template_error')
    .map(({ message }) => message.replace('Parse error: template expansion failed: ', ''));
}

describe('templates of values (§1.3, 6: MiniJinja, strict about undefined names, no escaping)', () => {
  it.each([
    ['{{ goal }}', 'Ship'],
    ['{{goal}} twice {{  goal  }}', 'Ship twice Ship'],
    ['{{ inputs.x }}-{{inputs.n}}-{{ inputs.yes }}', 'Y-3-true'],
    ['{{ inputs.deep.er.name }} {{ inputs.list[1] }}', 'core b'],
    ['$goal {x} {} { {', '$goal {x} {} { {'],
    ['no template\n', 'no template\n'],
    ['{{ goal }}\n\n', 'Ship\n'],
    ['{% raw %}{{ x }} {% y %}{% endraw %}', '{{ x }} {% y %}'],
    ["{{ '{{' }} {{ '{%' }}", '{{ {%'],
    ['a {# not for the model #}b', 'a b'],
    ['{{ inputs.quoted }}', 'say "hi" \\ {{ goal }}'],
    ['{{ goal | upper }} {{ inputs.x | lower }} {{ inputs.none | default(1) }}', 'SHIP y 1'],
    ["{% if goal == 'Ship' %}yes{% else %}no{% endif %}", 'yes'],
    ['{% if inputs.none is defined %}yes{% else %}no{% endif %}', 'no'],
    ['{% for s in inputs.list %}{{ loop.index }}{{ s }} {% endfor %}', '1a 2b '],
    ["{{ inputs.deep | tojson }} {{ inputs.list | join('+') }}", '{"er":{"name":"core"}} a+b'],
    ['<b>{{ inputs.x }} & co</b>', '<b>Y & co</b>'],
  ])('%j renders as %j', (prompt, text) => {
    expect(promptOf(prompt, 'Ship')).toBe(text);
  });

  it('renders the goal first, with the inputs alone: a goal inside of the goal stays', () => {
    expect(promptOf('Do: {{ goal }}', 'Ship {{ inputs.x }} {{ goal }}')).toBe(
      'Do: Ship Y {{ goal }}',
    );
    expect(promptOf('Do: {{ goal }}')).toBe('Do: ');
    const graph = graphWith('goal=old n [prompt="{{ goal }}"]', { goal: 'new {{ inputs.x }}' });
    expect(goalOf(graph)).toBe('new Y');
    expect(attr.string(nodeOf(graph, 'n'), 'prompt')).toBe('new Y');
  });

  it('takes the goal from outside in a workflow that has none', () => {
    const graph = graphWith('n [prompt="{{ goal }}"]', { outerGoal: 'of the run' });
    expect(attr.string(nodeOf(graph, 'n'), 'prompt')).toBe('of the run');
    expect(goalOf(graph)).toBeUndefined();
  });

  it('renders every string of graph, nodes and edges, and types the result', () => {
    const graph = graphWith(
      'label="{{ inputs.x }}" a [timeout="{{ inputs.limit }}", label=a] n [label=n] n -> a [condition="context.x={{ inputs.n }}"] a -> exit',
    );
    expect(attr.string(graph, 'label')).toBe('Y');
    expect(attr.durationMs(nodeOf(graph, 'a'), 'timeout')).toBe(300_000);
    expect(graph.edges[0]?.condition?.text).toBe('context.x=3');
  });

  it.each([
    [
      '{{ inputs.z }}',
      'line 2, column 15: node \'n\', attribute prompt: undefined variable "inputs.z"; known are goal, inputs.x, inputs.n, inputs.yes, inputs.limit, inputs.deep, inputs.list, inputs.quoted',
    ],
    [
      'a\\n\\"b\\" \\w {{ inputs.deep.z.y }}',
      'line 2, column 27: node \'n\', attribute prompt: undefined variable "inputs.deep.z.y"; known are goal, inputs.x, inputs.n, inputs.yes, inputs.limit, inputs.deep, inputs.list, inputs.quoted',
    ],
    [
      'a\nüb {{ inputs.constructor }}',
      'line 3, column 7: node \'n\', attribute prompt: undefined variable "inputs.constructor"; known are goal, inputs.x, inputs.n, inputs.yes, inputs.limit, inputs.deep, inputs.list, inputs.quoted',
    ],
    [
      '{{ env.HOME }}',
      'line 2, column 15: node \'n\', attribute prompt: undefined variable "env.HOME"; known are goal, inputs.x, inputs.n, inputs.yes, inputs.limit, inputs.deep, inputs.list, inputs.quoted',
    ],
    [
      '{{ goal | shout }}',
      'line 2, column 22: node \'n\', attribute prompt: unknown filter: filter shout is unknown at "shout"',
    ],
    [
      '{{ 1 + goal }}',
      'line 2, column 15: node \'n\', attribute prompt: invalid operation: tried to use + operator on unsupported types number and string at "1 + goal"',
    ],
    [
      "{% include '/etc/passwd' %}",
      'line 2, column 15: node \'n\', attribute prompt: template not found: tried to include non-existing template "/etc/passwd" at "include \'/etc/passwd\'"',
    ],
    [
      'see {{ goal',
      'line 2, column 19: node \'n\', attribute prompt: syntax error: unexpected end of input, expected end of variable block at "goal"; to write braces themselves use {% raw %}{{ }}{% endraw %}',
    ],
  ])('%j: %s', (prompt, message) => {
    const body = `digraph G {\nn [prompt="${prompt}"] ${ENDS} }`;
    expect(failures(body)).toEqual([message]);
  });

  it('says how to give inputs when there are none', () => {
    expect(failures(`digraph G { n [prompt="{{ inputs.x }}"] ${ENDS} }`, { inputs: {} })).toEqual([
      'line 1, column 27: node \'n\', attribute prompt: undefined variable "inputs.x"; known is goal; the run has no inputs, which are set under [run.inputs] or by --input name=value',
    ]);
  });

  it('names every template that is wrong, and shows its place', () => {
    const source = `digraph G {\n  n [prompt="{{ nope }}", label="{{ inputs.x }}"]\n  n -> exit [label="{{ no }}"]\n ${ENDS} }`;
    const { ok, graph, diagnostics } = prepared(source);
    expect(ok).toBe(false);
    expect(diagnostics.map(({ node_id, edge }) => node_id ?? edge)).toEqual(['n', ['n', 'exit']]);
    expect(graph && labelOf(nodeOf(graph, 'n'))).toBe('Y');
    expect(
      diagnostics.map((one) => formatDiagnostic(one, source, 'w/main.fabro').split('\n').slice(1)),
    ).toEqual([
      [
        '  at w/main.fabro:2:17',
        '  2 |   n [prompt="{{ nope }}", label="{{ inputs.x }}"]',
        '    |                 ^',
        '  fix: Correct the name, give the value by --input or in [run.inputs], or allow for its absence: {{ inputs.name | default("") }}',
      ],
      [
        '  at w/main.fabro:3:24',
        '  3 |   n -> exit [label="{{ no }}"]',
        '    |                        ^',
        '  fix: Correct the name, give the value by --input or in [run.inputs], or allow for its absence: {{ inputs.name | default("") }}',
      ],
    ]);
  });

  it('a template in a file is named with its line in the file', () => {
    const source = `digraph G {\n n [prompt="@p.md"] ${ENDS} }`;
    const { diagnostics } = prepared(source, {
      files: new Map([['w/p.md', 'Hello\n  {{ nope }}']]),
    });
    expect(diagnostics.map((one) => formatDiagnostic(one, source, 'w/main.fabro'))).toEqual([
      [
        'error [node: n]: Parse error: template expansion failed: w/p.md: line 2, column 6: node \'n\', attribute prompt: undefined variable "nope"; known are goal, inputs.x, inputs.n, inputs.yes, inputs.limit, inputs.deep, inputs.list, inputs.quoted (template_error)',
        '  at w/main.fabro:2:5',
        '  2 |  n [prompt="@p.md"] start [shape=Mdiamond] exit [shape=Msquare] start -> n -> exit }',
        '    |     ^',
        '  in w/p.md:2:6',
        '  fix: Correct the name, give the value by --input or in [run.inputs], or allow for its absence: {{ inputs.name | default("") }}',
      ].join('\n'),
    ]);
  });

  it('needs an engine only where there is a template', () => {
    expect(prepared(`digraph G { n [label=n] ${ENDS} }`, { templates: undefined }).ok).toBe(true);
    expect(
      failures(`digraph G { n [label="{{ goal }}"] ${ENDS} }`, { templates: undefined }),
    ).toEqual([
      "line 1, column 16: node 'n', attribute label: this program has no template engine; pass one as `templates`",
    ]);
  });
});

describe('templates that never end, or grow', () => {
  it('a loop without an end is stopped with its place and the remedy (fuel)', () => {
    const loop = '{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}';
    const message =
      'the template takes too many steps; does a loop in it end? Loop over fewer values, or split the template';
    expect(failures(`digraph G {\n n [prompt="${loop}"] ${ENDS} }`)).toEqual([
      `line 2, column 51: node 'n', attribute prompt: ${message}`,
    ]);
    expect(failures(`digraph G {\n${loop}\n n [label=n] ${ENDS} }`)).toEqual([
      `line 2, column 1: ${message}`,
    ]);
    expect(
      failures(
        `digraph G {\n n [prompt="{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"] ${ENDS} }`,
      )[0],
    ).toMatch(/recursion limit exceeded/);
  });

  it('memory is limited, and the engine works on after it ran out', () => {
    const huge = "{% set x = 'a' * 500000000 %}";
    const message =
      'the template needs more memory than 64 MiB, or is nested too deeply; make it smaller';
    for (let times = 0; times < 3; times++) {
      expect(failures(`digraph G { n [prompt="${huge}"] ${ENDS} }`)).toEqual([
        `line 1, column 16: node 'n', attribute prompt: ${message}`,
      ]);
      expect(promptOf('{{ goal }}', 'Ship')).toBe('Ship');
    }
    const deep = `{{ ${'1+'.repeat(50_000)}1 }}`;
    expect(failures(`digraph G { n [prompt="${deep}"] ${ENDS} }`)).toEqual([
      `line 1, column 16: node 'n', attribute prompt: ${message}`,
    ]);
    expect(promptOf('{{ goal }}', 'Ship')).toBe('Ship');
  });

  it('a text that grows past its limits is stopped', () => {
    const inputs = { x: 'y'.repeat(1_000_000) };
    const [long] = failures(`digraph G { n [prompt="{{ inputs.x * 3 }}"] ${ENDS} }`, { inputs });
    expect(long).toMatch(/longer than 2000000 characters; use fewer or shorter inputs/);
    const nodes = Array.from({ length: 25 }, (_, index) => `n${index} [prompt="{{ inputs.x }}"]`);
    const many = failures(`digraph G { ${nodes.join(' ')} ${ENDS} }`, { inputs });
    expect(many).toHaveLength(5);
    expect(many[0]).toMatch(/longer than 20000000 characters together/);
  });
});

describe('templates of the whole text (§1.3, 1)', () => {
  it('may write nodes, ids and values without quotes', () => {
    const graph = graphWith(
      'goal="Ship" {% for s in inputs.list %} {{ s }}_step [prompt="{{ s }}: {{ goal }}", timeout={{ inputs.limit }}] n -> {{ s }}_step -> exit\n{% endfor %} n [label=n]',
    );
    expect([...graph.nodes.keys()]).toEqual(['a_step', 'n', 'exit', 'b_step', 'start']);
    expect(attr.string(nodeOf(graph, 'b_step'), 'prompt')).toBe('b: Ship');
    expect(attr.durationMs(nodeOf(graph, 'a_step'), 'timeout')).toBe(300_000);
  });

  it('may switch statements off in comments, and share what a value defines', () => {
    const off = graphWith('// {% if inputs.n > 5 %}\nextra [label=x]\n// {% endif %}\nn [label=n]');
    expect(off.nodes.has('extra')).toBe(false);
    const shared = graphWith(
      'label="{% set who = inputs.x %}{{ who }}" n [prompt="for {{ who }}", label=n]',
    );
    expect(attr.string(nodeOf(shared, 'n'), 'prompt')).toBe('for Y');
    const comment = graphWith('// see {{ nope }}\nn [label=n]');
    expect(comment.nodes.size).toBe(3);
  });

  it('give back braces that were meant as text', () => {
    const graph = graphWith(
      '{% set a = 1 %} n [prompt="{% raw %}{{ x }}{% endraw %} {{ inputs.quoted | replace(\'"\', \'\') }} {{ goal }}"] goal="Ship"',
      { inputs: { quoted: 'an {% input %}' } },
    );
    expect(attr.string(nodeOf(graph, 'n'), 'prompt')).toBe('{{ x }} an {% input %} Ship');
  });

  it('take inputs with quotes, backslashes and line ends as they are', () => {
    const tricky = 'say "hi"\\n\n{{ goal }}';
    const graph = graphWith(
      '{% for s in inputs.list %} {{ s }} [label="{{ s }}"] n -> {{ s }} -> exit {% endfor %} n [prompt="<{{ inputs.deep.text }}>"]',
      {
        inputs: { list: ['a'], deep: { text: tricky } },
      },
    );
    expect(attr.string(nodeOf(graph, 'n'), 'prompt')).toBe(`<${tricky}>`);
  });

  it('fail with the place in the text as written', () => {
    const source = `digraph G {\n{% for s in nope %} {{ s }} [label=x] {% endfor %}\n ${ENDS} }`;
    const { graph, diagnostics } = prepared(source);
    expect(graph).toBeUndefined();
    expect(diagnostics.map((one) => formatDiagnostic(one, source, 'w/main.fabro'))).toEqual([
      [
        'error: Parse error: template expansion failed: line 2, column 13: undefined variable "nope"; known are goal, inputs.x, inputs.n, inputs.yes, inputs.limit, inputs.deep, inputs.list, inputs.quoted (template_error)',
        '  at w/main.fabro:2:13',
        '  2 | {% for s in nope %} {{ s }} [label=x] {% endfor %}',
        '    |             ^',
        '  fix: Correct the name, give the value by --input or in [run.inputs], or allow for its absence: {{ inputs.name | default("") }}',
      ].join('\n'),
    ]);
  });

  it('what is found later points into the text as written', () => {
    const source = [
      'digraph G {',
      '  {% for s in inputs.list %}',
      '  {{ s }} [label=x, type=odd]',
      '  {% endfor %}',
      '  z [label=z, type={{ inputs.x }}]',
      `  n [label=n] ${ENDS}`,
      '  lonely [label=l]',
      '}',
    ].join('\n');
    const places = prepared(source).diagnostics.map(({ rule, node_id, position }) => [
      rule,
      node_id,
      position?.line,
      position?.column,
    ]);
    expect(places).toEqual([
      ['reachability', 'a', 3, 3],
      ['reachability', 'b', 3, 3],
      ['reachability', 'lonely', 7, 3],
      ['reachability', 'z', 5, 3],
      ['type_known', 'a', 3, 3],
      ['type_known', 'b', 3, 3],
      ['type_known', 'z', 5, 15],
    ]);
  });

  it('a syntax error has the place in the text as written', () => {
    const source =
      'digraph G {\n {% for s in inputs.list %}{{ s }} [label=x]\n{% endfor %}\n a -- b }';
    expect(prepared(source).diagnostics.map(({ message }) => message)).toEqual([
      'Parse error: grammar error: line 4, column 4: found "--", expected "->", "[", "=" or the next statement. Undirected edges are not supported; write a -> b.',
    ]);
  });
});

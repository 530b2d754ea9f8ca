import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@fabro/protocol';
import { attr, expandTemplates } from '@fabro/workflow';
import { graphOf, nodeOf } from './graph-of.js';

const INPUTS: Readonly<Record<string, JsonValue>> = {
  x: 'Y',
  n: 3,
  yes: true,
  limit: '5m',
  deep: { er: { name: 'core' } },
  list: [1],
  sneaky: '{{ goal }}',
};

function rendered(prompt: string, goal?: string): string | undefined {
  const graph = graphOf(`${goal === undefined ? '' : `goal="${goal}";`} n [prompt="${prompt}"]`);
  const expanded = expandTemplates(graph, { inputs: INPUTS });
  expect(expanded.problems).toEqual([]);
  return attr.string(nodeOf(expanded.graph, 'n'), 'prompt');
}

function problems(prompt: string, inputs = INPUTS): string[] {
  const graph = graphOf(`n [prompt="${prompt}"]`);
  return expandTemplates(graph, { inputs }).problems.map(({ message }) => message);
}

describe('templates (§1.3)', () => {
  it.each([
    ['{{ goal }}', 'Ship'],
    ['{{goal}} twice {{  goal  }}', 'Ship twice Ship'],
    ['{{ inputs.x }}-{{inputs.n}}-{{ inputs.yes }}', 'Y-3-true'],
    ['{{ inputs.deep.er.name }}', 'core'],
    ['$goal {x} {} { {', '$goal {x} {} { {'],
    ['no template\n', 'no template\n'],
    ['{{ goal }}\n\n', 'Ship\n'],
    ["{{ '{{' }} {{ '{% }}' }}", '{{ {% }}'],
    ['{{ inputs.sneaky }}', '{{ goal }}'],
  ])('%j renders as %j', (prompt, text) => {
    expect(rendered(prompt, 'Ship')).toBe(text);
  });

  it('renders the goal first, with inputs alone', () => {
    expect(rendered('Do: {{ goal }}', 'Ship {{ inputs.x }} {{ goal }}')).toBe(
      'Do: Ship Y {{ goal }}',
    );
    expect(rendered('Do: {{ goal }}')).toBe('Do: ');
  });

  it('renders every string attribute of graph, nodes and edges, and types the result', () => {
    const graph = graphOf(
      'label="{{ inputs.x }}"; a [timeout="{{ inputs.limit }}"] a -> b [condition="x={{ inputs.n }}"]',
    );
    const expanded = expandTemplates(graph, { inputs: INPUTS }).graph;
    expect(attr.string(expanded, 'label')).toBe('Y');
    expect(attr.durationMs(nodeOf(expanded, 'a'), 'timeout')).toBe(300_000);
    expect(expanded.edges[0]?.condition?.text).toBe('x=3');
  });

  it("takes another goal in place of the graph's", () => {
    const graph = graphOf('goal="old"; n [prompt="{{ goal }}"]');
    const expanded = expandTemplates(graph, { goal: 'new {{ inputs.x }}', inputs: INPUTS }).graph;
    expect(attr.string(nodeOf(expanded, 'n'), 'prompt')).toBe('new Y');
  });

  it.each([
    [
      '{{ inputs.z }}',
      'undefined variable "inputs.z"; known are inputs.x, inputs.n, inputs.yes, inputs.limit, inputs.deep, inputs.list, inputs.sneaky',
    ],
    ['{{ inputs.deep.z }}', 'undefined variable "inputs.deep.z"; known are inputs.deep.er'],
    [
      '{{ inputs.x.z }}',
      'undefined variable "inputs.x.z"; "inputs.x" has no names inside; use a text, number or boolean',
    ],
    ['{{ inputs.deep }}', '"inputs.deep" is no single value; known are inputs.deep.er'],
    [
      '{{ inputs.list }}',
      '"inputs.list" is no single value; "inputs.list" has no names inside; use a text, number or boolean',
    ],
    [
      '{{ inputs.constructor }}',
      'undefined variable "inputs.constructor"; known are inputs.x, inputs.n, inputs.yes, inputs.limit, inputs.deep, inputs.list, inputs.sneaky',
    ],
    [
      '{{ env.HOME }}',
      'undefined variable "env.HOME"; known are goal, inputs.x, inputs.n, inputs.yes, inputs.limit, inputs.deep, inputs.list, inputs.sneaky',
    ],
    [
      '{{ goal | upper }}',
      '"{{ goal | upper }}" is not supported; supported are {{ goal }}, {{ inputs.name }} and {{ "text" }}',
    ],
    [
      '{% if x %}',
      '"{%" is not supported; supported are {{ goal }}, {{ inputs.name }} and {{ "text" }}; to write the braces themselves use {{ "{%" }} or {{ "{#" }}',
    ],
    [
      '{# note #}',
      '"{#" is not supported; supported are {{ goal }}, {{ inputs.name }} and {{ "text" }}; to write the braces themselves use {{ "{%" }} or {{ "{#" }}',
    ],
    [
      'see {{ goal',
      '"{{ goal" has no closing "}}"; supported are {{ goal }}, {{ inputs.name }} and {{ "text" }}; to write "{{" itself use {{ "{{" }}',
    ],
  ])('%j: %s', (prompt, message) => {
    expect(problems(prompt)).toEqual([message]);
  });

  it('says how to give inputs when there are none', () => {
    expect(problems('{{ inputs.x }}', {})).toEqual([
      'undefined variable "inputs.x"; the run has no inputs; set them under [run.inputs] or by --input name=value',
    ]);
  });

  it('names the place of each template that is wrong, and goes on with the rest', () => {
    const graph = graphOf(
      'a [prompt="{{ nope }}", label="{{ inputs.x }}"]\na -> b [label="{{ nope }}"]',
    );
    const { problems: found, graph: expanded } = expandTemplates(graph, { inputs: INPUTS });
    expect(
      found.map(({ owner, attribute, position }) => [owner, attribute, position.line]),
    ).toEqual([
      [{ kind: 'node', id: 'a' }, 'prompt', 2],
      [{ kind: 'edge', from: 'a', to: 'b' }, 'label', 3],
    ]);
    expect(attr.string(nodeOf(expanded, 'a'), 'label')).toBe('Y');
  });

  it('stops a text that grows past its limits', () => {
    const long = { x: 'y'.repeat(1_000_000) };
    expect(problems('{{ inputs.x }}{{ inputs.x }}{{ inputs.x }}', long)[0]).toMatch(
      /longer than 2000000/,
    );
    const nodes = Array.from({ length: 25 }, (_, index) => `n${index} [prompt="{{ inputs.x }}"]`);
    const { problems: found } = expandTemplates(graphOf(nodes.join('\n')), { inputs: long });
    expect(found).toHaveLength(5);
    expect(found[0]?.message).toMatch(/longer than 20000000 characters together/);
  });
});

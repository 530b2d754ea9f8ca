import { describe, expect, it } from 'vitest';
import { hoverAt, prepare } from '@fabro/workflow';
import { VOCABULARY, atCursor } from './at-cursor.js';

function hover(marked: string): string | undefined {
  const { source, offset } = atCursor(marked);
  const { graph } = prepare({ source, path: 'w.fabro' });
  return hoverAt({ source, offset, graph, vocabulary: VOCABULARY })?.markdown;
}

describe('an attribute shows its documentation', () => {
  it('type, values, default, the rule that checks it, and where that is said', () => {
    expect(hover('digraph G { a [sel|ection=random] }')).toBe(
      '**selection**: attribute of nodes\n\n' +
        'How one of several edges is taken: by weight and name, or at random by weight.\n\n' +
        '- Type: text\n- Values: `deterministic`, `random`\n- Default: `deterministic`\n' +
        '- Checked by the rule `selection_valid`\n- Source: engine reference §3.1',
    );
  });

  it('in the scope where it stands', () => {
    expect(hover('digraph G { a -> b [lab|el="x"] }')).toContain('**label**: attribute of edges');
    expect(hover('digraph G { a [lab|el="x"] }')).toContain('**label**: attribute of nodes');
    expect(hover('digraph G { lab|el="x" }')).toContain('**label**: attribute of the graph');
    expect(hover('digraph G { node [tim|eout=5s] }')).toContain('**timeout**: attribute of nodes');
  });

  it('a node of a type that does not read it is told so', () => {
    expect(hover('digraph G { a [shape=hexagon, scr|ipt="x"] }')).toContain(
      'This node is of type `human`, which does not read it.',
    );
    expect(hover('digraph G { a [shape=parallelogram, scr|ipt="x"] }')).not.toContain(
      'does not read',
    );
  });

  it('one that Fabro does not know says what it does instead', () => {
    expect(hover('digraph G { a [promt|="x"] }')).toContain('Did you mean `prompt`?');
    expect(hover('digraph G { a [fillco|lor=red] }')).toContain('Graphviz uses it to draw');
    expect(hover('digraph G { a -> b [goal_ga|te=true] }')).toContain('It belongs to nodes');
  });

  it('the model of a value is named', () => {
    expect(hover('digraph G { a [model=son|net] }')).toMatch(
      /^\*\*sonnet\*\*: claude-sonnet-4-6\n/,
    );
  });
});

describe('a node shows what it does', () => {
  it('its type, its effective attributes, its classes and where it goes on to', () => {
    expect(
      hover(
        'digraph G { node [timeout=30s] a [shape=hexagon, label="Ship it?", class="gate"]; |a -> b }',
      ),
    ).toBe(
      '**a**: node of type `human`\n\n`Ship it?`\n\n' +
        '- timeout = `30s`\n- shape = `hexagon`\n- label = `Ship it?`\n- class = `gate`\n\n' +
        'Classes: `gate`\n\nGoes on to `b`',
    );
  });

  it('also where a retry target names it, and while the text cannot be parsed', () => {
    expect(hover('digraph G { a [shape=insulator] b [retry_target=|a] }')).toMatch(
      /^\*\*a\*\*: node of type `wait`\n/,
    );
    expect(hover('digraph G { |a [shape=insulator] b [')).toBe('**a**: node of type `wait`');
  });

  it('a node that imports names what takes its place', () => {
    const { source, offset } = atCursor('digraph G { |lib [import="./lib.fabro"] }');
    const { graph } = prepare({ source: 'digraph G { lib_own; libs }', path: 'w.fabro' });
    const named = new Map(
      [...(graph?.nodes.entries() ?? [])].map(([id, node]) => [id.replace('_', '.'), node]),
    );
    const spliced = graph && { ...graph, nodes: named };
    expect(hoverAt({ source, offset, graph: spliced, vocabulary: VOCABULARY })?.markdown).toBe(
      '**lib**: import of 1 node\n\n`lib.own`',
    );
  });

  it('nothing is shown between the words', () => {
    expect(hover('digraph G { a [x=1] | }')).toBeUndefined();
  });
});

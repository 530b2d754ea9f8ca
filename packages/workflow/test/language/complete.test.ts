import { describe, expect, it } from 'vitest';
import { completeAt, filesWanted } from '@fabro/workflow';
import { VOCABULARY, atCursor, completed, labelsAt } from './at-cursor.js';

describe('attribute names', () => {
  it('a node of a shape is offered what its type reads, and nothing else (§3.1)', () => {
    const command = labelsAt('digraph G { test [shape=parallelogram, |] }');
    expect(command.slice(0, 3)).toEqual(['script', 'language', 'on_interrupt']);
    expect(command).toContain('timeout');
    expect(command).not.toContain('prompt');
    expect(labelsAt('digraph G { ask [|shape=hexagon] }')).toContain('human.default_choice');
    expect(labelsAt('digraph G { work [|] }')).toContain('prompt');
  });

  it('the shape may come from another statement, or from the defaults around the node', () => {
    expect(labelsAt('digraph G { t [shape=parallelogram] t [|] }')).toContain('script');
    expect(labelsAt('digraph G { node [shape=wait_no, type=wait] t [|] }')).toContain('duration');
    expect(labelsAt('digraph G { subgraph s { t [|]; node [shape=insulator] } }')).toContain(
      'duration',
    );
  });

  it('edges, defaults and the graph have attributes of their own', () => {
    expect(labelsAt('digraph G { a -> b [|] }')).toEqual([
      'label',
      'condition',
      'weight',
      'fidelity',
      'thread_id',
      'loop_restart',
      'freeform',
    ]);
    expect(labelsAt('digraph G { edge [wei|] }')).toEqual(['weight']);
    expect(labelsAt('digraph G { graph [default_m|] }')).toEqual([
      'default_max_retries',
      'default_model',
    ]);
    expect(labelsAt('digraph G { node [|] }')).toEqual(
      expect.arrayContaining(['prompt', 'script', 'duration', 'shape']),
    );
    expect(labelsAt('digraph G { stall|')).toContain('stall_timeout');
  });

  it('what the block has already, before or behind the cursor, is not offered again', () => {
    const names = labelsAt('digraph G { subgraph s { a [label="x", |, goal_gate=true] } }');
    expect(names).not.toContain('label');
    expect(names).not.toContain('goal_gate');
    expect(names).toContain('shape');
  });

  it('taking one writes "=", unless it stands there, and replaces the whole word', () => {
    expect(completed('digraph G { a [pro|', 'prompt')).toBe('digraph G { a [prompt=');
    expect(completed('digraph G { a [pro|mp="x"] }', 'prompt')).toBe(
      'digraph G { a [prompt="x"] }',
    );
    expect(completed('digraph G { a [human.d|, shape=hexagon] }', 'human.default_choice')).toBe(
      'digraph G { a [human.default_choice=, shape=hexagon] }',
    );
  });

  it('in front of a word, where nothing is typed yet, the word stays', () => {
    expect(completed('digraph G { a [|label="x"] }', 'prompt')).toBe(
      'digraph G { a [prompt=label="x"] }',
    );
    expect(completed('digraph G { a [shape=|box] }', 'hexagon')).toBe(
      'digraph G { a [shape=hexagon] }',
    );
  });

  it('each has its documentation', () => {
    const at = atCursor('digraph G { a [goal_g|] }');
    const [item] = completeAt({ ...at, vocabulary: VOCABULARY }).items;
    expect(item).toEqual({
      kind: 'attribute',
      label: 'goal_gate',
      insert: 'goal_gate=',
      detail: 'boolean, default false',
      documentation:
        '**goal_gate**: attribute of nodes\n\n' +
        'The run ends well only if the last outcome of this node is good.\n\n' +
        '- Type: boolean: `true` or `false`, without quotes\n- Default: `false`\n' +
        '- Source: engine reference §3.1',
    });
  });
});

describe('values', () => {
  it.each([
    ['digraph G { a [goal_gate=|] }', ['true', 'false']],
    ['digraph G { a [selection="r|"] }', ['deterministic', 'random']],
    ['digraph G { rankdir=|', ['TB', 'LR', 'BT', 'RL']],
    ['digraph G { a [fidelity=sum|]', ['summary:low', 'summary:medium', 'summary:high']],
    ['digraph G { a [model=son|', ['claude-sonnet-4-6', 'sonnet']],
    ['digraph G { graph [default_model=|] }', ['claude-sonnet-4-6', 'sonnet']],
    ['digraph G { a [provider="|"] }', ['anthropic']],
    ['digraph G { a -> b [retry_target=|] }', []],
    ['digraph G { a [prompt="|"] }', []],
    ['digraph G { a -> b [condition="outcome=f|"] }', ['outcome=failed']],
  ])('%s', (marked, labels) => {
    expect(labelsAt(marked)).toEqual(labels);
  });

  it('a shape says what it does', () => {
    const at = atCursor('digraph G { a [shape=hex|] }');
    expect(completeAt({ ...at, vocabulary: VOCABULARY }).items[0]).toMatchObject({
      label: 'hexagon',
      detail: 'human',
    });
  });

  it('a value that cannot stand bare is written in quotes', () => {
    expect(completed('digraph G { a [fidelity=|] }', 'summary:low')).toBe(
      'digraph G { a [fidelity="summary:low"] }',
    );
    expect(completed('digraph G { a [fidelity="summary:l|ow"] }', 'summary:low')).toBe(
      'digraph G { a [fidelity="summary:low"] }',
    );
    expect(completed('digraph G { a [model=clau|] }', 'claude-sonnet-4-6')).toBe(
      'digraph G { a [model=claude-sonnet-4-6] }',
    );
  });
});

describe('nodes', () => {
  it('an arrow is followed by the nodes of the whole text, but not by what is being typed', () => {
    expect(labelsAt('digraph G { start -> work -> exit; work -> e| }')).toEqual(['exit']);
    expect(labelsAt('digraph G { a -> | \n b [x=1]\n c -> d }')).toEqual(['a', 'b', 'c', 'd']);
    expect(completed('digraph G { alpha -> be|\nbeta [x=1] }', 'beta')).toBe(
      'digraph G { alpha -> beta\nbeta [x=1] }',
    );
  });

  it('retry targets and the default choice of a human gate name nodes', () => {
    expect(labelsAt('digraph G { a -> b; b [retry_target=|] }')).toEqual(['a', 'b']);
    expect(labelsAt('digraph G { a -> b; b [human.default_choice="|"] }')).toEqual(['a', 'b']);
    expect(labelsAt('digraph G { a -> b; graph [fallback_retry_target=|] }')).toEqual(['a', 'b']);
  });

  it('a quote that is still open hides neither the attribute nor the nodes below', () => {
    expect(labelsAt('digraph G { a [retry_target="|\nb [label="x"]\nc -> d }')).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  it('a block that is still open ends where an edge or another node begins', () => {
    expect(
      labelsAt('digraph G {\n a [label="x",\n b -> c\n exit [shape=Msquare]\n b -> |}'),
    ).toEqual(['a', 'b', 'c', 'exit']);
  });
});

describe('places where nothing is offered', () => {
  it.each([
    'digraph G { // a [|',
    'digraph G { /* a [| */ }',
    'digraph G { a [label="say [|"] }',
    'digraph G { a [max_visits={{ inp|',
    'digraph G { a [shape=box |] }',
    'digraph G { a }|',
    'digraph |',
    '"|',
  ])('%s', (marked) => {
    expect(labelsAt(marked)).toEqual([]);
  });

  it('an empty text begins with digraph', () => {
    expect(labelsAt('|')).toEqual(['digraph']);
    expect(labelsAt('di|')).toEqual(['digraph']);
  });
});

describe('files', () => {
  it.each([
    ['digraph G { a [prompt="@|"] }', ''],
    ['digraph G { a [prompt="@prompts/pl|', 'prompts/'],
    ['digraph G { graph [goal="@../go|"] }', '../'],
    ['digraph G { a [import="./lib/|"] }', './lib/'],
    ['digraph G { a [stack.child_workflow=|] }', ''],
    ['digraph G { a [prompt="write|"] }', undefined],
    ['digraph G { a [label="@|"] }', undefined],
  ])('%s wants the files of %j', (marked, folder) => {
    const { source, offset } = atCursor(marked);
    expect(filesWanted(source, offset)).toBe(folder);
  });

  it('a name goes behind the folder that is written', () => {
    expect(
      completed('digraph G { a [prompt="@prompts/p|"] }', '@prompts/plan.md', ['plan.md']),
    ).toBe('digraph G { a [prompt="@prompts/plan.md"] }');
    expect(completed('digraph G { a [import="|"] }', 'lib/', ['lib/', 'x.fabro'])).toBe(
      'digraph G { a [import="lib/"] }',
    );
    expect(completed('digraph G { a [import=|] }', 'x.fabro', ['x.fabro'])).toBe(
      'digraph G { a [import=x.fabro] }',
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Diagnostic,
  type Position,
  completeAt,
  definitionAt,
  diagnosticSpans,
  filesWanted,
  hoverAt,
  prepare,
  quickFixes,
  symbolsOf,
} from '@fabro/workflow';
import { tokenizeDot } from '../../src/language/tokens.js';
import { VOCABULARY, atCursor } from './at-cursor.js';

const WORKFLOW = `digraph Ship {
  // A comment with "quotes" and [brackets].
  graph [goal="Ship {{ inputs.name }}", model_stylesheet="* { model: sonnet; } #work { model: opus; }"]
  rankdir=LR
  node [shape=box, timeout=30s]
  start [shape=Mdiamond]; exit [shape=Msquare]
  work [label="Do the work", prompt="@prompts/work.md", model=claude-sonnet-4-6]
  subgraph cluster_checks {
    label = "Checks"
    test [shape=parallelogram, script="npm test && echo \\"done\\"", max_retries=2, goal_gate=true, retry_target=work]
    ask [shape=hexagon, human.default_choice=exit]
  }
  lib [import="./lib.fabro"]
  start -> work -> test -> ask -> lib /* on */ -> exit
  ask -> work [label="[F] Fix", condition="outcome=failed", weight=-2]
}
`;

/** Everything that an editor may ask about a text and a place. */
function askEverything(source: string, offset: number): void {
  const prepared = prepare({ source, path: 'w.fabro' });
  const { span, items } = completeAt({
    source,
    offset,
    vocabulary: VOCABULARY,
    files: ['x.md', 'y/'],
  });
  if (items.length > 0) {
    expect(span.start).toBeLessThanOrEqual(offset);
    expect(span.end).toBeGreaterThanOrEqual(offset);
  }
  filesWanted(source, offset);
  definitionAt(source, offset);
  hoverAt({ source, offset, graph: prepared.graph, vocabulary: VOCABULARY });
  symbolsOf(source);
  const spanOf = diagnosticSpans(source);
  const fixesOf = quickFixes(source, VOCABULARY);
  for (const diagnostic of prepared.diagnostics) {
    const { start, end } = spanOf(diagnostic);
    expect(start).toBeLessThanOrEqual(end);
    expect(end).toBeLessThanOrEqual(source.length);
    for (const fix of fixesOf(diagnostic)) expect(fix.span.end).toBeLessThanOrEqual(source.length);
  }
}

describe('half-typed text', () => {
  it('every beginning of a workflow can be asked about at its end', () => {
    for (let length = 0; length <= WORKFLOW.length; length++)
      askEverything(WORKFLOW.slice(0, length), length);
  });

  it('nothing throws for a workflow with any piece cut out, anywhere', () => {
    const place = fc.nat({ max: WORKFLOW.length });
    fc.assert(
      fc.property(place, fc.nat({ max: 80 }), place, (from, length, at) => {
        const source = WORKFLOW.slice(0, from) + WORKFLOW.slice(from + length);
        askEverything(source, Math.min(at, source.length));
      }),
      { numRuns: 500 },
    );
  });

  it('nothing throws for any text', () => {
    const pieces = [
      'digraph',
      'G',
      '{',
      '}',
      '[',
      ']',
      '->',
      '=',
      ',',
      '"',
      '\\',
      '/*',
      '//',
      '\n',
      ' ',
    ];
    const more = [
      'subgraph',
      'node',
      'graph',
      'a',
      'b.c',
      '5m',
      '-',
      '.',
      '{{',
      '}}',
      '@',
      'model',
      'é',
    ];
    const soup = fc
      .array(fc.constantFrom(...pieces, ...more), { maxLength: 40 })
      .map((parts) => parts.join(''));
    const text = fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 60 }));
    fc.assert(
      fc.property(text, fc.nat(), (source, at) =>
        askEverything(source, source.length === 0 ? 0 : at % (source.length + 1)),
      ),
      { numRuns: 1000 },
    );
  });

  it('tokens are in order, inside of the text and never empty', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (source) => {
        let end = 0;
        for (const token of tokenizeDot(source)) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          expect(token.end).toBeGreaterThan(token.start);
          end = token.end;
        }
        expect(end).toBeLessThanOrEqual(source.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('very deep nesting is no danger', () => {
    askEverything(`digraph G {${'subgraph {'.repeat(20_000)} a -> `, 100);
  });
});

describe('definitions', () => {
  const target = (marked: string): unknown => {
    const { source, offset } = atCursor(marked);
    const found = definitionAt(source, offset);
    if (found?.kind !== 'nodes')
      return found && { reference: found.reference, content: found.content };
    return found.spans.map(({ start }) => source.slice(start, start + 7));
  };

  it('a node id in an edge leads to the statements about the node', () => {
    expect(target('digraph G { a -> b|b -> c; bb [x=1]; bb [y=2] }')).toEqual([
      'bb [x=1',
      'bb [y=2',
    ]);
    expect(target('digraph G { a -> b; b -> |a }')).toEqual(['a -> b;']);
  });

  it('retry targets lead to their node', () => {
    expect(target('digraph G { a [x=1] b [retry_target=a|] }')).toEqual(['a [x=1]']);
    expect(target('digraph G { a [x=1] graph [fallback_retry_target="|a"] }')).toEqual(['a [x=1]']);
    expect(target('digraph G { a [x=1] b [retry_target=|zz] }')).toBeUndefined();
  });

  it('imports, child workflows and @files lead to files', () => {
    expect(target('digraph G { a [import="./l|ib.fabro"] }')).toEqual({
      reference: './lib.fabro',
      content: 'workflow',
    });
    expect(target('digraph G { a [stack.child_workflow="c|.fabro"] }')).toMatchObject({
      reference: 'c.fabro',
    });
    expect(target('digraph G { a [stack.child_dotfile="c|.fabro"] }')).toMatchObject({
      reference: 'c.fabro',
    });
    expect(target('digraph G { a [prompt="@pro|mpts/a.md"] }')).toEqual({
      reference: 'prompts/a.md',
      content: 'text',
    });
    expect(target('digraph G { goal="@|goal.md" }')).toMatchObject({ reference: 'goal.md' });
    expect(target('digraph G { a [prompt="at|"] }')).toBeUndefined();
    expect(target('digraph G { a -> b [import="|x"] }')).toBeUndefined();
  });
});

describe('symbols', () => {
  it('graph, subgraphs and nodes are nested as they are written', () => {
    const [graph] = symbolsOf(WORKFLOW);
    expect(graph).toMatchObject({ kind: 'graph', name: 'Ship' });
    expect(graph?.children.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([
      'start: start',
      'exit: exit',
      'work: agent',
      'cluster_checks: Checks',
      'lib: agent',
    ]);
    expect(graph?.children[3]?.children.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([
      'test: command',
      'ask: human',
    ]);
  });
});

describe('what a diagnostic underlines', () => {
  const underlined = (source: string): string[] => {
    const spanOf = diagnosticSpans(source);
    return prepare({ source, path: 'w.fabro' }).diagnostics.map((diagnostic) => {
      const { start, end } = spanOf(diagnostic);
      return `${diagnostic.rule}: ${source.slice(start, end)}`;
    });
  };

  it('a whole attribute, a node id, a place inside of a text, or the word that cannot be read', () => {
    const start = 'start [shape=Mdiamond]; exit [shape=Msquare]; start -> exit;';
    expect(
      underlined(`digraph G { ${start} a [type="agnt", label="x"]; exit -> a; a -> exit }`),
    ).toEqual(['exit_no_outgoing: exit', 'type_known: type="agnt"']);
    expect(underlined(`digraph G { ${start} start -> exit [condition="a=="] }`)).toContain(
      'condition_syntax: =',
    );
    expect(underlined('digraph G { a [shape box] }')).toEqual(['parse_error: box']);
    expect(underlined('digraph G { a [shape=')).toEqual(['parse_error: ']);
  });
});

describe('what a diagnostic underlines that belongs to an edge or to another file', () => {
  const about = (source: string, rest: Partial<Diagnostic>): string => {
    const nothing = { rule: 'x', severity: 'error', message: 'x', fix: null } as const;
    const none = { node_id: null, edge: null, position: null } as const;
    const { start, end } = diagnosticSpans(source)({ ...nothing, ...none, ...rest });
    return source.slice(start, end);
  };
  const place = (offset: number): Position => ({ offset, line: 1, column: offset + 1 });

  it('an edge from its source to its target', () => {
    const source = 'digraph G { a -> bee -> c }';
    expect(about(source, { edge: ['bee', 'c'], position: place(17) })).toBe('bee -> c');
    expect(about(source, { edge: ['a', 'bee'], position: place(12) })).toBe('a -> bee');
  });

  it('the import of the file', () => {
    const source = 'digraph G { lib [label="x", import="./lib.fabro"] }';
    const origin = { path: 'lib.fabro', line: 3, column: 1 };
    const position = { ...place(source.indexOf('import')), origin };
    expect(about(source, { position, node_id: 'lib.work' })).toBe('import="./lib.fabro"');
    expect(quickFixes(source, VOCABULARY)({ position })).toEqual([]);
  });

  it('the first word of the text when it has no place', () => {
    expect(about('\n  digraph G {}', {})).toBe('digraph');
    expect(about('', {})).toBe('');
  });
});

describe('quick fixes', () => {
  /** Applies the fixes of the first attribute that is marked. */
  const fixed = (marked: string): string[] => {
    const { source, offset } = atCursor(marked);
    const position = { offset, line: 1, column: offset + 1 };
    return quickFixes(
      source,
      VOCABULARY,
    )({ position }).map(
      ({ span, text }) => source.slice(0, span.start) + text + source.slice(span.end),
    );
  };

  it.each([
    ['digraph G { a [|goal_gate="true"] }', ['digraph G { a [goal_gate=true] }']],
    ['digraph G { a [|goal_gate=False] }', ['digraph G { a [goal_gate=false] }']],
    ['digraph G { a [|max_retries="5"] }', ['digraph G { a [max_retries=5] }']],
    ['digraph G { a [|timeout=600] }', ['digraph G { a [timeout=600s] }']],
    ['digraph G { a [type=|agnt] }', ['digraph G { a [type=agent] }']],
    ['digraph G { a [|fidelity="sumary:low"] }', ['digraph G { a [fidelity="summary:low"] }']],
    ['digraph G { a [|model=sonet] }', ['digraph G { a [model=sonnet] }']],
    [
      'digraph G { work [x=1] a [|retry_target=wrok] }',
      ['digraph G { work [x=1] a [retry_target=work] }'],
    ],
    ['digraph G { a [|promt="x"] }', ['digraph G { a [prompt="x"] }']],
    ['digraph G { a -> b [|wieght=2] }', ['digraph G { a -> b [weight=2] }']],
    ['digraph G { a [|label=5] }', ['digraph G { a [label="5"] }']],
    ['digraph G { a [|color=red] }', []],
    ['digraph G { a [|timeout=10m] }', []],
    ['digraph G { a [|shape=hexagon] }', []],
    ['digraph G { |a [shape=hexagon] }', []],
  ])('%s', (marked, texts) => {
    expect(fixed(marked)).toEqual(texts);
  });
});

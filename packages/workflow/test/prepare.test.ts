import { describe, expect, it } from 'vitest';
import {
  attr,
  diagnosticLine,
  formatDiagnostic,
  goalOf,
  prepare,
  validationErrorMessage,
} from '@fabro/workflow';
import { nodeOf } from './graph-of.js';
import { ENGINE } from './support/engine.js';

const BODY = 'start [shape=Mdiamond] exit [shape=Msquare] start -> work -> exit';

describe('preparation (§1.3)', () => {
  it('overrides the goal, inlines files, then renders templates', () => {
    const prepared = prepare({
      source: `digraph G { goal="old"; ${BODY}; work [prompt="@p.md"] }`,
      path: 'w/main.fabro',
      files: new Map([
        ['w/p.md', 'Do {{ goal }} in {{ inputs.place }}\n'],
        ['w/g.md', 'the new goal'],
      ]),
      goal: '@g.md',
      inputs: { place: 'core' },
      templates: ENGINE,
    });
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.diagnostics));
    expect(prepared.diagnostics).toEqual([]);
    expect(goalOf(prepared.graph)).toBe('the new goal');
    expect(attr.string(nodeOf(prepared.graph, 'work'), 'prompt')).toBe('Do the new goal in core');
  });

  it('gives warnings together with the graph', () => {
    const prepared = prepare({ source: `digraph G { ${BODY} }`, path: 'w.fabro' });
    expect(prepared.ok).toBe(true);
    expect(prepared.diagnostics.map(diagnosticLine)).toEqual([
      "warning [node: work]: LLM node 'work' has no prompt or label attribute (prompt_on_llm_nodes)",
    ]);
  });

  it('an unparsable text is one diagnostic with place, code frame and remedy', () => {
    const source = 'digraph G {\n  a -- b\n}';
    const prepared = prepare({ source, path: 'w/main.fabro' });
    expect(prepared.ok).toBe(false);
    expect(prepared.graph).toBeUndefined();
    expect(
      prepared.diagnostics.map((diagnostic) =>
        formatDiagnostic(diagnostic, source, 'w/main.fabro'),
      ),
    ).toEqual([
      [
        'error: Parse error: grammar error: line 2, column 5: found "--", expected "->", "[", "=" or the next statement. Undirected edges are not supported; write a -> b. (parse_error)',
        '  at w/main.fabro:2:5',
        '  2 |   a -- b',
        '    |     ^',
        '  fix: Undirected edges are not supported; write a -> b.',
      ].join('\n'),
    ]);
    expect(validationErrorMessage(prepared.diagnostics)).toMatch(
      /^Parse error: grammar error: line 2/,
    );
  });

  it('lint errors and template errors refuse the workflow and still give the graph', () => {
    const source = 'digraph Invalid { a [label="{{ inputs.z }}"] exit -> a }';
    const prepared = prepare({ source, path: 'w.fabro', inputs: { y: 1 }, templates: ENGINE });
    expect(prepared.ok).toBe(false);
    expect(prepared.graph?.nodes.size).toBe(2);
    expect(validationErrorMessage(prepared.diagnostics)).toBe(
      'Validation error: Parse error: template expansion failed: line 1, column 32: node \'a\', attribute label: undefined variable "inputs.z"; known are goal, inputs.y; ' +
        'Pipeline must have exactly one start node (shape=Mdiamond or id start/Start); ' +
        "Exit node 'exit' has 1 outgoing edge(s) but must have none",
    );
  });

  it('names an edge in the line of its diagnostic', () => {
    const source = `digraph G { ${BODY}; work [label=x] work -> exit [condition="a=="] }`;
    expect(prepare({ source, path: 'w.fabro' }).diagnostics.map(diagnosticLine)).toEqual([
      'error [edge: work -> exit]: Condition \'a==\' on edge work -> exit failed parse: at character 2: found "==", expected "=". Compare with a single "=". (condition_syntax)',
    ]);
  });

  it('shows hostile text without letting it act on the terminal', () => {
    const source = `digraph G { ${BODY}; work [label="\u001b[2J\u202ex", type="\u001b[2J"] }`;
    const [diagnostic] = prepare({ source, path: 'w.fabro' }).diagnostics;
    if (diagnostic === undefined) throw new Error('nothing was found');
    const shown = formatDiagnostic(diagnostic, source, 'w.fabro');
    expect(shown).toContain("Node 'work' has unrecognized type '·[2J' (type_known)");
    expect(shown).toContain('label="·[2J·x"');
    expect(shown).not.toContain('\u001b');
  });
});

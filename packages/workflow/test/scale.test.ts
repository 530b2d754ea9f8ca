/** Very large workflows: each is prepared in a moment, or refused with its place and what to do. */
import { describe, expect, it } from 'vitest';
import { type PrepareInput, diagnosticLine, prepare, prepareAll } from '@fabro/workflow';
import { ENGINE } from './support/engine.js';

const ENDS = 'start [shape=Mdiamond] exit [shape=Msquare]';
/** Far above what is needed on a busy machine, far below what a square would take. */
const PATIENCE_MS = 8_000;

function prepared(source: string, more: Partial<PrepareInput> = {}) {
  const startedAt = performance.now();
  const result = prepare({ source, path: 'w.fabro', templates: ENGINE, files: new Map(), ...more });
  return { ...result, tookMs: performance.now() - startedAt };
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

describe('10,000 nodes', () => {
  const nodes = ids(10_000)
    .map((id) => `${id} [label="Step", prompt="Do {{ goal }}", max_retries=2, timeout=30s]`)
    .join('\n');
  it.each([
    ['in a chain', `start -> ${ids(10_000).join(' -> ')} -> exit`],
    [
      'side by side',
      `fan [shape=component] join [shape=tripleoctagon] start -> fan join -> exit ${ids(10_000)
        .map((id) => `fan -> ${id} -> join`)
        .join(' ')}`,
    ],
  ])('%s, each with a template, are prepared in a moment', (_, edges) => {
    const { ok, graph, tookMs } = prepared(`digraph G { goal=x ${ENDS}\n${nodes}\n${edges} }`);
    expect(ok).toBe(true);
    expect(graph?.nodes.size).toBeGreaterThanOrEqual(10_002);
    expect(tookMs).toBeLessThan(PATIENCE_MS);
  });

  it('that a template writes, and that 400 imports bring, are prepared in a moment', () => {
    const written = prepared(
      `digraph G { ${ENDS} start -> n0 {% for i in range(9999) %} n{{ i }} [label="{{ i }}"] n{{ i }} -> n{{ i + 1 }}\n{% endfor %} n9999 [label=last] n9999 -> exit }`,
    );
    expect(written.diagnostics).toEqual([]);
    expect(written.graph?.nodes.size).toBe(10_002);
    expect(written.tookMs).toBeLessThan(PATIENCE_MS);
    const steps = ids(25);
    const part = `digraph P { ${ENDS} ${steps.map((id) => `${id} [label=x]`).join(' ')} start -> ${steps.join(' -> ')} -> exit }`;
    const imports = ids(400);
    const imported = prepared(
      `digraph G { ${ENDS} ${imports.map((id) => `${id} [import="part.fabro"]`).join(' ')} start -> ${imports.join(' -> ')} -> exit }`,
      { files: new Map([['part.fabro', part]]) },
    );
    expect(imported.diagnostics).toEqual([]);
    expect(imported.graph?.nodes.size).toBe(10_002);
    expect(imported.tookMs).toBeLessThan(PATIENCE_MS);
  });
});

describe('very long texts', () => {
  it('of 1 MB are prepared, with templates and without', () => {
    const long = 'x'.repeat(1_000_000);
    const source = `digraph G { goal=ship ${ENDS} start -> a -> b -> exit a [prompt="${long}"] b [prompt="${long.slice(1, 900_000)} {{ goal }}"] }`;
    const { ok, tookMs } = prepared(source);
    expect(ok).toBe(true);
    expect(tookMs).toBeLessThan(PATIENCE_MS);
    const lines = `// ${'line\n// '.repeat(150_000)}`;
    const whole = prepared(
      `${lines}\ndigraph G { ${ENDS} start -> {{ inputs.x }} -> exit a [label=a] }`,
      {
        inputs: { x: 'a' },
      },
    );
    expect(whole.ok).toBe(true);
    expect(whole.tookMs).toBeLessThan(PATIENCE_MS);
  });

  it('past 2,000,000 characters are refused, also when a template makes them so long', () => {
    const read = prepared(`{{ goal }}${' '.repeat(1_999_991)}`);
    expect(read.diagnostics.map(diagnosticLine)).toEqual([
      'error: Parse error: grammar error: line 1, column 1: found a text of 2000001 characters, expected at most 2000000. Move long prompts into files and name them as prompt="@file". (parse_error)',
    ]);
    const grown = prepared(`digraph G { {{ inputs.x }}{{ inputs.x }} }`, {
      inputs: { x: 'y'.repeat(1_000_000) },
    });
    expect(grown.diagnostics.map(diagnosticLine)).toEqual([
      'error: Parse error: template expansion failed: the rendered workflow is longer than 2000000 characters; use shorter inputs, or loops over fewer values (template_error)',
    ]);
  });

  it('that never come to an end of nesting are refused with the place', () => {
    const nested = `digraph G { ${'subgraph s { '.repeat(150_000)}`;
    expect(prepared(nested).diagnostics.map(diagnosticLine)).toEqual([
      'error: Parse error: grammar error: line 1, column 845: found a subgraph inside of 64 others, expected at most 64 levels of subgraphs. Nest subgraphs less deeply. (parse_error)',
    ]);
    const { diagnostics } = prepared(`digraph G { ${'{% if 1 %}'.repeat(150_000)}`);
    expect(diagnostics.map(({ message }) => message.slice(0, 130))).toEqual([
      expect.stringMatching(
        /^Parse error: template expansion failed: line 1, column \d+: syntax error: template exceeds maximum recursion limits/,
      ),
    ]);
  });

  it('of child workflows in child workflows end where the text ends', () => {
    let source = `digraph C { ${ENDS} start -> w -> exit w [label=w] }`;
    for (let level = 0; level < 8; level++)
      source = `digraph C { ${ENDS} start -> m -> exit m [shape=house, stack.child_dot_source="${source.replaceAll(/["\\]/g, '\\$&')}"] }`;
    const { root, children } = prepareAll({ source, path: 'w.fabro' });
    expect(root.ok).toBe(true);
    expect(children.size).toBe(8);
  });
});

describe('patterns that explode elsewhere', () => {
  it('are no burden to a condition: `matches` takes time in proportion to the text', () => {
    const source = `digraph G { ${ENDS} start -> a -> b a -> exit b -> exit a [label=a] b [label=b] a -> b [condition="context.x matches (a+)+b"] }`;
    expect(prepared(source).ok).toBe(true);
  });
});

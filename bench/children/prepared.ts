/** Times the preparation of a large workflow in a new process, then of a small and a large one in turns. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prepare } from '@fabro/workflow';
import { createMiniJinja, miniJinjaWasm } from '@fabro/workflow/minijinja';
import { z } from 'zod';
import { answer } from '../support/answer.js';

const Question = z.object({
  shape: z.enum(['chain', 'fan-out']),
  small: z.number(),
  large: z.number(),
});
const ROUNDS = 5;
const ENDS = 'start [shape=Mdiamond] exit [shape=Msquare]';
const FILES = new Map([
  ['part.fabro', `digraph Part { ${ENDS} start -> x -> exit x [label="imported"] }`],
]);

/** Nodes with a few attributes; each hundredth has a template, each thousandth is an import. */
function source(shape: 'chain' | 'fan-out', count: number): string {
  const ids = Array.from({ length: count }, (_, index) => `n${index}`);
  const nodes = ids.map((id, index) => {
    if (index % 1000 === 999) return `${id} [import="part.fabro"]`;
    const prompt = index % 100 === 50 ? 'Do {{ goal }} for {{ inputs.who }}' : `Do step ${index}`;
    return `${id} [label="Step ${index}", prompt="${prompt}", max_retries=2, timeout=30s, class="a,b"]`;
  });
  const edges =
    shape === 'chain'
      ? `start -> ${ids.join(' -> ')} -> exit`
      : `start -> fan join -> exit ${ids.map((id) => `fan -> ${id} -> join`).join('\n')}`;
  const around = shape === 'chain' ? '' : 'fan [shape=component] join [shape=tripleoctagon]';
  return `digraph Large { goal="Ship"\n${ENDS} ${around}\n${nodes.join('\n')}\n${edges} }`;
}

await answer(Question, ({ shape, small, large }) => {
  const templates = createMiniJinja({ wasm: () => readFileSync(fileURLToPath(miniJinjaWasm())) });
  const timed = (text: string): number => {
    const startedAt = performance.now();
    const { ok } = prepare({
      source: text,
      path: 'large.fabro',
      files: FILES,
      inputs: { who: 'us' },
      templates,
    });
    if (!ok) throw new Error('the measured workflow has errors');
    return performance.now() - startedAt;
  };
  const coldMs = timed(source(shape, large));
  const texts = [source(shape, small), source(shape, large)];
  const rounds = Array.from({ length: ROUNDS }, () => texts.map(timed));
  const best = (index: number): number => Math.min(...rounds.map((round) => round[index] ?? 0));
  return Promise.resolve({ coldMs, smallMs: best(0), largeMs: best(1) });
});

/** A run of ten thousand stages: what a stage stores, and whether late stages cost more than early ones. */
import { z } from 'zod';
import { runChild } from '../support/child.js';
import type { Bench } from '../support/row.js';

const Growth = z.object({
  parts: z.array(z.object({ bytes: z.number(), ms: z.number() })).min(3),
  closedBytes: z.number(),
});
const STAGES = 10_000;
const EVERY = 1_000;
const KB = 1024;

export const growth: Bench = {
  name: 'growth',
  gate: true,
  async measure() {
    const { parts, closedBytes } = await runChild(
      'growth',
      { stages: STAGES, every: EVERY },
      Growth,
    );
    // The first part holds the empty schema and the first snapshot, so growth is counted from its end.
    const grown = parts.slice(1).map((part, i) => (part.bytes - (parts[i]?.bytes ?? 0)) / EVERY);
    const firstBytes = grown[0] ?? 0;
    const lastBytes = grown.at(-1) ?? 0;
    const firstMs = parts[0]?.ms ?? 0;
    const lastMs = parts.at(-1)?.ms ?? 0;
    return [
      {
        name: 'stored per trivial stage, after a checkpoint',
        kind: 'gate',
        limit: { relation: 'at most', value: 4 },
        unit: 'KB',
        result: {
          kind: 'measured',
          value: Math.max(...grown) / KB,
          detail: `${(closedBytes / KB / STAGES).toFixed(2)} KB on average in the closed file`,
        },
        why: 'The file grows by what happened, not by how much happened before.',
      },
      {
        name: 'the same, last 1,000 stages against the second 1,000',
        kind: 'gate',
        limit: { relation: 'at most', value: 1.1 },
        unit: '',
        result: {
          kind: 'measured',
          value: lastBytes / firstBytes,
          detail: `${lastBytes.toFixed(0)} against ${firstBytes.toFixed(0)} bytes`,
        },
        why: 'No event repeats the state, so that a stage late in a run stores what an early one does.',
      },
      {
        name: 'time per stage, last 1,000 of 10,000 against the first 1,000',
        kind: 'ratio',
        limit: { relation: 'at most', value: 1.3 },
        unit: '',
        result: {
          kind: 'measured',
          value: lastMs / firstMs,
          detail: `${(lastMs / EVERY).toFixed(2)} against ${(firstMs / EVERY).toFixed(2)} ms`,
        },
        why: 'Deciding looks at the state, whose size does not grow with the run.',
      },
    ];
  },
};

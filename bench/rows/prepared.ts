/** A workflow of ten thousand nodes, from its text to a graph that may run. */
import { z } from 'zod';
import { runChild } from '../support/child.js';
import type { Bench } from '../support/row.js';

const Prepared = z.object({ coldMs: z.number(), smallMs: z.number(), largeMs: z.number() });
const SMALL = 1_000;
const LARGE = 10_000;

export const prepared: Bench = {
  name: 'prepared',
  gate: false,
  async measure() {
    const shapes: (z.infer<typeof Prepared> & { readonly shape: string })[] = [];
    for (const shape of ['chain', 'fan-out'])
      shapes.push({
        shape,
        ...(await runChild('prepared', { shape, small: SMALL, large: LARGE }, Prepared)),
      });
    const slowest = Math.max(...shapes.map(({ coldMs }) => coldMs));
    const steepest = Math.max(
      ...shapes.map(({ smallMs, largeMs }) => largeMs / smallMs / (LARGE / SMALL)),
    );
    return [
      {
        name: 'prepare 10,000 nodes: templates, imports, all passes and lint',
        kind: 'ratio',
        limit: { relation: 'at most', value: 1.5 },
        unit: 's',
        result: {
          kind: 'measured',
          value: slowest / 1000,
          detail: shapes
            .map(({ shape, coldMs }) => `${shape} ${coldMs.toFixed(0)} ms in a new process`)
            .join(', '),
        },
        why: 'The server prepares a workflow before it answers, and whoever writes one waits for the check.',
      },
      {
        name: 'time per node, 10,000 nodes against 1,000',
        kind: 'ratio',
        limit: { relation: 'at most', value: 1.5 },
        unit: '',
        result: {
          kind: 'measured',
          value: steepest,
          detail: shapes
            .map(
              ({ shape, smallMs, largeMs }) =>
                `${shape} ${((largeMs / LARGE) * 1000).toFixed(0)} against ${((smallMs / SMALL) * 1000).toFixed(0)} µs`,
            )
            .join(', '),
        },
        why: 'No pass and no rule looks at all nodes for each node.',
      },
    ];
  },
};

/** What a stage costs inside a child workflow, against one of the run's own workflow. */
import { z } from 'zod';
import { runChild } from '../support/child.js';
import type { Bench } from '../support/row.js';
import { median } from '../support/statistics.js';

const Times = z.object({
  child: z.array(z.number()).nonempty(),
  plain: z.array(z.number()).nonempty(),
});

const SHAPE = { stages: 400, rounds: 9 };

export const children: Bench = {
  name: 'children',
  gate: false,
  async measure() {
    const { child, plain } = await runChild('child-stages', SHAPE, Times);
    const each = (times: readonly number[]): string =>
      `${((1000 * median(times)) / SHAPE.stages).toFixed(0)} µs`;
    return [
      {
        name: 'time of a stage in a child workflow against a plain one',
        kind: 'ratio',
        limit: { relation: 'at most', value: 1.3 },
        unit: '',
        result: {
          kind: 'measured',
          value: median(child.map((ms, i) => ms / (plain[i] ?? ms))),
          detail: `${each(child)} against ${each(plain)}`,
        },
        why: 'A child is one more frame of the same state: what it adds must not grow with its stages.',
      },
    ];
  },
};

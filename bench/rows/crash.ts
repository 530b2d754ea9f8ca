/** Crash schedules: no recorded call is lost, none acts again. */
import { z } from 'zod';
import { runChild } from '../support/child.js';
import type { Bench } from '../support/row.js';

const Counts = z.object({
  schedules: z.number().positive(),
  calls: z.number().positive(),
  lost: z.number(),
  repeated: z.number(),
});

export const crash: Bench = {
  name: 'crash',
  gate: true,
  async measure() {
    const { schedules, calls, lost, repeated } = await runChild('crash', {}, Counts);
    return [
      {
        name: 'lost or repeated recorded calls in crash schedules',
        kind: 'gate',
        limit: { relation: 'at most', value: 0 },
        unit: '',
        result: {
          kind: 'measured',
          value: lost + repeated,
          detail: `${lost} lost, ${repeated} repeated of ${calls} in ${schedules} schedules`,
        },
        why: 'The process is ended before and after each of its port calls, and once more while it recovers.',
      },
    ];
  },
};

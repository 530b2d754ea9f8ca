/** Command stages per second, against a loop that does nothing but start the same commands. */
import { z } from 'zod';
import { runChild } from '../support/child.js';
import type { Bench } from '../support/row.js';
import { median } from '../support/statistics.js';

const Took = z.object({ ms: z.number() });
const STAGES = 150;
const ROUNDS = 5;

export const commands: Bench = {
  name: 'commands',
  gate: false,
  async measure() {
    const rounds: { readonly ours: number; readonly bare: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { ms: ours } = await runChild('command-stages', { stages: STAGES }, Took);
      const { ms: bare } = await runChild('bare-commands', { stages: STAGES }, Took);
      rounds.push({ ours, bare });
    }
    const perSecond = (ms: number): string => ((1000 * STAGES) / ms).toFixed(0);
    return [
      {
        name: 'command stages against a bare loop of the same `bash -c true`',
        kind: 'ratio',
        limit: { relation: 'at least', value: 0.7 },
        unit: '',
        result: {
          kind: 'measured',
          value: median(rounds.map(({ ours, bare }) => bare / ours)),
          detail: `${perSecond(median(rounds.map((r) => r.ours)))} against ${perSecond(median(rounds.map((r) => r.bare)))} per second`,
        },
        why: 'Starting a process must stay the larger part of a command stage.',
      },
    ];
  },
};

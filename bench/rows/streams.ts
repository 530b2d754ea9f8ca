/** Events to many subscribers, against node:http that writes the same bytes. */
import { z } from 'zod';
import { runChild } from '../support/child.js';
import type { Bench } from '../support/row.js';
import { median } from '../support/statistics.js';
import { EVENTS_PER_APPEND } from '../support/stream-events.js';

const Took = z.object({ ms: z.number() });
const SHAPE = { readers: 200, appends: 500 };
const ROUNDS = 5;

export const streams: Bench = {
  name: 'streams',
  gate: false,
  async measure() {
    const rounds: { readonly ours: number; readonly raw: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { ms: ours } = await runChild('sse-fabro', SHAPE, Took);
      const { ms: raw } = await runChild('sse-raw', SHAPE, Took);
      rounds.push({ ours, raw });
    }
    const perSecond = (ms: number): number =>
      Math.round((SHAPE.readers * SHAPE.appends * EVENTS_PER_APPEND) / ms) * 1000;
    return [
      {
        name: 'events to 200 SSE subscribers against raw `node:http`',
        kind: 'ratio',
        limit: { relation: 'at least', value: 0.7 },
        unit: '',
        result: {
          kind: 'measured',
          value: median(rounds.map(({ ours, raw }) => raw / ours)),
          detail: `${perSecond(median(rounds.map((r) => r.ours)))} against ${perSecond(median(rounds.map((r) => r.raw)))} deliveries per second`,
        },
        why: 'A burst of appends; our time holds the commits, the raw server has its frames ready.',
      },
    ];
  },
};

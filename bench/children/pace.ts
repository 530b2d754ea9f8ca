/** Walks trivial runs and the same number of steps of the 30-line engine in turns, and times both. */
import { join } from 'node:path';
import { openSqliteJournal } from '@fabro/journal/sqlite';
import { RUN_PROJECTIONS } from '@fabro/runs';
import { z } from 'zod';
import { answer } from '../support/answer.js';
import { inTempFolder } from '../support/temp-folder.js';
import { walkTrivialRun } from '../support/trivial-run.js';
import { openThirtyLineEngine } from '../thirty-line-engine.js';

const Question = z.object({
  /** Runs at once. */
  runs: z.number(),
  stages: z.number(),
  rounds: z.number(),
});

/** Stages after which Node has compiled what it will compile: a server runs for days. */
const WARM_UP_STAGES = 4_000;

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function measure(work: () => Promise<unknown>): Promise<Sample> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await work();
  const wallMs = performance.now() - startedAt;
  const used = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (used.user + used.system) / 1000 };
}

const atOnce = (n: number, work: (i: number) => Promise<void>): Promise<unknown> =>
  Promise.all(Array.from({ length: n }, (_, i) => work(i)));

await answer(Question, ({ runs, stages, rounds }) =>
  inTempFolder(async (folder) => {
    const journal = await openSqliteJournal(join(folder, 'fabro.db'), {
      projections: RUN_PROJECTIONS,
    });
    const thirty = openThirtyLineEngine(join(folder, 'thirty.db'));
    const ours: Sample[] = [];
    const theirs: Sample[] = [];
    const unmeasured = Math.ceil(WARM_UP_STAGES / (runs * stages));
    for (let round = 0; round < unmeasured + rounds; round++) {
      const a = await measure(() => atOnce(runs, () => walkTrivialRun(journal, { stages })));
      const b = await measure(() =>
        atOnce(runs, (i) => thirty.walk(`${round}/${i}`, stages, async () => 'succeeded')),
      );
      if (round < unmeasured) continue;
      ours.push(a);
      theirs.push(b);
    }
    thirty.close();
    await journal.close();
    return { ours, theirs };
  }),
);

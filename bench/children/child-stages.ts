/** Walks the same trivial stages in a child workflow and in the run's own, in turns, and times both. */
import { join } from 'node:path';
import { openSqliteJournal } from '@fabro/journal/sqlite';
import { RUN_PROJECTIONS } from '@fabro/runs';
import { z } from 'zod';
import { answer } from '../support/answer.js';
import { inTempFolder } from '../support/temp-folder.js';
import { walkTrivialRun } from '../support/trivial-run.js';

const Question = z.object({ stages: z.number(), rounds: z.number() });

/** Rounds after which Node has compiled what it will compile. */
const WARM_UP_ROUNDS = 5;

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

await answer(Question, ({ stages, rounds }) =>
  inTempFolder(async (folder) => {
    const journal = await openSqliteJournal(join(folder, 'fabro.db'), {
      projections: RUN_PROJECTIONS,
    });
    const child: number[] = [];
    const plain: number[] = [];
    for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
      const a = await timed(() => walkTrivialRun(journal, { stages, inChild: true }));
      const b = await timed(() => walkTrivialRun(journal, { stages }));
      if (round < WARM_UP_ROUNDS) continue;
      child.push(a);
      plain.push(b);
    }
    await journal.close();
    return { child, plain };
  }),
);

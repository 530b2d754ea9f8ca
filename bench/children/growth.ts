/** One long run: the size of the file and the time at every thousandth stage. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteJournal } from '@fabro/journal/sqlite';
import { RUN_PROJECTIONS } from '@fabro/runs';
import { z } from 'zod';
import { answer } from '../support/answer.js';
import { inTempFolder } from '../support/temp-folder.js';
import { walkTrivialRun } from '../support/trivial-run.js';

const Question = z.object({ stages: z.number(), every: z.number() });

await answer(Question, ({ stages, every }) =>
  inTempFolder(async (folder) => {
    const warm = await openSqliteJournal(join(folder, 'warm.db'), { projections: RUN_PROJECTIONS });
    await walkTrivialRun(warm, { stages: every });
    await warm.close();
    const path = join(folder, 'fabro.db');
    const journal = await openSqliteJournal(path, { projections: RUN_PROJECTIONS });
    const parts: { readonly bytes: number; readonly ms: number }[] = [];
    let startedAt = performance.now();
    await walkTrivialRun(journal, {
      stages,
      onStage: async (stage) => {
        if (stage % every !== 0) return;
        const ms = performance.now() - startedAt;
        // Compacting writes the log back into the file: its size is then all that is stored.
        await journal.compact();
        parts.push({ bytes: statSync(path).size, ms });
        startedAt = performance.now();
      },
    });
    await journal.close();
    return { parts, closedBytes: statSync(path).size };
  }),
);

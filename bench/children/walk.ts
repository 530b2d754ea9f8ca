/** Walks trivial runs on a fresh SQLite journal, and nothing else: what is counted outside is theirs. */
import { join } from 'node:path';
import { openSqliteJournal } from '@fabro/journal/sqlite';
import { RUN_PROJECTIONS } from '@fabro/runs';
import { z } from 'zod';
import { answer } from '../support/answer.js';
import { inTempFolder } from '../support/temp-folder.js';
import { walkTrivialRun } from '../support/trivial-run.js';

const Question = z.object({ runs: z.number(), stages: z.number() });

await answer(Question, ({ runs, stages }) =>
  inTempFolder(async (folder) => {
    const journal = await openSqliteJournal(join(folder, 'fabro.db'), {
      projections: RUN_PROJECTIONS,
    });
    await Promise.all(Array.from({ length: runs }, () => walkTrivialRun(journal, { stages })));
    await journal.close();
    return { stages: runs * stages };
  }),
);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeJournalContract } from '../src/contract/index.js';
import { openSqliteJournal } from '../src/sqlite/index.js';

describeJournalContract('the SQLite journal', async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'fabro-journal-'));
  const path = join(folder, 'journal.db');
  let journal = await openSqliteJournal(path, options);
  return {
    journal,
    reopen: async () => {
      await journal.close();
      journal = await openSqliteJournal(path, options);
      return journal;
    },
    dispose: async () => {
      await journal.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

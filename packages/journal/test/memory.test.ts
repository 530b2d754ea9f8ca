import { describeJournalContract } from '../src/contract/index.js';
import { createMemoryJournal } from '../src/memory/index.js';

describeJournalContract('the memory journal', async (options) => {
  const journal = createMemoryJournal(options);
  return { journal, dispose: () => journal.close() };
});

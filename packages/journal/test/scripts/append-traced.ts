/** Appends to the journal given as argument and says on stdout what was sent and what was acknowledged. */
import { writeSync } from 'node:fs';
import { streamId } from '@fabro/protocol';
import { openSqliteJournal } from '../../src/sqlite/index.js';
import { note, outside } from '../../src/contract/subject.js';

const [path = '', singles = '0', concurrent = '0'] = process.argv.slice(2);
const journal = await openSqliteJournal(path, { projections: [] });
const stream = streamId('traced');

async function append(name: string): Promise<void> {
  writeSync(1, `send ${name}\n`);
  await journal.append(outside(stream, [note(name)]));
  writeSync(1, `ack ${name}\n`);
}

await append('warm-up');
for (let i = 1; i <= Number(singles); i++) await append(`single-${i}`);
writeSync(1, 'send all\n');
await Promise.all(
  Array.from({ length: Number(concurrent) }, (_, i) => append(`concurrent-${i + 1}`)),
);
writeSync(1, 'ack all\n');
await journal.close();

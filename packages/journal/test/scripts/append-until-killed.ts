/** Appends to the stream `loop` of the journal given as argument, four at a time; prints each acknowledged number. */
import { writeSync } from 'node:fs';
import { streamId } from '@fabro/protocol';
import { blobOf } from '../../src/index.js';
import { openSqliteJournal } from '../../src/sqlite/index.js';
import { CONTRACT_OPTIONS, outside, put } from '../../src/contract/subject.js';

const journal = await openSqliteJournal(process.argv[2] ?? '', CONTRACT_OPTIONS);
const stream = streamId('loop');
let next = journal.lastSeq(stream) + 1;

async function appendForEver(): Promise<never> {
  for (;;) {
    const n = next++;
    const blob = blobOf(Buffer.from(`blob ${n}`));
    const result = await journal.append({
      ...outside(stream, [put(`row ${n}`, { count: n, mark: true })]),
      blobs: [blob],
    });
    if (!result.ok) throw new Error(result.reason);
    writeSync(1, `${result.lastSeq} ${n} ${blob.hash}\n`);
  }
}

await Promise.all([appendForEver(), appendForEver(), appendForEver(), appendForEver()]);

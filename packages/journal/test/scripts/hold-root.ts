/** Holds the storage root given as argument until it is killed; says `held` or the code of the refusal. */
import { writeSync } from 'node:fs';
import { FabroError } from '@fabro/protocol';
import { holdStorageRoot } from '../../src/sqlite/index.js';

try {
  holdStorageRoot(process.argv[2] ?? '');
  writeSync(1, 'held\n');
  setInterval(() => undefined, 60_000);
} catch (error) {
  writeSync(1, `${error instanceof FabroError ? error.code : String(error)}\n`);
}

/** A folder that is gone afterwards, on the disk that the repository is on: a tmpfs would make syncs free. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PARENT = fileURLToPath(new URL('../../bench/.cache/', import.meta.url));

export async function inTempFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(PARENT, { recursive: true });
  const folder = mkdtempSync(join(PARENT, 'run-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

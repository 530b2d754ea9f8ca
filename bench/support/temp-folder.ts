/** A folder that is gone afterwards, on the disk that the repository is on: a tmpfs would make syncs free. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PARENT = fileURLToPath(new URL('../../bench/.cache/', import.meta.url));

export async function inTempFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(PARENT, { recursive: true });
  return await inFreshFolder(join(PARENT, 'run-'), work);
}

/** A folder outside of this repository: a run in it must not take the repository for its own. */
export async function outsideOfRepository<T>(work: (folder: string) => Promise<T>): Promise<T> {
  return await inFreshFolder(join(tmpdir(), 'fabro-bench-'), work);
}

async function inFreshFolder<T>(prefix: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(prefix);
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

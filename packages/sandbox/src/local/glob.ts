import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FabroError } from '@fabro/protocol';
import { GlobPattern } from '../glob/glob-pattern.js';
import { fileError } from './file-errors.js';
import { walkFiles } from './walk.js';

interface Found {
  readonly path: string;
  readonly mtimeMs: number;
}

/** The port's `glob` below an absolute root. Keeps at most twice `limit` paths in memory. */
export async function globFiles(
  root: string,
  pattern: string,
  limit: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const matcher = new GlobPattern(belowRoot(root, pattern));
  let found: Found[] = [];
  for await (const path of walkFiles(root, matcher, signal)) {
    const mtimeMs = await modifiedAt(join(root, path));
    if (mtimeMs === undefined) continue;
    found.push({ path, mtimeMs });
    if (found.length >= 2 * limit + 1_000) found = newest(found, limit);
  }
  return newest(found, limit).map((entry) => entry.path);
}

/** Models like to repeat the folder in the pattern; that means the same. */
function belowRoot(root: string, pattern: string): string {
  const prefix = root.endsWith('/') ? root : `${root}/`;
  return pattern.startsWith(prefix) ? pattern.slice(prefix.length) : pattern;
}

function newest(found: readonly Found[], limit: number): Found[] {
  return found
    .toSorted((one, other) => other.mtimeMs - one.mtimeMs || (one.path < other.path ? -1 : 1))
    .slice(0, limit);
}

async function modifiedAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    // It vanished since the folder was read.
    return undefined;
  }
}

/** Rejects with `not_found`, or `invalid_argument` when the path is no folder. */
export async function requireFolder(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    throw fileError(path, error);
  }
  throw new FabroError('invalid_argument', `${path} is a file; name the folder to search in.`);
}

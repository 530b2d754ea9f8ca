/** Walks a folder's files in the order of their names, without `.git` and `node_modules`. */
import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FabroError } from '@fabro/protocol';
import type { GlobPattern, GlobState } from '../glob/glob-pattern.js';
import { MAX_WALK_ENTRIES } from '../limits.js';
import { fileError } from './file-errors.js';

const SKIPPED = new Set(['.git', 'node_modules']);

interface Folder {
  /** Relative to the root, with a trailing `/` unless empty. */
  readonly prefix: string;
  readonly state: GlobState | undefined;
}

/**
 * Relative paths of regular files and of links to them; links to folders are not followed, so that the walk
 * ends. With a pattern only what matches. Folders that cannot be read are left out, except the root.
 * Throws the signal's reason, or `too_large` past a million entries.
 */
export async function* walkFiles(
  root: string,
  pattern: GlobPattern | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const pending: Folder[] = [{ prefix: '', state: pattern?.start }];
  let seen = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries: Dirent[] = [];
    for await (const entry of entriesOf(root, folder.prefix)) {
      signal.throwIfAborted();
      if ((seen += 1) > MAX_WALK_ENTRIES) {
        throw new FabroError(
          'too_large',
          `${root}: more than ${MAX_WALK_ENTRIES} entries. Search in a folder below it.`,
        );
      }
      entries.push(entry);
    }
    entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    const below: Folder[] = [];
    for (const entry of entries) {
      const state =
        folder.state === undefined ? undefined : pattern?.step(folder.state, entry.name);
      if (entry.isDirectory()) {
        const leads = state === undefined || pattern === undefined || pattern.leadsOn(state);
        if (leads && !SKIPPED.has(entry.name)) {
          below.push({ prefix: `${folder.prefix}${entry.name}/`, state });
        }
        continue;
      }
      if (state !== undefined && pattern?.accepts(state) === false) continue;
      const path = folder.prefix + entry.name;
      if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(join(root, path))))) {
        signal.throwIfAborted();
        yield path;
      }
    }
    // The stack gives back its last one first.
    pending.push(...below.toReversed());
  }
}

async function* entriesOf(root: string, prefix: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(join(root, prefix), { bufferSize: 256 });
  } catch (error) {
    if (prefix === '') throw fileError(root, error);
    // A folder below that vanished or may not be read has nothing to show.
  }
}

async function leadsToFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // A link to nothing is no file.
    return false;
  }
}

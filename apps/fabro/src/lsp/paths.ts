/** Addresses of an editor and paths of the disk. */
import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fabroHome } from '@fabro/settings';
import type { Io } from '../io.js';
import { LSP_FOLDER_ENTRIES } from '../limits.js';
import { exists } from '../manifest/project.js';

/** The absolute path of a document; undefined for one that is no file, such as an unsaved new one. */
export function pathOf(uri: string): string | undefined {
  try {
    return fileURLToPath(uri);
  } catch {
    // Another scheme, or a host in the address: nothing on this disk.
    return undefined;
  }
}

/** The address of a path. */
export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}

/** The existing file that a workflow names; a text may also lie in the user's own folder (engine reference §1.3). */
export async function referencedFile(
  io: Io,
  { document, reference, content }: FileReference,
): Promise<string | undefined> {
  const candidates = [fromFolder(io, document, reference)];
  if (content === 'text' && !isAbsolute(reference))
    candidates.push(join(fabroHome(io.env), reference));
  for (const candidate of candidates) if (await exists(candidate)) return candidate;
  return undefined;
}

export interface FileReference {
  /** Absolute path of the workflow. */
  readonly document: string;
  readonly reference: string;
  readonly content: 'workflow' | 'text';
}

/** Names in a folder that a workflow names, folders with `/` at the end; hidden ones and the workflow itself are left out. */
export async function namesIn(io: Io, document: string, folder: string): Promise<string[]> {
  const path = fromFolder(io, document, folder);
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter(({ name }) => !name.startsWith('.') && join(path, name) !== document)
      .slice(0, LSP_FOLDER_ENTRIES)
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .toSorted();
  } catch {
    // A folder that is being typed need not exist, or be ours to read: it has no names to offer.
    return [];
  }
}

function fromFolder(io: Io, document: string, reference: string): string {
  const home = /^~(?=\/|$)/;
  if (home.test(reference)) return reference.replace(home, dirname(fabroHome(io.env)));
  return resolve(dirname(document), reference);
}

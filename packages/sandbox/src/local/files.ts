/** Reading, writing and describing single files by absolute path. */
import { type Stats, constants } from 'node:fs';
import { type FileHandle, chmod, mkdir, open, readlink, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FabroError } from '@fabro/protocol';
import { MAX_LINKS } from '../limits.js';
import type { FileStat } from '../port.js';
import { fileError, isMissing, systemCode } from './file-errors.js';
import { readRange } from './read-range.js';

/** Rejects with `not_found`, `too_large` past `maxBytes`, `invalid_argument` when it is no regular file. */
export async function readWhole(path: string, maxBytes: number): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    // Without waiting: opening a named pipe would otherwise hang until somebody writes to it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) {
      const kind = found.isDirectory() ? 'a folder' : 'no regular file';
      throw new FabroError('invalid_argument', `${path} is ${kind}; name a file.`);
    }
    if (found.size > maxBytes) throw tooLarge(path, found.size, maxBytes);
    // Files of /proc have no size, others may grow meanwhile.
    const bytes =
      found.size === 0
        ? await readGrowing(file, maxBytes + 1)
        : await readRange(file, 0, Math.min(found.size, maxBytes) + 1);
    if (bytes.length > maxBytes) throw tooLarge(path, bytes.length, maxBytes);
    return bytes;
  } catch (error) {
    throw fileError(path, error);
  } finally {
    await file?.close();
  }
}

/**
 * Writes beside the file and renames, so that a reader sees the old bytes or the new ones. Keeps the mode of
 * an existing file, writes through symbolic links, creates parent folders.
 * @param name a fresh file name for the temporary file.
 */
export async function writeWhole(path: string, bytes: Uint8Array, name: string): Promise<void> {
  try {
    const target = await linkTarget(path);
    const folder = dirname(target);
    await mkdir(folder, { recursive: true });
    const existing = await statOrNothing(target);
    if (existing?.isDirectory() === true) {
      throw new FabroError('invalid_argument', `${path} is a folder; name a file.`);
    }
    const temporary = join(folder, name);
    try {
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(bytes);
      } finally {
        await file.close();
      }
      if (existing !== undefined) await chmod(temporary, existing.mode & 0o7777);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    if (systemCode(error) === 'EEXIST' || systemCode(error) === 'ENOTDIR') {
      throw new FabroError(
        'invalid_argument',
        `${path} cannot be written: a folder of its path is a file.`,
        { cause: error },
      );
    }
    throw fileError(path, error);
  }
}

/** undefined when nothing is there; symbolic links are followed. */
export async function describeFile(path: string): Promise<FileStat | undefined> {
  try {
    const found = await statOrNothing(path);
    if (found === undefined) return undefined;
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
    return { kind, size: found.size, mtimeMs: found.mtimeMs };
  } catch (error) {
    throw fileError(path, error);
  }
}

async function statOrNothing(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Where a chain of symbolic links leads, even when nothing is there yet. */
async function linkTarget(path: string): Promise<string> {
  let target = path;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    let link: string;
    try {
      link = await readlink(target);
    } catch (error) {
      // EINVAL: no link, so this is where it leads.
      if (systemCode(error) === 'EINVAL' || isMissing(error)) return target;
      throw error;
    }
    target = resolve(dirname(target), link);
  }
  throw new FabroError(
    'invalid_argument',
    `${path} (${basename(path)}) leads through more than ${MAX_LINKS} symbolic links.`,
  );
}

async function readGrowing(file: FileHandle, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  while (total < most) {
    const piece = await readRange(file, total, Math.min(most - total, 64 * 1024));
    if (piece.length === 0) break;
    pieces.push(piece);
    total += piece.length;
  }
  return Buffer.concat(pieces);
}

function tooLarge(path: string, size: number, maxBytes: number): FabroError {
  return new FabroError(
    'too_large',
    `${path} has ${size} bytes or more, at most ${maxBytes} can be read. Read a part of it with a command (head, tail, sed -n).`,
  );
}

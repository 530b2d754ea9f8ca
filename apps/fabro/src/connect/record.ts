/** The record of a local server, and whether it speaks the truth. */
import { readFile } from 'node:fs/promises';
import { FabroError } from '@fabro/protocol';
import { z } from 'zod';
import type { Io, ServerRecord } from '../io.js';
import type { StorageFiles } from './storage.js';

const Record = z.looseObject({
  pid: z.number().int().positive(),
  address: z.string(),
  version: z.string(),
});

export type LocalServer =
  | { readonly state: 'running'; readonly record: ServerRecord }
  /** The process of the record lives but does not answer; it may be starting, stopping or stuck. */
  | { readonly state: 'silent'; readonly record: ServerRecord; readonly cause: unknown }
  | { readonly state: 'stopped' };

/** Reads the record; undefined when there is none or it is only half written. */
async function readRecord(files: StorageFiles): Promise<ServerRecord | undefined> {
  let text: string;
  try {
    text = await readFile(files.record, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new FabroError('storage_unwritable', `Cannot read ${files.record}; check its owner.`, {
      cause: error,
    });
  }
  return parseRecord(text);
}

/** Parses a record or the ready line; undefined when the text is none. */
export function parseRecord(text: string): ServerRecord | undefined {
  try {
    const parsed = Record.safeParse(JSON.parse(text));
    if (!parsed.success) return undefined;
    const { pid, address, version } = parsed.data;
    return { pid, address, version };
  } catch {
    // Not JSON: a record that is being written, which the next look finds whole.
    return undefined;
  }
}

/** Looks whether the recorded server lives and answers. */
export async function lookForServer(
  io: Io,
  files: StorageFiles,
  health: (record: ServerRecord) => Promise<void>,
): Promise<LocalServer> {
  const record = await readRecord(files);
  if (record === undefined || !io.world.isAlive(record.pid)) return { state: 'stopped' };
  try {
    await health(record);
    return { state: 'running', record };
  } catch (cause) {
    return { state: 'silent', record, cause };
  }
}

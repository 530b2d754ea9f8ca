/** Files as the file tools see them. */
import { createHash } from 'node:crypto';
import { FabroError } from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';
import { BINARY_PROBE_BYTES, FILE_MAX_BYTES } from '../limits.js';

/** The file's bytes; undefined when there is none. Throws FabroError `too_large` past the limit of file tools. */
export async function readIfThere(sandbox: Sandbox, path: string): Promise<Uint8Array | undefined> {
  try {
    return await sandbox.readFile(path, { maxBytes: FILE_MAX_BYTES });
  } catch (error) {
    if (error instanceof FabroError && error.code === 'not_found') return undefined;
    throw error;
  }
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The text of a UTF-8 file, byte order mark included; undefined when writing it back would change other bytes. */
export function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The decoder throws a TypeError on bytes that are no UTF-8; there is nothing more to tell.
    return undefined;
  }
}

export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, BINARY_PROBE_BYTES).includes(0);
}

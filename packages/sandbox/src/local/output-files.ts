/** The files that hold a command's output, found again by the hash of its key. */
import { createHash } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FabroError } from '@fabro/protocol';
import type { ExecOutput } from '../port.js';
import { isMissing } from './file-errors.js';
import { readRange } from './read-range.js';

export interface OutputPaths {
  readonly stdoutPath: string;
  readonly stderrPath: string;
}

export function outputPaths(scratchDir: string, key: string): OutputPaths {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 40);
  return {
    stdoutPath: join(scratchDir, `${name}.out`),
    stderrPath: join(scratchDir, `${name}.err`),
  };
}

export async function removeOutput(paths: OutputPaths): Promise<void> {
  await Promise.all([rm(paths.stdoutPath, { force: true }), rm(paths.stderrPath, { force: true })]);
}

/** The bytes of the file in use, or undefined when there is no file. */
export async function outputSize(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The bytes from `from` to `to` of a file; an empty range needs no file. */
export function fileOutput(path: string, from: number, to: number): ExecOutput {
  return {
    bytes: to - from,
    async tail(limit) {
      const start = Math.max(from, to - Math.max(0, Math.floor(limit)));
      const bytes = await readBytes(path, start, to);
      return Buffer.from(start === from ? bytes : withoutBrokenStart(bytes)).toString('utf8');
    },
    read: async () => await readBytes(path, from, to),
  };
}

async function readBytes(path: string, from: number, to: number): Promise<Uint8Array> {
  if (to <= from) return new Uint8Array(0);
  try {
    const file = await open(path, 'r');
    try {
      return await readRange(file, from, to - from);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new FabroError('gone', `output ${path}: removed already. Read it before dispose.`, {
      cause: error,
    });
  }
}

/** A cut may fall into a character; at most three bytes of it are left over. */
function withoutBrokenStart(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0b1100_0000) === 0b1000_0000) start += 1;
  return bytes.subarray(start);
}

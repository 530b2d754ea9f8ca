/** Reading text files that users name. */
import { readFile, stat } from 'node:fs/promises';
import { FabroError, messageOf } from '@fabro/protocol';
import { SOURCE_FILE_BYTES } from '../limits.js';

/**
 * The text of a file; undefined when it does not exist. Rejects with `too_large` past the limit and with
 * `invalid_argument` when it is no file or cannot be read.
 * @param what names the kind of file for the message.
 */
export async function readSource(path: string, what: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > SOURCE_FILE_BYTES)
      throw new FabroError(
        'too_large',
        `${what} ${path} has ${size} bytes; at most ${SOURCE_FILE_BYTES} are read.`,
      );
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof FabroError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new FabroError('invalid_argument', `Cannot read ${what} ${path}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

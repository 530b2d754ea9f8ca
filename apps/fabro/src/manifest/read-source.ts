/** Reading text files that users name. */
import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { FabroError, messageOf } from '@fabro/protocol';
import { SOURCE_FILE_BYTES } from '../limits.js';

/**
 * The text of a file; undefined when it does not exist. Rejects with `too_large` past the limit and with
 * `invalid_argument` when it is no file, no UTF-8 or cannot be read.
 * @param what names the kind of file for the message.
 */
export async function readSource(path: string, what: string): Promise<string | undefined> {
  try {
    const info = await stat(path);
    const { size } = info;
    if (info.isDirectory())
      throw new FabroError(
        'invalid_argument',
        `Cannot read ${what} ${path}: it is a folder. Name a file in it.`,
      );
    if (size > SOURCE_FILE_BYTES)
      throw new FabroError(
        'too_large',
        `${what} ${path} has ${size} bytes; at most ${SOURCE_FILE_BYTES} are read.`,
      );
    const bytes = await readFile(path);
    // Read as UTF-8 all the same, its odd bytes would reach models and scripts as other characters.
    if (!isUtf8(bytes))
      throw new FabroError(
        'invalid_argument',
        `Cannot read ${what} ${path}: it is not UTF-8 text. Save it as UTF-8, or name another file.`,
      );
    return bytes.toString('utf8');
  } catch (error) {
    if (error instanceof FabroError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new FabroError('invalid_argument', `Cannot read ${what} ${path}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

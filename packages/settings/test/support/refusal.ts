import { FabroError } from '@fabro/protocol';
import { parseSettings } from '../../src/index.js';

/** The message of the error that this file gets. */
export function refusal(toml: string): string {
  try {
    parseSettings(toml, 'run.toml');
  } catch (error) {
    if (error instanceof FabroError && error.code === 'invalid_settings') return error.message;
    throw error;
  }
  throw new Error('the file was accepted');
}

/** The sentences of a message, without the lines of the file that stand below each. */
export function sentences(toml: string): readonly string[] {
  return refusal(toml)
    .split('\n')
    .filter((line) => !/^ *\d* \| /.test(line));
}

/** `--input key=value`, with values as TOML. Pure. */
import { FabroError, messageOf } from '@fabro/protocol';
import { type SettingsLayer, parseSettings } from '@fabro/settings';

const BARE_KEY = /^[A-Za-z0-9_-]+$/;

/**
 * The words with every value in valid TOML: what is no TOML value by itself is taken as text, so that
 * `--input name=Ada` needs no quotes. Throws `invalid_argument` for a key that is no bare TOML key.
 */
export function tomlInputs(words: readonly string[]): readonly string[] {
  return words.map((text) => {
    const at = text.indexOf('=');
    const key = text.slice(0, at).trim();
    const value = text.slice(at + 1);
    if (at < 1 || !BARE_KEY.test(key))
      throw new FabroError(
        'invalid_argument',
        `--input: "${text}" has no usable name; expected name=value with letters, digits, _ and - in the name.`,
      );
    return `${key}=${isTomlValue(key, value) ? value.trim() : JSON.stringify(value)}`;
  });
}

/** The inputs as the highest layer of settings; undefined when there are none. */
export function inputLayer(words: readonly string[] | undefined): SettingsLayer | undefined {
  if (words === undefined || words.length === 0) return undefined;
  const source = `[run.inputs]\n${tomlInputs(words).join('\n')}\n`;
  try {
    return parseSettings(source, '--input');
  } catch (cause) {
    throw new FabroError('invalid_argument', messageOf(cause), { cause });
  }
}

function isTomlValue(key: string, value: string): boolean {
  // A line end would begin another key.
  if (/[\r\n]/.test(value)) return false;
  try {
    parseSettings(`[run.inputs]\n${key} = ${value}\n`, '--input');
    return true;
  } catch {
    // The question is just whether it parses; what does not is text.
    return false;
  }
}

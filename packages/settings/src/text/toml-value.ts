/** One TOML value outside of a file: an argument `key=<value>`. */
import { FabroError, messageOf, type JsonValue } from '@fabro/protocol';
import { parse } from 'smol-toml';
import { z } from 'zod';

const Holder = z.object({ value: z.json() });

/**
 * Parses one TOML value. Throws FabroError `invalid_argument` naming the place, for text that is none and
 * for dates, which have no JSON form.
 */
export function parseTomlValue(text: string, place: string): JsonValue {
  try {
    return Holder.parse(parse(`value = ${text}`)).value;
  } catch (error) {
    throw new FabroError(
      'invalid_argument',
      `${place}: ${text} is no TOML value (${messageOf(error).split('\n')[0] ?? ''}); quote a text: "${text}"`,
      { cause: error },
    );
  }
}

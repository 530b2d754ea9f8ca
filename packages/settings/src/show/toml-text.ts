/** JSON values as TOML. */
import type { JsonValue } from '@fabro/protocol';

const BARE_KEY = /^[A-Za-z0-9_-]+$/;

/** A value on one line, tables inline. */
export function tomlValue(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(
      ([key, item]) => `${tomlKey(key)} = ${tomlValue(item)}`,
    );
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  // JSON's escapes are TOML's; DEL is the one character that TOML wants escaped and JSON does not.
  return JSON.stringify(value).replaceAll('\u007f', String.raw`\u007F`);
}

/** A key, quoted where it must be. */
export function tomlKey(key: string): string {
  return BARE_KEY.test(key) ? key : tomlValue(key);
}

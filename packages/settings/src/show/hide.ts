/** Secrets in settings: a value whose key, or whose own shape, says that it is one. */
import type { JsonValue } from '@fabro/protocol';
import { REDACTED, type Redactor, secretsOf } from '../redact.js';

/** Headers that carry credentials although their names do not end like a secret's. */
const SECRET_HEADERS = /^(?:proxy-)?authorization$|^(?:set-)?cookie$/i;
/** `user:password@` of a URL. */
const URL_PASSWORD = /(:\/\/[^/\s:@]*:)[^/\s@]+(?=@)/g;
const NAMES_A_VARIABLE = /\{\{\s*env\./;

/** The value without secrets. `key` is the last key of its path; a text that names a variable is none. */
export function hideSecrets(value: JsonValue, key: string, redactor: Redactor): JsonValue {
  if (typeof value === 'string') {
    if (value !== '' && !NAMES_A_VARIABLE.test(value) && isSecret(key)) return REDACTED;
    return redactor.text(value).replace(URL_PASSWORD, `$1${REDACTED}`);
  }
  if (Array.isArray(value)) return value.map((item) => hideSecrets(item, key, redactor));
  if (typeof value !== 'object' || value === null)
    return isSecret(key) && typeof value === 'number' ? REDACTED : value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, hideSecrets(item, name, redactor)]),
  );
}

function isSecret(key: string): boolean {
  return SECRET_HEADERS.test(key) || secretsOf({ [key.replaceAll('-', '_')]: key }).length > 0;
}

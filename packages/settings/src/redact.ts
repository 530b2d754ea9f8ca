/** Takes secrets out of texts before they reach a model, the journal, a log or an answer. */
import type { JsonValue } from '@fabro/protocol';
import type { Env } from './environment.js';
import { MIN_SECRET_CHARS } from './limits.js';

/** What stands in the place of a secret. */
export const REDACTED = 'REDACTED';

/**
 * Tokens that can be told by their shape. The look-behind keeps `task-…` from being read as `sk-…`; the body of
 * a key ends at the next five dashes, so that many beginnings without an end cost no more than one.
 */
const SHAPES = [
  String.raw`(?<![A-Za-z0-9_])sk-[A-Za-z0-9_-]{16,}`,
  String.raw`(?<![A-Za-z0-9_])gh[pousr]_[A-Za-z0-9]{20,}`,
  String.raw`(?<![A-Za-z0-9_])github_pat_[A-Za-z0-9_]{22,}`,
  String.raw`(?<![A-Za-z0-9_])fabro_dev_[0-9a-f]{64}`,
  String.raw`(?<![A-Za-z0-9_])xox[abeprs]-[A-Za-z0-9-]{10,}`,
  String.raw`(?<![A-Za-z0-9_])(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])`,
  String.raw`(?<![A-Za-z0-9_])AIza[A-Za-z0-9_-]{35}`,
  String.raw`-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[A-Za-z0-9+/=\s:,]|-(?!----))*-----END [A-Z ]{0,40}PRIVATE KEY-----`,
];

const SECRET_NAME =
  /(?:^|_)(?:TOKENS?|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|PWD|(?:API|ACCESS|PRIVATE|SECRET|ENCRYPTION|SIGNING|VAULT|AUTH)?_?KEYS?|APIKEY|CREDENTIALS?)(?:_ID|_BASE64)?$/i;
/** Names that look like secrets and hold the shell's own state. */
const NOT_SECRET: ReadonlySet<string> = new Set(['PWD', 'OLDPWD']);

export interface Redactor {
  /** The text with every secret replaced. */
  text(text: string): string;
  /** The value with every text in it redacted, names of keys too. */
  json(value: JsonValue): JsonValue;
}

/**
 * A redactor for these secrets and for tokens of well-known shape. Secrets shorter than 8 characters are left
 * alone. A text must come whole: a secret cut in two by a chunk's end is not seen.
 */
export function redact(secrets: Iterable<string>): Redactor {
  const pattern = patternOf(secrets);
  const text = (value: string) => value.replace(pattern, REDACTED);
  const json = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), json(item)]));
  };
  return { text, json };
}

function patternOf(secrets: Iterable<string>): RegExp {
  const known = [...new Set(secrets)]
    .map((secret) => secret.trim())
    .filter((secret) => secret.length >= MIN_SECRET_CHARS)
    // Inside JSON text a secret with quotes or line ends is spelled differently.
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    // The longest first: one secret may begin like another.
    .sort((a, b) => b.length - a.length)
    .map((secret) => secret.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`));
  return new RegExp([...new Set(known), ...SHAPES].join('|'), 'g');
}

/** The values of variables whose names look like secrets (`…_TOKEN`, `…_API_KEY`, `…_PASSWORD`, …). */
export function secretsOf(env: Env): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && SECRET_NAME.test(name) && !NOT_SECRET.has(name) ? [value] : [],
  );
}

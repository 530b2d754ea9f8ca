/** YAML text to a script, with the line and column of every mistake. Pure. */
import { FabroError } from '@fabro/protocol';
import { type Document, LineCounter, isMap, isNode, isScalar, parseDocument } from 'yaml';
import { SCRIPT_MAX_ALIASES, SCRIPT_MAX_CHARS } from '../limits.js';
import { type Script, ScriptFile } from './script.js';

/**
 * Parses a script file: a list of turns, `{ turns }`, or `{ sessions: [{ session?, turns }] }`.
 * @param path only for messages; nothing is read.
 * @throws FabroError `invalid_argument` naming path, line and column.
 */
export function parseScript(yamlText: string, path: string): Script {
  if (yamlText.length > SCRIPT_MAX_CHARS)
    throw new FabroError(
      'invalid_argument',
      `${path}: a script of ${yamlText.length} characters; at most ${SCRIPT_MAX_CHARS} are read.`,
    );
  const lines = new LineCounter();
  const document = parseDocument(yamlText, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw mistake(path, lines.linePos(broken.pos[0]), broken.message, broken);

  const { value, inner } = normalise(toValue(document, path));
  const parsed = ScriptFile.safeParse(value);
  if (parsed.success) return { path, sessions: parsed.data.sessions };

  const [issue] = parsed.error.issues;
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const where = [...inner([...(issue?.path ?? [])]), ...keys];
  const offset =
    (keys.length === 0 ? undefined : keyOffset(document, where)) ?? offsetOf(document, where);
  const name = where.length === 0 ? '' : `${where.join('.')}: `;
  throw mistake(
    path,
    lines.linePos(offset),
    `${name}${issue?.message ?? 'no script'}`,
    parsed.error,
  );
}

type Path = readonly PropertyKey[];
interface Normalised {
  readonly value: unknown;
  /** A place in the normalised value as a place in the file. */
  readonly inner: (path: Path) => Path;
}

/** The short forms as the long one: a list of turns, or `turns` without sections, is one default section. */
function normalise(value: unknown): Normalised {
  if (Array.isArray(value))
    return { value: { sessions: [{ turns: value }] }, inner: (path) => path.slice(3) };
  if (typeof value === 'object' && value !== null && 'turns' in value && !('sessions' in value))
    return { value: { sessions: [value] }, inner: (path) => path.slice(2) };
  return { value, inner: (path) => path };
}

function toValue(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: SCRIPT_MAX_ALIASES });
  } catch (error) {
    throw mistake(path, { line: 1, col: 1 }, 'too many or unknown aliases', error);
  }
}

/** Where the key at a place begins; undefined for a place that is no key of a map. */
function keyOffset(document: Document, place: Path): number | undefined {
  const parent = document.getIn(place.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  for (const { key } of parent.items)
    if (isScalar(key) && key.value === place.at(-1)) return key.range?.[0];
  return undefined;
}

/** Where the deepest existing part of a place begins. */
function offsetOf(document: Document, place: Path): number {
  for (let depth = place.length; depth >= 0; depth--) {
    const node = document.getIn(place.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function mistake(
  path: string,
  { line, col }: { readonly line: number; readonly col: number },
  what: string,
  cause: unknown,
): FabroError {
  return new FabroError(
    'invalid_argument',
    `${path}:${Math.max(1, line)}:${Math.max(1, col)}: ${what}. A script is a list of turns with say, reason, call, when, usage, delay_ms or error.`,
    { cause },
  );
}

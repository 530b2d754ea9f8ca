/** Text of a settings file → what it says, or one error that names every mistake in it. */
import { FabroError } from '@fabro/protocol';
import { parse, TomlError } from 'smol-toml';
import type { z } from 'zod';
import { MAX_SETTINGS_CHARS, MAX_SETTINGS_DEPTH } from './limits.js';
import { movedTo } from './rename-hints.js';
import { knownKeys } from './schema/known-keys.js';
import { SettingsTables } from './schema/tables.js';
import { nearest } from './text/near.js';

/** The version of the settings format that this program writes and reads. */
const SETTINGS_VERSION = 1;

/** What one file says, and which file it was: paths in it are relative to that file. */
export interface SettingsLayer {
  readonly path: string;
  readonly settings: SettingsTables;
}

/**
 * Parses a settings file. A missing `_version` means 1 (decision 1); unknown keys are mistakes.
 * @param path names the file in messages and is kept in the layer.
 * @throws FabroError `invalid_settings` with a line per mistake; TOML errors carry line and column.
 */
export function parseSettings(tomlText: string, path: string): SettingsLayer {
  const { _version: version = SETTINGS_VERSION, ...tables } = parseToml(tomlText, path);
  if (Object.hasOwn(tables, 'version') && !isTable(tables['version']))
    throw invalid(path, 'settings files must use `_version`, not `version`; rename the key');
  if (typeof version === 'number' && version > SETTINGS_VERSION)
    throw invalid(
      path,
      `_version is ${version}, this Fabro reads up to ${SETTINGS_VERSION}. Upgrade Fabro`,
    );
  if (version !== SETTINGS_VERSION)
    throw invalid(path, `_version is ${JSON.stringify(version)}; write _version = 1`);
  const parsed = SettingsTables.safeParse(tables, { reportInput: true });
  if (parsed.success) return { path, settings: parsed.data };
  const lines = parsed.error.issues.flatMap(explain);
  throw new FabroError('invalid_settings', lines.map((line) => `${path}: ${line}`).join('\n'), {
    cause: parsed.error,
  });
}

function parseToml(tomlText: string, path: string): Record<string, unknown> {
  if (tomlText.length > MAX_SETTINGS_CHARS)
    throw invalid(
      path,
      `the file has ${tomlText.length} characters; at most ${MAX_SETTINGS_CHARS} are read`,
    );
  try {
    return parse(tomlText, { maxDepth: MAX_SETTINGS_DEPTH });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    throw new FabroError(
      'invalid_settings',
      `${path}:${cause.line}:${cause.column}: ${cause.message.trimEnd()}`,
      { cause },
    );
  }
}

function explain(issue: z.core.$ZodIssue): readonly string[] {
  const place = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => explainUnknown(key, issue.path));
  // The branch that came furthest tells more than "Invalid input".
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const branches = issue.errors.map((issues) =>
      issues.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] })),
    );
    if (branches.length > 0) return [[...new Set(branches.flat())].join(', or ')];
  }
  const value = issue.code === 'invalid_value' ? ` is ${JSON.stringify(issue.input)}` : '';
  return [`${place}${value}: ${lowerFirst(issue.message)}`];
}

function explainUnknown(key: string, path: readonly PropertyKey[]): string {
  const place = [...path, key].map(String).join('.');
  const moved = path.length === 0 ? movedTo(key) : undefined;
  if (moved !== undefined) return `${place}: this key is now ${moved}; move it there`;
  const known = knownKeys(SettingsTables, path);
  const near = nearest(key, known);
  const remedy = near === undefined ? `allowed are ${known.join(', ')}` : `did you mean "${near}"?`;
  return `${place}: unknown key; ${remedy}`;
}

const isTable = (value: unknown) => typeof value === 'object' && value !== null;
const lowerFirst = (message: string) => message.charAt(0).toLowerCase() + message.slice(1);
const invalid = (path: string, message: string) =>
  new FabroError('invalid_settings', `${path}: ${message}.`);

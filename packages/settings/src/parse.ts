/** Text of a settings file → what it says, or one error that names every mistake in it. */
import { FabroError } from '@fabro/protocol';
import { parse, TomlError } from 'smol-toml';
import { type Alias, asWritten, translateAliases } from './aliases.js';
import { MAX_MISTAKES, MAX_SETTINGS_CHARS, MAX_SETTINGS_DEPTH } from './limits.js';
import { type Mistake, mistakesOf } from './mistake.js';
import { redact } from './redact.js';
import { SettingsTables } from './schema/tables.js';
import { codeFrame } from './toml/code-frame.js';
import { type Place, placesOf } from './toml/places.js';

/** The version of the settings format that this program writes and reads. */
const SETTINGS_VERSION = 1;

/** What one file says, and which file it was: paths in it are relative to that file. */
export interface SettingsLayer {
  readonly path: string;
  readonly settings: SettingsTables;
}

/**
 * Parses a settings file. A missing `_version` means 1 (decision 1); unknown keys are mistakes; spellings of
 * the generation of March 2026 are read (decision 2).
 * @param path names the file in messages and is kept in the layer.
 * @throws FabroError `invalid_settings` that names each mistake with line, column and the line's text.
 */
export function parseSettings(tomlText: string, path: string): SettingsLayer {
  const { _version: version = SETTINGS_VERSION, ...tables } = parseToml(tomlText, path);
  const { tables: translated, used, doubled } = translateAliases(tables);
  const wrongVersion = versionMistakes(version, tables);
  // What another version calls its keys is not ours to judge.
  const parsed =
    wrongVersion.length > 0
      ? undefined
      : SettingsTables.safeParse(translated, { reportInput: true });
  if (parsed?.success === true && doubled.length === 0) return { path, settings: parsed.data };
  const mistakes = [
    ...wrongVersion,
    ...(wrongVersion.length > 0 ? [] : (parsed?.error?.issues ?? []).flatMap(mistakesOf)),
  ];
  throw invalidFile(tomlText, path, { mistakes, used, doubled, cause: parsed?.error });
}

/**
 * Where the file gives the value that the schema calls `path`, an older spelling included; the table around
 * it where the value has no key of its own.
 */
export function settingsPlaces(
  tomlText: string,
): (path: readonly PropertyKey[]) => Place | undefined {
  const places = placesOf(tomlText);
  const { used } = translateAliases(parse(tomlText, { maxDepth: MAX_SETTINGS_DEPTH }));
  return (path) => places.of(asWritten(path, used));
}

function parseToml(tomlText: string, path: string): Record<string, unknown> {
  if (tomlText.length > MAX_SETTINGS_CHARS)
    throw new FabroError(
      'invalid_settings',
      `${path}: the file has ${tomlText.length} characters; at most ${MAX_SETTINGS_CHARS} are read.`,
    );
  try {
    return parse(tomlText, { maxDepth: MAX_SETTINGS_DEPTH });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const { line, column } = cause;
    const [first = ''] = cause.message.split('\n');
    throw new FabroError(
      'invalid_settings',
      hideSecrets(`${path}:${line}:${column}: ${first}\n${codeFrame(tomlText, { line, column })}`),
      { cause },
    );
  }
}

function versionMistakes(
  version: unknown,
  tables: Readonly<Record<string, unknown>>,
): readonly Mistake[] {
  if (Object.hasOwn(tables, 'version'))
    return [
      {
        path: ['version'],
        message: 'settings files must use `_version`, not `version`; rename the key',
      },
    ];
  const path = ['_version'];
  if (version === SETTINGS_VERSION) return [];
  if (typeof version === 'number' && version > SETTINGS_VERSION)
    return [
      {
        path,
        value: String(version),
        message: `this Fabro reads up to ${SETTINGS_VERSION}. Upgrade Fabro`,
      },
    ];
  return [{ path, value: JSON.stringify(version), message: 'write _version = 1' }];
}

interface Findings {
  readonly mistakes: readonly Mistake[];
  readonly used: readonly Alias[];
  readonly doubled: readonly Alias[];
  readonly cause: unknown;
}

function invalidFile(tomlText: string, path: string, found: Findings): FabroError {
  const places = placesOf(tomlText);
  const report = (written: readonly PropertyKey[], text: string) => {
    const place = places.of(written);
    return place === undefined
      ? `${path}: ${text}`
      : `${path}:${place.line}:${place.column}: ${text}\n${codeFrame(tomlText, place)}`;
  };
  const reports = [
    ...found.doubled.map(({ old, now }) => {
      const line = places.of(now)?.line;
      const [older, newer] = [old.join('.'), now.join('.')];
      return report(
        old,
        `${older}: the older spelling of ${newer}, which line ${line} has too; keep only ${newer}`,
      );
    }),
    ...found.mistakes.map(({ path: key, value, message }) => {
      const written = asWritten(key, found.used);
      const name = written.map(String).join('.');
      return report(written, `${name}${value === undefined ? '' : ` is ${value}`}: ${message}`);
    }),
  ];
  const shown = [...new Set(reports)];
  const rest = shown.length - MAX_MISTAKES;
  const lines = rest > 0 ? [...shown.slice(0, MAX_MISTAKES), `… and ${rest} more`] : shown;
  return new FabroError('invalid_settings', hideSecrets(lines.join('\n')), {
    cause: found.cause,
  });
}

/** The line around a mistake may hold a token, and the message goes to logs. */
const hideSecrets = (message: string) => redact([]).text(message);

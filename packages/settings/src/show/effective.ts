/** The settings that hold, for people: as they are written in a file, each value with its origin, no secret. */
import { JsonValue } from '@fabro/protocol';
import { z } from 'zod';
import type { Env } from '../environment.js';
import { mergeSettings, type Settings } from '../merge.js';
import { settingsPlaces, type SettingsLayer } from '../parse.js';
import { redact, secretsOf } from '../redact.js';
import { KEY_DOCS } from '../schema/key-docs.js';
import { schemasAt } from '../schema/known-keys.js';
import { SettingsTables } from '../schema/tables.js';
import { durationText, sizeText } from '../text/written.js';
import { hideSecrets } from './hide.js';
import { originOf } from './origin.js';

/** A layer with the text that it was read from; flags and variables have none. */
export interface LayerSource {
  readonly layer: SettingsLayer;
  readonly source?: string;
}

/** One value that holds. */
export interface EffectiveValue {
  readonly path: readonly (string | number)[];
  /** As it is written in a file: durations and sizes with their units. */
  readonly value: JsonValue;
  /** `file:line`, the name of a flag or variable, or `default`. */
  readonly origin: string;
}

/**
 * Every value that holds, in the order of the schema. Secrets are replaced: values of keys that sound like one,
 * tokens of well-known shape, and what secret variables of `env` hold.
 * @param sources nearest first.
 * @param extra defaults that depend on the machine, farther than every layer.
 */
export function effectiveSettings(
  sources: readonly LayerSource[],
  around: { readonly env: Env; readonly extra?: SettingsTables },
): readonly EffectiveValue[] {
  const layers = sources.map(({ layer }) => layer);
  const settings = mergeSettings([
    ...layers,
    ...(around.extra === undefined ? [] : [{ path: 'default', settings: around.extra }]),
  ]);
  const places = sources.map(({ source }) =>
    source === undefined ? undefined : settingsPlaces(source),
  );
  const redactor = redact(secretsOf(around.env));
  return leavesOf(settings).flatMap(({ path, value, holder, isBare }) => {
    const found = originOf(layers, path, holder);
    // That there are no inputs is worth a line; that an optional table is empty is not, unless a file says so.
    if (isBare === true && found === undefined) return [];
    const index = found === undefined ? -1 : layers.indexOf(found.layer);
    const line = found === undefined ? undefined : places[index]?.(found.path)?.line;
    return {
      path,
      value: hideSecrets(value, lastName(path), redactor),
      origin: found === undefined ? 'default' : placed(found.layer.path, line),
    };
  });
}

const placed = (path: string, line: number | undefined) =>
  line === undefined ? path : `${path}:${line}`;

interface Leaf {
  readonly path: readonly (string | number)[];
  readonly value: JsonValue;
  /** The table of a list in which it lies, by which its layer is found. */
  readonly holder?: unknown;
  /** A table that says nothing, where a file could say something. */
  readonly isBare?: boolean;
}

const ORDER = Object.keys(SettingsTables.shape);

function leavesOf(settings: Settings): readonly Leaf[] {
  return ORDER.flatMap((table) => leaves(Reflect.get(settings, table) as unknown, [table]));
}

function leaves(value: unknown, path: Leaf['path'], holder?: unknown): readonly Leaf[] {
  const schema = schemasAt(SettingsTables, path)[0];
  if (isTable(value) && (schema instanceof z.ZodObject || schema instanceof z.ZodRecord)) {
    const parts = Object.entries(value).map(([key, item]) => leaves(item, [...path, key], holder));
    const isOwn = (part: readonly Leaf[]) => part[0]?.path.length === path.length + 1;
    // In TOML the keys of a table come before the tables in it.
    const inner = [...parts.filter(isOwn), ...parts.filter((part) => !isOwn(part))].flat();
    if (inner.length > 0) return inner;
    return [{ path, value: {}, holder, isBare: schema instanceof z.ZodObject }];
  }
  if (Array.isArray(value) && schema instanceof z.ZodArray && schema.element instanceof z.ZodObject)
    return value.length === 0
      ? [{ path, value: [] }]
      : value.flatMap((item, index) => leaves(item, [...path, index], item));
  if (value === undefined) return [];
  return [{ path, value: asWritten(value, path), holder }];
}

function asWritten(value: unknown, path: Leaf['path']): JsonValue {
  const units = schemasAt(SettingsTables, path).map((schema) => KEY_DOCS.get(schema)?.unit);
  if (typeof value === 'number' && units.includes('duration')) return durationText(value);
  if (typeof value === 'number' && units.includes('size')) return sizeText(value);
  return JsonValue.parse(value);
}

const lastName = (path: Leaf['path']) =>
  String(path.findLast((key) => typeof key === 'string') ?? '');
const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

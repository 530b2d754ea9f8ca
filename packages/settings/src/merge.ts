/** Layers of settings → the settings that hold. */
import { DEFAULTS, ENTRY_DEFAULTS } from './defaults.js';
import { ruleAt } from './merge-rules.js';
import type { SettingsLayer } from './parse.js';
import type { SettingsTables } from './schema/tables.js';

/** T in which every key that D has is present. */
type Filled<T, D> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T as K extends keyof D ? never : K]: T[K] } & {
        [K in keyof T & keyof D]-?: Filled<NonNullable<T[K]>, D[K]>;
      }
    : T;

/** A goal with its origin: `file` is relative to the folder of `declaredIn`. */
export type Goal =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly file: string; readonly declaredIn: string };

/**
 * The settings that hold: every key with a default is present. Durations are in milliseconds, sizes in bytes,
 * `{{ env.X }}` is unresolved.
 */
export interface Settings extends Filled<SettingsTables, typeof DEFAULTS> {
  /** `run.goal` with its origin; absent when no layer has one. */
  readonly goal?: Goal;
}

type Table = Readonly<Record<string, unknown>>;

/**
 * Merges layers by the rules of engine reference §12, then fills in the defaults, field by field.
 * @param layers nearest first: command line, workflow, project, user.
 */
export function mergeSettings(layers: readonly SettingsLayer[]): Settings {
  const merged = layers.reduceRight<Table>(
    (far, { settings }) => mergeTables(far, settings, []),
    {},
  );
  const goal = nearestGoal(layers);
  const filled = withDefaults(merged, DEFAULTS, []);
  // Layers have only what the schema allows, and every key of DEFAULTS is filled in.
  return { ...(filled as Filled<SettingsTables, typeof DEFAULTS>), ...(goal && { goal }) };
}

/** The table with what it lacks. A list, a text or a number that is there stands as it is. */
function withDefaults(table: Table, defaults: Table, path: readonly string[]): Table {
  const keys = new Set([...Object.keys(defaults), ...Object.keys(table)]);
  return Object.fromEntries(
    [...keys].map((key) => {
      const here = [...path, key];
      const value = own(table, key);
      const fallback = own(defaults, key);
      const entry = entryDefaults(here);
      if (value === undefined) return [key, fallback];
      if (!isTable(value)) return [key, value];
      if (entry !== undefined) return [key, { ...entry, ...value }];
      return [key, withDefaults(value, isTable(fallback) ? fallback : {}, here)];
    }),
  );
}

function entryDefaults(path: readonly string[]): Table | undefined {
  return ENTRY_DEFAULTS[[...path.slice(0, -1), '*'].join('.')];
}

function nearestGoal(layers: readonly SettingsLayer[]): Goal | undefined {
  for (const { path, settings } of layers) {
    const goal = settings.run?.goal;
    if (typeof goal === 'string') return { kind: 'text', text: goal };
    if (goal !== undefined) return { kind: 'file', file: goal.file, declaredIn: path };
  }
  return undefined;
}

function mergeTables(far: Table, near: Table, path: readonly string[]): Table {
  const keys = new Set([...Object.keys(far), ...Object.keys(near)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, mergeValues(own(far, key), own(near, key), [...path, key])]),
  );
}

function mergeValues(far: unknown, near: unknown, path: readonly string[]): unknown {
  if (near === undefined) return far;
  const rule = ruleAt(path);
  switch (rule) {
    case 'replace':
      return near;
    case 'replace_unless_empty':
      return Array.isArray(near) && near.length === 0 ? (far ?? near) : near;
    case 'splice':
      return listOf(near).flatMap((item) => (item === '...' ? listOf(far) : [item]));
    case 'by_id':
      return mergeById(listOf(far), listOf(near));
    case undefined:
      // Without a farther table too, so that rules inside of the nearer one are obeyed.
      return isTable(near) ? mergeTables(isTable(far) ? far : {}, near, path) : near;
    default:
      return rule satisfies never;
  }
}

function mergeById(far: readonly unknown[], near: readonly unknown[]): readonly unknown[] {
  const idOf = (item: unknown) => (isTable(item) ? item['id'] : undefined);
  const replacing = new Map(near.map((item) => [idOf(item), item]));
  replacing.delete(undefined);
  const farIds = new Set(far.map(idOf));
  return [
    ...far.map((item) => replacing.get(idOf(item)) ?? item),
    ...near.filter((item) => idOf(item) === undefined || !farIds.has(idOf(item))),
  ];
}

const own = (table: Table, key: string) => (Object.hasOwn(table, key) ? table[key] : undefined);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Which layer a value of the merged settings comes from. */
import { ruleAt } from '../merge-rules.js';
import type { SettingsLayer } from '../parse.js';

type Path = readonly PropertyKey[];

/** The layer that gives the value at `path`, with the path that it has there; undefined means the default. */
export function originOf(
  layers: readonly SettingsLayer[],
  path: Path,
  value: unknown,
): { readonly layer: SettingsLayer; readonly path: Path } | undefined {
  const list = listAround(path);
  if (list !== undefined) return originInList(layers, list, path, value);
  for (const layer of layers) {
    for (let length = 1; length <= path.length; length++) {
      const part = path.slice(0, length);
      const given = valueAt(layer.settings, part);
      if (given === undefined) break;
      const rule = ruleAt(part.map(String));
      if (rule === 'replace_unless_empty' && Array.isArray(given) && given.length === 0) break;
      if (length === path.length) return { layer, path };
      // What this layer replaces as a whole and does not say is not taken from a farther one.
      if (rule === 'replace' && valueAt(layer.settings, path) === undefined) return undefined;
    }
  }
  return undefined;
}

/** The list that is merged by ids in which `path` lies. */
function listAround(path: Path): Path | undefined {
  const length = path.findIndex((_, end) => ruleAt(path.slice(0, end + 1).map(String)) === 'by_id');
  return length === -1 || length + 1 === path.length ? undefined : path.slice(0, length + 1);
}

/** Merging moves the tables of such a list and leaves each as it was. */
function originInList(layers: readonly SettingsLayer[], list: Path, path: Path, table: unknown) {
  for (const layer of layers) {
    const items = valueAt(layer.settings, list);
    const index = Array.isArray(items) ? items.indexOf(table) : -1;
    if (index !== -1) return { layer, path: [...list, index, ...path.slice(list.length + 1)] };
  }
  return undefined;
}

/** The value at `path`; undefined where there is none. */
function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (Reflect.get(inner, key) as unknown)
        : undefined,
    value,
  );
}

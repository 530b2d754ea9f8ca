import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseSettings } from '../src/index.js';
import { SettingsTables } from '../src/schema/tables.js';
import { OTHER_ROWS } from './support/other-rows.js';
import { RUN_ROWS } from './support/run-rows.js';

const ROWS = [...RUN_ROWS, ...OTHER_ROWS];

describe('the tables of §12', () => {
  it.each(ROWS)('§12 %s: has these keys', (_row, toml, settings) => {
    expect(parseSettings(toml, 'settings.toml').settings).toEqual(settings);
  });

  it('have no key that is not in a row above', () => {
    const said = new Set(ROWS.flatMap(([, , settings]) => pathsOf(settings)));
    const known = keysOf(SettingsTables, '');
    expect(known.length).toBeGreaterThan(150);
    expect(known.filter((path) => !said.has(path))).toEqual([]);
  });
});

/** Every path of a value, names that users choose and places in lists as `*`. */
function pathsOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, path));
  if (typeof value !== 'object' || value === null) return [];
  const isNamed = /^\.(?:run\.notifications|(?:run|cli\.exec)\.agent\.mcps)$/.test(path);
  return Object.entries(value).flatMap(([key, item]) => {
    const here = `${path}.${isNamed ? '*' : key}`;
    return [here, ...pathsOf(item, here)];
  });
}

function keysOf(schema: z.core.$ZodType, path: string): readonly string[] {
  if (schema instanceof z.ZodOptional) return keysOf(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((one) => keysOf(one, path));
  if (schema instanceof z.ZodArray) return keysOf(schema.element, path);
  if (schema instanceof z.ZodRecord) return keysOf(schema.valueType, `${path}.*`);
  if (!(schema instanceof z.ZodObject)) return [];
  // What `cli.exec.agent.mcps` holds is what `run.agent.mcps` holds.
  if (path === '.cli.exec.agent.mcps.*') return [];
  return Object.entries(schema.shape).flatMap(([key, inner]) => [
    `${path}.${key}`,
    ...keysOf(inner, `${path}.${key}`),
  ]);
}

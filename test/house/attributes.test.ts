/** Whoever reads an attribute of a workflow tells its authors about it: lint and editors know the catalogue only. */
import { expect, it } from 'vitest';
import { ATTRIBUTES, type AttributeType } from '@fabro/workflow';
import { readPackages } from './source-files.js';

const TYPE_OF_ACCESSOR: Readonly<Record<string, AttributeType>> = {
  string: 'text',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  durationMs: 'duration',
};
const READ = /\battr\.(string|integer|number|boolean|durationMs)\(\s*[^,()]+,\s*'([^']+)',?\s*\)/g;

const reads = readPackages().flatMap(({ src }) =>
  src.flatMap(({ path, text }) =>
    [...text.matchAll(READ)].map(([, accessor = '', name = '']) => ({
      path,
      name,
      type: TYPE_OF_ACCESSOR[accessor],
    })),
  ),
);

it('every attribute that the code reads is in the catalogue with the type that is read', () => {
  expect(reads.length).toBeGreaterThan(40);
  const unknown = reads.filter(
    (read) => !ATTRIBUTES.some(({ name, type }) => name === read.name && type === read.type),
  );
  // Add what is missing to packages/workflow/src/catalogue.
  expect(unknown).toEqual([]);
});

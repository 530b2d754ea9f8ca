import fc from 'fast-check';
import { FabroError } from '@fabro/protocol';
import { stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { effectiveSettings, effectiveToml, mergeSettings, parseSettings } from '../src/index.js';
import { RUN_ROWS } from './support/run-rows.js';

const KEYS = [
  ...new Set(RUN_ROWS.flatMap(([, toml]) => [...toml.matchAll(/[a-z_]+/g)].map(([word]) => word))),
  'sandbox',
  'execution',
  'environment',
  'git',
  'author',
  '__proto__',
  'odd key',
];

const { file } = fc.letrec((tie) => ({
  file: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), {
    maxKeys: 5,
    noNullPrototype: true,
  }),
  value: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom('auto', '5m', '4GB', '...', '{{ env.A }}', ''),
    fc.integer({ min: -1, max: 9 }),
    fc.boolean(),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
    fc.array(fc.constantFrom('a', '...'), { maxLength: 3 }),
    fc.array(tie('file'), { maxLength: 2 }),
    tie('file'),
  ),
}));

/** What a file says, or the message that refuses it; anything else that is thrown is a defect. */
function read(toml: string) {
  try {
    return { layer: parseSettings(toml, 'x.toml') };
  } catch (error) {
    if (error instanceof FabroError) return { refusal: error.message };
    throw error;
  }
}

describe('any file of the words of the schema', () => {
  it('is read or refused with a place, and what it says can be merged and shown again', () => {
    let taken = 0;
    fc.assert(
      fc.property(file, file, (one, other) => {
        const files = [read(stringify(one)), read(stringify(other))];
        for (const { refusal } of files)
          if (refusal !== undefined) expect(refusal).toMatch(/^x\.toml:\d+:\d+: \S.*\n\d+ \| /);
        const layers = files.flatMap(({ layer }) => (layer === undefined ? [] : [layer]));
        taken += layers.length;
        const { goal: _, ...merged } = mergeSettings(layers);
        const shown = effectiveToml(
          effectiveSettings(
            layers.map((layer) => ({ layer })),
            { env: {} },
          ),
        );
        expect({ ...mergeSettings([parseSettings(shown, 'shown')]), goal: undefined }).toEqual({
          ...merged,
          goal: undefined,
        });
      }),
      { numRuns: 150 },
    );
    expect(taken).toBeGreaterThan(10);
  });
});

/** Every statement of the reference has a test that cites it, or stands in the list of those still to come. */
import { describe, expect, it } from 'vitest';
import { citationsIn } from '../requirements/citations.js';
import { REQUIREMENTS } from '../requirements/index.js';
import { PENDING } from '../requirements/pending.js';
import { readPackages, readSharedTestFiles } from './source-files.js';

const ids = Object.keys(REQUIREMENTS);

const testFiles = [...readPackages().flatMap((each) => each.test), ...readSharedTestFiles()].filter(
  ({ path }) => path.endsWith('.test.ts') && path !== 'test/house/requirements.test.ts',
);
const cited = new Map<string, string>();
const unknown: string[] = [];
for (const { path, text } of testFiles) {
  const found = citationsIn(text, ids);
  for (const id of found.known) cited.set(id, path);
  unknown.push(...found.unknown.map((each) => `${path}:${each.line} cites "${each.text}"`));
}
const pending = new Set<string>(PENDING);

describe('the requirements', () => {
  it('are cited by tests, but for those listed in test/requirements/pending.ts', () => {
    expect(ids.filter((id) => !cited.has(id) && !pending.has(id))).toEqual([]);
  });

  it('that tests cite are taken off the list in test/requirements/pending.ts', () => {
    expect(
      [...pending].filter((id) => cited.has(id)).map((id) => `${id}, cited by ${cited.get(id)}`),
    ).toEqual([]);
  });

  it('exist where a test cites one: ids are those of test/requirements', () => {
    expect(unknown).toEqual([]);
  });

  it('are pending once each', () => {
    expect(PENDING.length).toBe(pending.size);
  });
});

describe('a citation', () => {
  const some = ['§13 run', '§13 run --label', '§4.2 outcome', '§5.1 response.<node>'];
  const known = (text: string) => [...citationsIn(text, some).known];

  it('is the longest id that stands there', () => {
    expect(known("it('§13 run --label may be given twice')")).toEqual(['§13 run --label']);
    expect(known('// §13 run, §5.1 response.<node>')).toEqual(['§13 run', '§5.1 response.<node>']);
  });

  it('ends where the word ends', () => {
    expect(known('§4.2 outcomes §4.2 outcome.x §13 run-id')).toEqual([]);
    expect(known('as in §4.2 outcome.')).toEqual(['§4.2 outcome']);
  });

  it('is reported with its line when a line of citations, or one in quotes, names no id', () => {
    const text = "// §7 whatever\n// §13 run, §13 runs\nrow('§4.2 outcomes', 1);";
    expect(citationsIn(text, some)).toEqual({
      known: new Set(['§13 run']),
      unknown: [
        { text: '§13 runs', line: 2 },
        { text: "§4.2 outcomes', 1);", line: 3 },
      ],
    });
  });

  it('is none when only the section is named, in a sentence, or of another reference', () => {
    const text = "(§13) §4.2, 'words'; it('§13 a command fails'); api reference §13 pages";
    expect(citationsIn(text, some)).toEqual({
      known: new Set(),
      unknown: [],
    });
  });
});

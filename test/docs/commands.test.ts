/** What the README and the guide tell a reader to type is typed here, as it stands on the page. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shellBlocks } from './blocks.js';
import { EXAMPLES, readPage, readPages, ROOT } from './pages.js';
import { isAsPrinted, masked } from './printed.js';
import { createReader, type Reader } from './reader.js';

const PAGE_TIMEOUT_MS = 180_000;

const FIRST_PAGE = 'docs/guide/getting-started.md';

const pages = readPages()
  .filter(({ path }) => path === 'README.md' || path.startsWith('docs/guide/'))
  .map(({ path, text }) => ({ path, blocks: shellBlocks(text) }))
  .filter(({ blocks }) => blocks.length > 0);

/** What a reader has done when they come to a page of the guide: the folder and the program are there. */
const before = shellBlocks(readPage(FIRST_PAGE).text).filter((block) => block.beforeEveryPage);

async function asReader<T>(act: (reader: Reader) => Promise<T>): Promise<T> {
  const reader = await createReader();
  try {
    return await act(reader);
  } finally {
    await reader.leave();
  }
}

describe.concurrent('commands on a page do what the page says', () => {
  it.each(pages)(
    '$path',
    ({ path, blocks }) =>
      asReader(async (reader) => {
        const own = blocks.filter(({ notRun }) => notRun === undefined);
        const asked = path === 'README.md' || path === FIRST_PAGE ? own : [...before, ...own];
        const results = await reader.read(asked);
        for (const { block, output, exitCode } of results) {
          const where = `${path}:${block.line}, these commands:\n${block.commands}\nprinted:\n${output}`;
          expect(exitCode, where).toBe(block.exitCode);
          let from = 0;
          for (const part of block.shows) {
            const at = output.indexOf(part, from);
            expect(at, `"${part}" is missing; ${where}`).not.toBe(-1);
            from = at + part.length;
          }
          if (block.prints === undefined) continue;
          const actual = masked(output, reader.home);
          const page = masked(block.prints, reader.home);
          // The second comparison is for its message, which shows both texts.
          if (!isAsPrinted(actual, page)) expect(actual, where).toBe(page);
        }
        expect(results.map(({ block }) => block)).toEqual(asked);
      }),
    PAGE_TIMEOUT_MS,
  );
});

it('blocks that no test runs are these, and each says why', () => {
  const exceptions = pages.flatMap(({ path, blocks }) =>
    blocks
      .filter(({ notRun }) => notRun !== undefined)
      .map(({ commands, notRun }) => [path, commands.split('\n')[0], notRun]),
  );
  expect(exceptions).toEqual([
    ['README.md', 'git clone <this repository> fabro && cd fabro', 'clones and installs'],
    ['docs/guide/agents.md', 'export ANTHROPIC_API_KEY=…', 'needs a provider key'],
    [
      'docs/guide/getting-started.md',
      'git clone <this repository> ~/fabro && cd ~/fabro',
      'clones and installs',
    ],
    [
      'docs/guide/server.md',
      'fabro server start --bind 127.0.0.1:3000',
      'takes a port of the machine',
    ],
  ]);
});

it('a page of the guide calls the program by its name, as a reader has it', () => {
  const guide = pages.filter(({ path }) => path.startsWith('docs/guide/'));
  expect(guide.filter(({ blocks }) => blocks.some((b) => b.commands.includes('npx')))).toEqual([]);
});

it('the picture on the README is the graph of its workflow', () =>
  asReader(async (reader) => {
    const drawn = await reader.shell(
      'npx --loglevel=silent fabro graph examples/fix-failing-test/workflow.fabro --format svg',
    );
    expect(drawn.slice(drawn.indexOf('<?xml'))).toBe(
      readFileSync(join(ROOT, 'docs/images/fix-failing-test.svg'), 'utf8'),
    );
  }));

it(
  'every workflow of the guide validates without a warning',
  () =>
    asReader(async (reader) => {
      for (const name of readdirSync(EXAMPLES).filter((file) => file.endsWith('.fabro'))) {
        // A workflow with a run configuration of its own is used through it.
        const config = name.replace(/\.fabro$/, '.toml');
        const entry = readdirSync(EXAMPLES).includes(config) ? config : name;
        const output = await reader.shell(
          `npx fabro validate docs/guide/examples/${entry} --json || true`,
        );
        expect(output, entry).toContain('"valid":true,"diagnostics":[]');
      }
    }),
  PAGE_TIMEOUT_MS,
);

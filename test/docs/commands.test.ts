/** What the README and the guide tell a reader to type is typed here, as it stands on the page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES, markedBlocks, readPages, ROOT } from './pages.js';

const PAGE_TIMEOUT_MS = 120_000;

let folder: string;
let env: NodeJS.ProcessEnv;
/** A repository that looks like a clone of this one to a reader who stands in its root. */
let clone: string;

/** What the commands print on both outputs. Rejects with it when one of them fails. */
const shell = async (commands: string): Promise<string> => {
  const child = spawn('bash', ['-c', `set -e -o pipefail\nexec 2>&1\n${commands}`], {
    cwd: clone,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const output = await text(child.stdout);
  await ended;
  if (child.exitCode === 0) return output;
  throw new Error(`exit code ${child.exitCode} of these commands:\n${commands}\n${output}`);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fabro-docs-'));
  clone = join(folder, 'fabro');
  mkdirSync(join(folder, 'home'));
  mkdirSync(clone);
  cpSync(EXAMPLES, join(clone, 'docs/guide/examples'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(clone, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  // Nothing of the machine but its programs: no keys, no settings of whoever runs the tests.
  env = {
    PATH: process.env['PATH'],
    HOME: join(folder, 'home'),
    GIT_CONFIG_NOSYSTEM: '1',
    NPM_CONFIG_UPDATE_NOTIFIER: 'false',
  };
  await shell(
    'git init --quiet && git add docs package.json && git -c user.name=reader -c user.email=reader@example.org commit --quiet -m clone',
  );
});

afterAll(async () => {
  await shell('npx fabro server stop || true');
  rmSync(folder, { recursive: true, force: true });
});

describe('commands on a page do what the page says', () => {
  // Each page begins, as its reader does, without a server.
  afterEach(() => shell('npx fabro server stop || true'));

  const pages = readPages().filter((page) => markedBlocks(page.text).length > 0);

  it.each(pages)(
    '$path',
    async (page) => {
      for (const { commands, shows } of markedBlocks(page.text)) {
        const output = await shell(commands);
        let from = 0;
        for (const part of shows) {
          const at = output.indexOf(part, from);
          expect(at, `"${part}" in what these commands print:\n${commands}\n${output}`).not.toBe(
            -1,
          );
          from = at + part.length;
        }
      }
    },
    PAGE_TIMEOUT_MS,
  );
});

it('the picture on the README is the graph of its workflow', async () => {
  const workflow = join(ROOT, 'examples/fix-failing-test/workflow.fabro');
  const drawn = await shell(`npx --loglevel=silent fabro graph '${workflow}' --format svg`);
  expect(drawn.slice(drawn.indexOf('<?xml'))).toBe(
    readFileSync(join(ROOT, 'docs/images/fix-failing-test.svg'), 'utf8'),
  );
});

describe('every example of the guide', () => {
  const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.fabro'));
  /** A workflow with a run configuration of its own is used through it. */
  const entryOf = (name: string): string => {
    const config = name.replace(/\.fabro$/, '.toml');
    return readdirSync(EXAMPLES).includes(config) ? config : name;
  };
  const needsModel = (name: string): boolean =>
    readFileSync(join(EXAMPLES, name), 'utf8').includes('shape = box');
  const fabro = (rest: string): Promise<string> => shell(`npx fabro ${rest}`);

  it.each(names)(
    '%s validates without a warning',
    async (name) => {
      const output = await fabro(`validate docs/guide/examples/${entryOf(name)} --json`);
      expect(output).toContain('"valid":true,"diagnostics":[]');
    },
    PAGE_TIMEOUT_MS,
  );

  it.each(names)(
    '%s runs to its end, for real when it needs no model',
    async (name) => {
      // The slow one runs for real on the README.
      const how = needsModel(name) || name === 'slow.fabro' ? '--dry-run' : '--auto-approve';
      const output = await fabro(`run docs/guide/examples/${entryOf(name)} ${how}`);
      expect(output).toContain('SUCCEEDED');
    },
    PAGE_TIMEOUT_MS,
  );
});

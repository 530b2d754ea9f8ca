/** What the README and the guide tell a reader to type is typed here, as it stands on the page. */
import { execFile } from 'node:child_process';
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
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES, markedBlocks, readPages, ROOT } from './pages.js';

const run = promisify(execFile);
const PAGE_TIMEOUT_MS = 120_000;

let folder: string;
let env: NodeJS.ProcessEnv;
/** A repository that looks like a clone of this one to a reader who stands in its root. */
let clone: string;

const shell = async (commands: string, cwd = clone): Promise<string> => {
  const { stdout } = await run('bash', ['-c', `set -e -o pipefail\nexec 2>&1\n${commands}`], {
    cwd,
    env,
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
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
  const pages = readPages().filter(({ text }) => markedBlocks(text).length > 0);

  it.each(pages)(
    '$path',
    async ({ text }) => {
      for (const { commands, shows } of markedBlocks(text)) {
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
    '%s runs to its end',
    async (name) => {
      const how = needsModel(name) ? '--dry-run' : '--auto-approve';
      const output = await fabro(`run docs/guide/examples/${entryOf(name)} ${how}`);
      expect(output).toContain('SUCCEEDED');
    },
    PAGE_TIMEOUT_MS,
  );
});

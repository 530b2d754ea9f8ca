/** The commands of package.json in a small copy of the repository: real npm layout, real esbuild and vitest. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: string;

/** Runs Node in the copy, without what the surrounding vitest put into the environment. */
function node(...args: readonly string[]): Promise<Ended> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_|FABRO_)/.test(name)),
  );
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** A folder of links, so that an installation in the copy could never touch the real one. */
async function linkDependencies(): Promise<void> {
  const from = join(ROOT, 'node_modules');
  const to = join(folder, 'node_modules');
  await mkdir(to);
  await cp(join(from, '.package-lock.json'), join(to, '.package-lock.json'));
  const packages = (await readdir(from)).filter((name) => !name.startsWith('.'));
  await Promise.all(packages.map((name) => symlink(join(from, name), join(to, name))));
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const lastLine = (text: string) => text.split('\n').at(-2);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-house-'));
  for (const path of ['scripts', 'package.json', 'package-lock.json', 'vitest.config.ts'])
    await cp(join(ROOT, path), join(folder, path), { recursive: true });
  await cp(join(ROOT, 'apps/fabro/bin'), join(folder, 'apps/fabro/bin'), { recursive: true });
  await cp(join(ROOT, 'apps/fabro/package.json'), join(folder, 'apps/fabro/package.json'));
  await linkDependencies();
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('npm test', () => {
  it('ends with the counts, and fails when a test fails', async () => {
    await write(
      'test/some.test.ts',
      "import { expect, it } from 'vitest';\nit('a', () => {});\nit('b', () => { expect(1).toBe(2); });\nit.skip('c', () => {});\n",
    );
    await write('test/broken.test.ts', "throw new Error('does not load');\n");
    const all = await node('scripts/test.mjs');
    expect(lastLine(all.stdout)).toBe('1 passed, 2 failed, 1 skipped');
    expect(all.code).toBe(1);
    const some = await node('scripts/test.mjs', '-t', '^a$', 'test/some');
    expect(lastLine(some.stdout)).toBe('1 passed, 0 failed, 2 skipped');
    expect(some.code).toBe(0);
  });

  it('fails when it finds no test', async () => {
    const none = await node('scripts/test.mjs', 'test/nowhere');
    expect(lastLine(none.stdout)).toBe('0 passed, 1 failed, 0 skipped');
    expect(none.code).toBe(1);
  });
});

describe('the first start', () => {
  it('builds and says so, the second builds nothing, a changed file builds again', async () => {
    await write('apps/fabro/src/main.ts', 'console.log(process.argv.slice(2).join());\n');
    const first = await node('scripts/start.mjs');
    expect(first).toMatchObject({ code: 0, stdout: 'demo\n' });
    expect(first.stderr).toContain('Building …');
    expect(await node('scripts/start.mjs')).toEqual({ code: 0, stdout: 'demo\n', stderr: '' });
    const later = new Date(Date.now() + 10_000);
    await utimes(join(folder, 'apps/fabro/src/main.ts'), later, later);
    expect((await node('scripts/start.mjs')).stderr).toContain('Building …');
  });

  it('passes on the exit code of the program', async () => {
    await write('apps/fabro/src/main.ts', 'process.exitCode = 7;\n');
    expect(await node('scripts/start.mjs')).toMatchObject({ code: 7 });
  });

  it('with a source that does not compile shows where, and leaves no half build', async () => {
    await write('apps/fabro/src/main.ts', "import './nowhere.js';\n");
    const { code, stderr } = await node('scripts/start.mjs');
    expect(code).toBe(1);
    expect(stderr).toContain('apps/fabro/src/main.ts:1:7');
    expect(stderr).not.toContain('    at ');
    expect(await readdir(join(folder, 'apps/fabro'))).not.toContain('dist');
  });

  it('with an old Node says which one is needed', async () => {
    const { code, stderr } = await node(
      '--input-type=module',
      '-e',
      "import { checkNodeVersion } from './scripts/prepare.mjs'; checkNodeVersion('20.19.0'); checkNodeVersion('18.20.4');",
    );
    expect(code).toBe(1);
    expect(stderr).toContain('Fabro needs Node 20.19.0 or newer; this is Node 18.20.4');
  });
});

describe('fabro', () => {
  it.each(['--version', '-V'])('%s answers without a build', async (word) => {
    expect(await node('apps/fabro/bin/fabro.js', word)).toEqual({
      code: 0,
      stdout: 'fabro 0.1.0\n',
      stderr: '',
    });
  });

  it('builds itself when it never was, and says so', async () => {
    await write(
      'apps/fabro/src/main.ts',
      "const { where } = await import('./lazy.js');\nconsole.log(where('./main.js'));\n",
    );
    await write(
      'apps/fabro/src/lazy.ts',
      "import { existsSync } from 'node:fs';\nexport const where = (path: string) => existsSync(new URL(path, import.meta.url));\n",
    );
    const first = await node('apps/fabro/bin/fabro.js', 'ps');
    expect(first).toMatchObject({ code: 0, stdout: 'true\n' });
    expect(first.stderr).toContain('fabro is not built yet; building it now.');
    expect(await node('apps/fabro/bin/fabro.js', 'ps')).toMatchObject({ code: 0, stderr: '' });
  });
});

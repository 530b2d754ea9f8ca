import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseSettings } from '@fabro/settings';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import type { Prompter } from '../src/io.js';
import { type FakeIoOptions, fakeIo } from './support/fake-io.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-library-'));
  await mkdir(join(folder, 'home'));
  await mkdir(join(folder, 'shop/src'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  const absolute = join(folder, path);
  await mkdir(dirname(absolute), { recursive: true });
  await writeFile(absolute, text);
}

/** Runs a command in `shop`, or in a folder of choice. */
async function fabro(words: string, cwd = 'shop', options: FakeIoOptions = {}) {
  const io = fakeIo({
    ...options,
    cwd: join(folder, cwd),
    env: { HOME: join(folder, 'home'), ...options.env },
  });
  const code = await runCli(words.split(' '), io);
  const plain = (text: string) => text.replaceAll(folder, '');
  return { code, out: plain(io.out()), err: plain(io.err()) };
}

describe('§13 repo init', () => {
  it('makes a project with a workflow that says hello, says what it wrote, and does it once', async () => {
    expect(await fabro('repo init')).toEqual({
      code: 0,
      out: 'created  .fabro/project.toml\ncreated  .fabro/workflows/hello/workflow.toml\ncreated  .fabro/workflows/hello/workflow.fabro\n',
      err: '/shop is a project. Try: fabro run hello\n',
    });
    await write('shop/.fabro/workflows/hello/workflow.fabro', 'mine');
    expect(await fabro('repo init --json')).toEqual({
      code: 0,
      out: '{"root":"/shop","created":[],"kept":[".fabro/project.toml",".fabro/workflows/hello/workflow.toml",".fabro/workflows/hello/workflow.fabro"]}\n',
      err: '',
    });
    expect(await readFile(join(folder, 'shop/.fabro/workflows/hello/workflow.fabro'), 'utf8')).toBe(
      'mine',
    );
  });

  it('writes a workflow and settings that have no diagnostics', async () => {
    await fabro('repo init');
    const { code, out } = await fabro('validate hello --json');
    expect([code, out]).toEqual([
      0,
      '{"workflow_name":"Hello","nodes":3,"edges":2,"valid":true,"diagnostics":[]}\n',
    ]);
    expect(
      parseSettings(await readFile(join(folder, 'shop/.fabro/project.toml'), 'utf8'), 'x').settings,
    ).toEqual({ project: { name: 'shop' } });
  });

  it('takes the root of the repository, from any folder in it', async () => {
    await mkdir(join(folder, 'shop/.git'));
    expect((await fabro('repo init', 'shop/src')).err).toContain('/shop is a project.');
    expect(await readdir(join(folder, 'shop/src'))).toEqual([]);
  });

  it('takes a repository inside of another project as a project of its own', async () => {
    await fabro('repo init');
    await mkdir(join(folder, 'shop/src/.git'));
    expect((await fabro('repo init', 'shop/src')).err).toContain('/shop/src is a project.');
  });

  it("is refused in the home directory, whose .fabro holds the user's own files", async () => {
    const { code, err } = await fabro('repo init', 'home');
    expect(code).toBe(2);
    expect(err).toContain('/home is your home directory');
  });
});

describe('§13 repo deinit', () => {
  const left = () => readdir(join(folder, 'shop'));

  it('removes what init wrote, with the folders that are empty then', async () => {
    await fabro('repo init');
    expect(await fabro('repo deinit', 'shop/src')).toEqual({
      code: 0,
      out: 'removed  .fabro/project.toml\nremoved  .fabro/workflows/hello/workflow.toml\nremoved  .fabro/workflows/hello/workflow.fabro\n',
      err: '',
    });
    expect(await left()).toEqual(['src']);
    expect(await fabro('repo deinit')).toMatchObject({
      code: 0,
      err: 'Nothing to remove: `fabro repo init` has left nothing in /shop.\n',
    });
  });

  it('leaves the files that init did not write', async () => {
    await fabro('repo init');
    await fabro('workflow create ship');
    const { out, err } = await fabro('repo deinit --json');
    expect(JSON.parse(out)).toMatchObject({ kept: [] });
    expect(err).toBe('');
    expect(await readdir(join(folder, 'shop/.fabro/workflows'))).toEqual(['ship']);
  });

  it('removes nothing when a file has changed, unless --yes is given', async () => {
    await fabro('repo init');
    await write('shop/.fabro/project.toml', '_version = 1\n');
    expect(await fabro('repo deinit')).toEqual({
      code: 1,
      out: '',
      err: 'error: .fabro/project.toml changed since `fabro repo init`; nothing was removed. --yes removes them too.\n',
    });
    expect(await left()).toEqual(['.fabro', 'src']);
    expect((await fabro('repo deinit --yes')).code).toBe(0);
    expect(await left()).toEqual(['src']);
  });

  it.each([
    [true, 0, ['src']],
    [false, 0, ['.fabro', 'src']],
    [undefined, 1, ['.fabro', 'src']],
  ])('asks in a terminal; the answer %s gives %i', async (answer, code, files) => {
    await fabro('repo init');
    await write('shop/.fabro/project.toml', '_version = 1\n');
    const asked: string[] = [];
    const unused = () => Promise.reject(new Error('not asked here'));
    const prompter: Prompter = {
      confirm: async (message) => {
        asked.push(message);
        return answer;
      },
      select: unused,
      multiselect: unused,
      text: unused,
    };
    const done = await fabro('repo deinit', 'shop', {
      tty: true,
      world: { prompter: async () => prompter },
    });
    expect(asked).toEqual([
      '.fabro/project.toml changed since `fabro repo init`. Remove them too?',
    ]);
    expect(done.code).toBe(code);
    expect(await left()).toEqual(files);
  });
});

describe('§13 workflow create', () => {
  it('makes a workflow of the project that has no diagnostics', async () => {
    await fabro('repo init');
    expect(await fabro('workflow create fix-2-tests', 'shop/src')).toEqual({
      code: 0,
      out: '/shop/.fabro/workflows/fix-2-tests/workflow.toml\n/shop/.fabro/workflows/fix-2-tests/workflow.fabro\n',
      err: 'Say in it what is to be done, then: fabro run fix-2-tests\n',
    });
    expect((await fabro('validate fix-2-tests --json')).out).toBe(
      '{"workflow_name":"Fix2Tests","nodes":4,"edges":4,"valid":true,"diagnostics":[]}\n',
    );
  });

  it('makes one of the user with -g, and any name is a name of a graph', async () => {
    expect((await fabro('workflow create 7_up -g --json')).out).toBe(
      '{"name":"7_up","scope":"user","files":["/home/.fabro/workflows/7_up/workflow.toml","/home/.fabro/workflows/7_up/workflow.fabro"]}\n',
    );
    expect((await fabro('validate 7_up --json')).out).toContain(
      '"workflow_name":"_7Up","nodes":4,"edges":4,"valid":true,"diagnostics":[]',
    );
  });

  it('overwrites nothing', async () => {
    await write('shop/.fabro/workflows/ship/notes.md', 'mine');
    const { code, err } = await fabro('workflow create ship');
    expect(code).toBe(1);
    expect(err).toContain('/shop/.fabro/workflows/ship exists already and is left as it is');
    expect(await readdir(join(folder, 'shop/.fabro/workflows/ship'))).toEqual(['notes.md']);
  });

  it('takes the folder that the project has chosen', async () => {
    await write('shop/.fabro/project.toml', '[project]\ndirectory = "flows"\n');
    expect((await fabro('workflow create ship')).out).toContain(
      'flows/workflows/ship/workflow.toml\n',
    );
    expect((await fabro('validate ship')).code).toBe(0);
    expect(await readdir(join(folder, 'shop/flows/workflows'))).toEqual(['ship']);
  });

  it('outside of a project names the two ways out', async () => {
    const { code, err } = await fabro('workflow create ship');
    expect(code).toBe(1);
    expect(err).toContain('`fabro repo init` makes one; --global makes the workflow yours');
  });

  it.each(['../up', 'a/b', '.hidden', 'ä', '-x'])('refuses the name %s', async (name) => {
    const { code } = await fabro(`workflow create ${name === '-x' ? '-- -x' : name}`);
    expect(code).toBe(2);
  });
});

describe('§13 workflow list', () => {
  const graph = (goal: string) =>
    `digraph G { graph [goal="${goal}"] start [shape=Mdiamond] exit [shape=Msquare] start -> exit }`;

  beforeEach(async () => {
    await write('shop/.fabro/workflows/ship/workflow.toml', '[workflow]\ndescription = "Ships"\n');
    await write('shop/.fabro/workflows/ship/workflow.fabro', graph('Ship it'));
    await write('shop/workflows/broken/workflow.toml', '[workflw]\n');
    await write('home/.fabro/workflows/ship/workflow.fabro', graph('Another ship'));
    await write('home/.fabro/workflows/tidy/workflow.fabro', graph('Tidy up'));
  });

  it('shows the workflows of project and user, with what they are for, and broken ones with their mistake', async () => {
    expect(await fabro('workflow list')).toEqual({
      code: 0,
      out: [
        'NAME    FROM           ABOUT                                                         PATH',
        'ship    project        Ships                                                         .fabro/workflows/ship/workflow.toml',
        'broken  project        cannot run: workflow.toml:1:1: workflw: unknown key; did yo…  workflows/broken/workflow.toml',
        'ship    user (hidden)  Another ship                                                  /home/.fabro/workflows/ship/workflow.fabro',
        'tidy    user           Tidy up                                                       /home/.fabro/workflows/tidy/workflow.fabro',
        '',
      ].join('\n'),
      err: '',
    });
  });

  it('gives as JSON the goal, the description, and which name means another', async () => {
    const { out } = await fabro('workflow list --json');
    expect(JSON.parse(out)).toMatchObject({
      data: [
        { name: 'ship', scope: 'project', description: 'Ships', goal: 'Ship it', shadowed: false },
        { name: 'broken', scope: 'project', error: expect.stringContaining('workflw') },
        { name: 'ship', scope: 'user', goal: 'Another ship', shadowed: true },
        { name: 'tidy', scope: 'user', goal: 'Tidy up', shadowed: false },
      ],
    });
  });
});

describe('§13 settings', () => {
  beforeEach(async () => {
    await write(
      'home/.fabro/settings.toml',
      '_version = 1\n[run.model]\nname = "m"\n[run.sandbox.env]\nAPI_KEY = "word"\n',
    );
    await write('shop/.fabro/project.toml', '[run.model]\nname = "p"\n');
    await write('shop/.fabro/workflows/ship/workflow.toml', '[run.model]\nprovider = "openai"\n');
    await write('shop/.fabro/workflows/ship/workflow.fabro', 'digraph G {}');
  });

  it('shows what holds as a settings file, with the origin of each value and without secrets', async () => {
    const { code, out } = await fabro('settings');
    expect(code).toBe(0);
    expect(out).toContain(
      [
        '# The settings that hold. Files, nearest first:',
        '#   project   .fabro/project.toml',
        '#   user      ~/.fabro/settings.toml',
        '_version = 1',
      ].join('\n'),
    );
    expect(out).toContain(
      '[run.model]\nfallbacks = []  # default\nname = "p"      # .fabro/project.toml:2\n',
    );
    expect(out).toContain('[run.sandbox.env]\nAPI_KEY = "REDACTED"  # ~/.fabro/settings.toml:5\n');
    expect(out).toContain('[server.storage]\nroot = "/home/.fabro/storage"  # default\n');
    expect(parseSettings(out, 'out').settings.run?.model).toEqual({ name: 'p', fallbacks: [] });
  });

  it('adds the settings of a workflow, of flags and of variables', async () => {
    const { out } = await fabro('settings --workflow ship --storage-dir /data', 'shop', {
      env: { FABRO_SERVER: 'http://h:1/api/v1' },
    });
    expect(out).toContain('#   workflow  .fabro/workflows/ship/workflow.toml\n');
    expect(out).toContain('provider = "openai"  # .fabro/workflows/ship/workflow.toml:2\n');
    expect(out).toContain('url = "http://h:1"  # FABRO_SERVER\n');
    expect(out).toContain('root = "/data"  # --storage-dir\n');
  });

  it('gives the same as JSON, with origins by key', async () => {
    const { out } = await fabro('settings --json');
    expect(JSON.parse(out)).toMatchObject({
      _version: 1,
      run: { model: { name: 'p', fallbacks: [] }, prepare: { timeout: '5m' } },
      _origins: {
        'run.model.name': '.fabro/project.toml:2',
        'run.sandbox.env.API_KEY': '~/.fabro/settings.toml:5',
        'run.prepare.timeout': 'default',
      },
    });
  });

  it('names each mistake with its place, and says what is not there', async () => {
    await write('shop/.fabro/project.toml', '[run]\nmodle = 1\n');
    expect(await fabro('settings')).toEqual({
      code: 1,
      out: '',
      err: 'error: /shop/.fabro/project.toml:2:1: run.modle: unknown key; did you mean "model"?\n2 | modle = 1\n  | ^\n',
    });
    const { out } = await fabro('settings', 'home');
    expect(out).toContain('#   project   .fabro/project.toml  (not there)\n');
  });
});

describe('[cli.output] of the settings (§12 cli.output)', () => {
  const settings = (output: string) =>
    write('home/.fabro/settings.toml', `[cli.output]\n${output}`);

  it('format = "json" is --json, for failures too, and FABRO_JSON=0 wins over it', async () => {
    await settings('format = "json"');
    expect((await fabro('workflow list')).out).toBe('{"data":[]}\n');
    const failed = await fabro('validate gone.fabro');
    expect(failed).toMatchObject({ code: 1, err: '' });
    expect(failed.out).toMatch(/^\{"errors":\[/);
    expect((await fabro('workflow list', 'shop', { env: { FABRO_JSON: '0' } })).out).toBe('');
  });

  it.each([
    ['verbosity = "quiet"', {}, ''],
    ['verbosity = "normal"', {}, 'No workflows.'],
    ['verbosity = "quiet"', { FABRO_VERBOSE: '1' }, 'No workflows.'],
  ])('%s with the variables %j says "%s"', async (output, env, said) => {
    await settings(output);
    const { err } = await fabro('workflow list', 'shop', { env });
    expect(err.slice(0, said.length || 1)).toBe(said);
  });

  it('is left out when the file is broken: a command that needs no settings works', async () => {
    await settings('format = "yaml"');
    expect(await fabro('version')).toMatchObject({ code: 0, err: '' });
    expect((await fabro('settings')).err).toContain(
      'settings.toml:2:1: cli.output.format is "yaml": expected one of "text", "json"',
    );
  });
});

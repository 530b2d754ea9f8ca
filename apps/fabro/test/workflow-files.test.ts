import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attr, prepare } from '@fabro/workflow';
import { buildManifest } from '../src/manifest/build-manifest.js';
import { gitState, withoutCredentials } from '../src/manifest/git-state.js';
import { tomlInputs } from '../src/manifest/inputs.js';
import { loadWorkflow } from '../src/manifest/load-workflow.js';
import { findProject } from '../src/manifest/project.js';
import { resolveWorkflow } from '../src/manifest/resolve-workflow.js';
import { processIo } from '../src/process-io.js';
import { fakeIo } from './support/fake-io.js';

const GRAPH = 'digraph G { start [shape=Mdiamond] exit [shape=Msquare] start -> exit }';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  const absolute = join(folder, path);
  await mkdir(dirname(absolute), { recursive: true });
  await writeFile(absolute, text);
}

const env = () => ({ HOME: join(folder, 'home') });
const resolveIn = async (cwd: string, argument: string) => {
  const here = join(folder, cwd);
  const found = await resolveWorkflow(argument, here, await findProject(here, env()));
  return {
    graph: found.graphPath.replace(`${folder}/`, ''),
    ...(found.config === undefined ? {} : { config: found.config.path.replace(`${folder}/`, '') }),
    slug: found.slug,
  };
};

describe('the argument WORKFLOW (§12 workflow argument)', () => {
  it('is a path when it has an extension', async () => {
    await write('p/a.fabro', GRAPH);
    expect(await resolveIn('p', 'a.fabro')).toEqual({ graph: 'p/a.fabro', slug: undefined });
  });

  it('as a .toml names its graph, workflow.fabro by default (decision 1)', async () => {
    await write('p/run.toml', '[workflow]\ngraph = "flows/x.fabro"\n');
    await write('p/flows/x.fabro', GRAPH);
    await write('p/other/workflow.toml', '_version = 1\n');
    await write('p/other/workflow.fabro', GRAPH);
    expect(await resolveIn('p', 'run.toml')).toMatchObject({
      graph: 'p/flows/x.fabro',
      config: 'p/run.toml',
    });
    expect(await resolveIn('p', 'other/workflow.toml')).toEqual({
      graph: 'p/other/workflow.fabro',
      config: 'p/other/workflow.toml',
      slug: 'other',
    });
  });

  it('as a name is looked for in the project, from any folder below it, then in the home', async () => {
    await write('p/.fabro/project.toml', '[project]\ndirectory = "."\n');
    await write('p/.fabro/workflows/ship/workflow.fabro', GRAPH);
    await write('p/workflows/fix/workflow.toml', '');
    await write('p/workflows/fix/workflow.fabro', GRAPH);
    await write('home/.fabro/workflows/tidy/workflow.fabro', GRAPH);
    await write('p/deep/er/file', '');
    expect((await resolveIn('p/deep/er', 'ship')).graph).toBe(
      'p/.fabro/workflows/ship/workflow.fabro',
    );
    expect(await resolveIn('p', 'fix')).toEqual({
      graph: 'p/workflows/fix/workflow.fabro',
      config: 'p/workflows/fix/workflow.toml',
      slug: 'fix',
    });
    expect((await resolveIn('p', 'tidy')).slug).toBe('tidy');
  });

  it('that is unknown gives a list and the name that was meant', async () => {
    await write('p/.fabro/workflows/deploy/workflow.fabro', GRAPH);
    await write('p/.fabro/workflows/review/workflow.fabro', GRAPH);
    await expect(resolveIn('p', 'deplyo')).rejects.toThrow(
      /Unknown workflow "deplyo"\. Did you mean "deploy"\? Known workflows: deploy, review\./,
    );
  });

  it.each([
    // Four of eight letters are alike, which is just enough.
    ['abcdwxyz', 'abcdefgh', true],
    ['abcvwxyz', 'abcdefgh', false],
    ['DEPLOYS', 'deploy', true],
  ])('%s suggests %s only when at least half of it is alike: %s', async (name, known, suggests) => {
    await write(`p/.fabro/workflows/${known}/workflow.fabro`, GRAPH);
    const message = await resolveIn('p', name).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message).toContain(`Unknown workflow "${name}".`);
    expect(message.includes(`Did you mean "${known}"?`)).toBe(suggests);
  });

  it('that is unknown where there are no workflows says where they would lie', async () => {
    await write('p/.fabro/project.toml', '');
    await expect(resolveIn('p', 'deploy')).rejects.toThrow(
      `Unknown workflow "deploy". There are none in ${folder}/p/.fabro/workflows, ${folder}/p/workflows, ${folder}/home/.fabro/workflows. A path needs its extension, like ./deploy.fabro.`,
    );
  });

  it('names the run by its folder when the file is called workflow', async () => {
    await write('p/flows/ship/workflow.fabro', GRAPH);
    await write('p/flows/ship/other.fabro', GRAPH);
    expect((await resolveIn('p', 'flows/ship/workflow.fabro')).slug).toBe('ship');
    expect((await resolveIn('p', 'flows/ship/other.fabro')).slug).toBeUndefined();
  });

  it('that is no text of UTF-8, or a folder, is told as that: nothing of it reaches a model', async () => {
    await mkdir(join(folder, 'sub.fabro'));
    await write('ok.fabro', GRAPH.replace('start ->', 'a [prompt="@p.md"] start -> a ->'));
    await writeFile(join(folder, 'latin.fabro'), Buffer.from(`// caf\u00e9\n${GRAPH}`, 'latin1'));
    await writeFile(join(folder, 'p.md'), Buffer.from('caf\u00e9', 'latin1'));
    const io = fakeIo({ cwd: folder, env: env() });
    await expect(loadWorkflow(io, 'sub.fabro')).rejects.toThrow(/it is a folder\. Name a file/);
    for (const [path, told] of [
      ['latin.fabro', 'latin.fabro'],
      ['ok.fabro', 'p.md'],
    ] as const)
      await expect(loadWorkflow(io, path)).rejects.toThrow(
        `${join(folder, told)}: it is not UTF-8 text. Save it as UTF-8, or name another file.`,
      );
  });

  it('that names a missing graph says which file is missing', async () => {
    await write('p/run.toml', '[workflow]\ngraph = "gone.fabro"\n');
    await expect(resolveIn('p', 'run.toml')).rejects.toThrow(/names the graph .*gone\.fabro/);
  });
});

describe('the goal of the settings (§12 run.goal)', () => {
  const goalOf = async (toml: string, more: Record<string, string> = {}) => {
    await write('p/flow/workflow.toml', toml);
    await write('p/flow/workflow.fabro', GRAPH);
    const io = fakeIo({ cwd: join(folder, 'p'), env: { ...env(), ...more } });
    return (await loadWorkflow(io, 'flow/workflow.toml')).goal;
  };

  it('may name variables, which are read when the goal is used', async () => {
    const toml = '[run]\ngoal = "Fix {{ env.TICKET }}"';
    expect(await goalOf(toml, { TICKET: '#7' })).toEqual({ type: 'value', text: 'Fix #7' });
    await expect(goalOf(toml)).rejects.toThrow('run.goal names {{ env.TICKET }}, which is not set');
  });

  it('may be a file, relative to the file that declares it', async () => {
    await write('p/goals/one.md', 'From a file\n');
    expect(await goalOf('[run]\ngoal = { file = "../goals/one.md" }')).toMatchObject({
      type: 'file',
      text: 'From a file',
    });
    await expect(goalOf('[run]\ngoal = { file = "gone.md" }')).rejects.toThrow(
      /run\.goal in .*workflow\.toml names .*gone\.md, which does not exist/,
    );
  });
});

describe('the manifest', () => {
  it('holds the workflow, its files as they lie, its configuration, project and user settings', async () => {
    await write('p/.fabro/project.toml', '[run.model]\nname = "m"\n');
    await write('home/.fabro/settings.toml', '_version = 1\n');
    await write('p/flows/workflow.toml', '[run]\ngoal = { file = "goal.md" }\n');
    await write('p/flows/goal.md', 'Do it\n');
    await write('p/prompts/plan.md', 'Plan: {{ goal }}');
    await write(
      'p/flows/workflow.fabro',
      'digraph G { start [shape=Mdiamond] a [prompt="@../prompts/plan.md"] exit [shape=Msquare] start -> a -> exit }',
    );
    const io = fakeIo({ cwd: join(folder, 'p'), env: env() });
    const loaded = await loadWorkflow(io, 'flows/workflow.toml');
    expect(loaded.prepared.diagnostics).toEqual([]);
    const manifest = buildManifest(
      loaded,
      { autoApprove: true, retro: false, inPlace: true },
      { cwd: io.cwd, verbose: false },
    );
    expect(manifest).toEqual({
      version: 1,
      cwd: io.cwd,
      goal: { type: 'file', text: 'Do it', path: join(folder, 'p/flows/goal.md') },
      args: { auto_approve: true, no_retro: true, in_place: true },
      target: { identifier: 'flows', path: 'flows/workflow.fabro' },
      configs: [
        { type: 'project', path: '.fabro/project.toml', source: '[run.model]\nname = "m"\n' },
        {
          type: 'user',
          path: join(folder, 'home/.fabro/settings.toml'),
          source: '_version = 1\n',
        },
      ],
      workflows: {
        'flows/workflow.fabro': {
          source: await readFile(join(folder, 'p/flows/workflow.fabro'), 'utf8'),
          config: { path: 'flows/workflow.toml', source: '[run]\ngoal = { file = "goal.md" }\n' },
          files: {
            'prompts/plan.md': {
              content: 'Plan: {{ goal }}',
              ref: {
                type: 'file_inline',
                original: '../prompts/plan.md',
                from: 'flows/workflow.fabro',
              },
            },
          },
        },
      },
    });
  });

  it('holds imports, child workflows and what those name, tracked by git or not (decision 11, §1.4)', async () => {
    await write('p/.git/HEAD', 'ref: refs/heads/main\n');
    await write('p/.gitignore', 'ignored/\n');
    await write('p/ignored/secret-plan.md', 'ignored');
    await write(
      'p/flows/main.fabro',
      'digraph G { start -> a -> X -> m -> exit a [prompt="@{{ inputs.dir }}/secret-plan.md"] X [import="../lib/x.fabro"] m [shape=house, stack.child_workflow="../lib/c.fabro"] }',
    );
    await write('p/lib/x.fabro', 'digraph X { start -> y -> exit y [prompt="@y.md"] }');
    await write('p/lib/y.md', 'Y');
    await write('p/lib/c.fabro', 'digraph C { start -> d -> exit d [prompt="@~/d.md"] }');
    await write('home/d.md', 'D');
    const io = fakeIo({ cwd: join(folder, 'p'), env: env() });
    const loaded = await loadWorkflow(io, 'flows/main.fabro', { inputs: ['dir="../ignored"'] });
    expect(loaded.prepared.diagnostics).toEqual([]);
    const { workflows } = buildManifest(loaded, {}, { cwd: io.cwd, verbose: false });
    const held = Object.entries(workflows).map(([path, { files }]) => [
      path,
      Object.entries(files ?? {}).map(([name, { content, ref }]) => [name, ref.type, content]),
    ]);
    expect(held).toEqual([
      [
        'flows/main.fabro',
        [
          ['ignored/secret-plan.md', 'file_inline', 'ignored'],
          ['lib/x.fabro', 'import', 'digraph X { start -> y -> exit y [prompt="@y.md"] }'],
          ['lib/y.md', 'file_inline', 'Y'],
        ],
      ],
      ['lib/c.fabro', [['.home/d.md', 'file_inline', 'D']]],
    ]);
  });

  it('takes what is not beside the workflow from ~/.fabro, and the server needs no disk for it (§1.3)', async () => {
    await write('p/a.fabro', 'digraph G { start -> a -> exit a [prompt="@prompts/shared.md"] }');
    await write('home/.fabro/prompts/shared.md', 'Shared');
    const io = fakeIo({ cwd: join(folder, 'p'), env: env() });
    const loaded = await loadWorkflow(io, 'a.fabro');
    const manifest = buildManifest(loaded, {}, { cwd: io.cwd, verbose: false });
    const { source, files } = manifest.workflows['a.fabro'] ?? { source: '' };
    const texts = Object.entries(files ?? {}).map(
      ([path, { content }]) => [path, content] as const,
    );
    const { ok, graph } = prepare({ source, path: 'a.fabro', files: new Map(texts) });
    expect(ok).toBe(true);
    const node = graph?.nodes.get('a');
    expect(node && attr.string(node, 'prompt')).toBe('Shared');
  });

  it('takes no file through a link that leads out of the project', async () => {
    await write('secret.txt', 'key');
    await write('p/.fabro/project.toml', '');
    await write(
      'p/a.fabro',
      'digraph G { start [shape=Mdiamond] a [prompt="@link.txt"] exit [shape=Msquare] start -> a -> exit }',
    );
    await symlink(join(folder, 'secret.txt'), join(folder, 'p/link.txt'));
    const io = fakeIo({ cwd: join(folder, 'p'), env: env() });
    await expect(loadWorkflow(io, 'a.fabro')).rejects.toThrow(
      /link\.txt is a link that leads out of/,
    );
  });

  it('takes inputs as TOML values, and as text what is none', () => {
    expect(
      tomlInputs(['n=3', 'on=true', 'who=Ada Lovelace', 'list=[1, 2]', 'q="x"', 'e=']),
    ).toEqual(['n=3', 'on=true', 'who="Ada Lovelace"', 'list=[1, 2]', 'q="x"', 'e=""']);
    expect(() => tomlInputs(['a b=1'])).toThrow(/no usable name/);
  });

  it('an input cannot add another setting by a line end', () => {
    expect(tomlInputs(['a=1\n[run.sandbox]\nprovider="docker"'])).toEqual([
      'a="1\\n[run.sandbox]\\nprovider=\\"docker\\""',
    ]);
  });
});

describe('the state of git in the manifest', () => {
  const world = processIo().world;
  const git = async (...args: string[]) => {
    const result = await world.runProgram(
      'git',
      ['-c', 'user.name=T', '-c', 'user.email=t@t.invalid', ...args],
      { cwd: folder },
    );
    expect(result.code, result.stderr).toBe(0);
    return result.stdout.trim();
  };

  it('names branch, commit, origin without credentials, and whether the tree is clean', async () => {
    await git('init', '-q', '-b', 'trunk');
    await write('a', '1');
    await git('add', '.');
    await git('commit', '-q', '-m', 'one', '--no-gpg-sign');
    await git('remote', 'add', 'origin', 'https://me:secret@example.com/r.git');
    const sha = await git('rev-parse', 'HEAD');
    const state = () => gitState(world, folder, process.env);
    const expected = { origin_url: 'https://example.com/r.git', branch: 'trunk', sha };
    expect(await state()).toEqual({ ...expected, clean: true, dirty: 'clean' });
    await write('b', '2');
    expect(await state()).toEqual({ ...expected, clean: false, dirty: 'dirty' });
  });

  it('is absent outside of a repository', async () => {
    expect(
      await gitState(world, folder, { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() }),
    ).toBeUndefined();
  });

  it('keeps other forms of a remote as they are', () => {
    expect(withoutCredentials('git@example.com:a/b.git')).toBe('git@example.com:a/b.git');
  });
});

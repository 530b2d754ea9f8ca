import { expect, test } from 'vitest';
import { RunManifest, type ManifestArgs } from '@fabro/protocol';
import { attr, type GraphNode } from '@fabro/workflow';
import { checkManifest } from '../src/manifest/check.js';
import { planRun, type Plan } from '../src/manifest/plan.js';

const GRAPH =
  'digraph Work { graph [goal="from the graph"] start [shape=Mdiamond] exit [shape=Msquare] a [shape=parallelogram, script="true"] start -> a -> exit }';

const body = (more: object = {}): RunManifest =>
  RunManifest.parse({
    version: 1,
    cwd: '/tmp/project',
    target: { identifier: 'smoke', path: 'workflows/smoke/workflow.fabro' },
    workflows: { 'workflows/smoke/workflow.fabro': { source: GRAPH } },
    ...more,
  });

test.each([
  [{ version: 2 }, 'unsupported manifest version 2; this server takes version 1'],
  [{ run_id: 'nope' }, 'invalid run ID "nope": expected a ULID of 26 characters'],
  [{ run_id: '' }, 'invalid run ID ""'],
  [
    { target: { identifier: 'x', path: '/etc/passwd' } },
    'invalid manifest target path: /etc/passwd',
  ],
  [{ target: { identifier: 'x', path: '~/w.fabro' } }, 'invalid manifest target path: ~/w.fabro'],
  [{ workflows: { '/abs.fabro': { source: GRAPH } } }, 'invalid manifest workflow key: /abs.fabro'],
  [
    { target: { identifier: 'x', path: 'other.fabro' } },
    'manifest target path is missing from workflows map: "other.fabro" (it has workflows/smoke/workflow.fabro)',
  ],
  [
    {
      workflows: {
        'workflows/smoke/workflow.fabro': { source: GRAPH },
        './workflows/x/../smoke/workflow.fabro': { source: GRAPH },
      },
    },
    'duplicate canonical workflow key "workflows/smoke/workflow.fabro"',
  ],
  [
    {
      workflows: {
        'workflows/smoke/workflow.fabro': {
          source: GRAPH,
          files: { '~/x': { content: '', ref: { type: 'import', original: '~/x' } } },
        },
      },
    },
    'invalid manifest file key: ~/x',
  ],
])('API §5: %j is refused', (more, message) => {
  expect(() => checkManifest(body(more))).toThrow(message);
});

test('API §5: `.` and `..` inside of the manifest fold, and a null run_id is none', () => {
  const checked = checkManifest(
    body({
      run_id: null,
      target: { identifier: 'x', path: './workflows/a/../smoke/workflow.fabro' },
    }),
  );
  expect(checked.path).toBe('workflows/smoke/workflow.fabro');
  expect(checked.runId).toBeUndefined();
});

test('decision 7: the literal body of seed 002 is refused with its path; with a workflow in it, it is taken', () => {
  const seed = {
    version: 1,
    cwd: '/tmp/project',
    target: { identifier: 'smoke', path: 'fabro/workflows/smoke/workflow.fabro' },
    workflows: {},
    run_id: '01HV6D7S5YF4Z4B2M7K4N0Q6T9',
    args: {
      model: '<string>',
      provider: '<string>',
      sandbox: '<string>',
      verbose: true,
      dry_run: true,
      auto_approve: true,
      no_retro: true,
      preserve_sandbox: true,
      label: ['<string>'],
    },
    configs: [{ type: 'project', path: '<string>', source: '<string>' }],
  };
  expect(() => checkManifest(RunManifest.parse(seed))).toThrow(
    'manifest target path is missing from workflows map: "fabro/workflows/smoke/workflow.fabro" (the map is empty)',
  );
  const filled = RunManifest.parse({
    ...seed,
    workflows: { 'fabro/workflows/smoke/workflow.fabro': { source: GRAPH } },
    args: { ...seed.args, model: 'm', provider: 'p', sandbox: 'local' },
    configs: [{ type: 'project', path: '.fabro/project.toml', source: '' }],
  });
  const plan = planRun(checkManifest(filled), {});
  expect(plan.run).toMatchObject({ dryRun: true, autoApprove: true, model: 'm', provider: 'p' });
  expect(plan.labels).toEqual({});
});

const plan = (more: object = {}, config?: string, defaults = {}): Plan =>
  planRun(
    checkManifest(
      body({
        ...(config === undefined
          ? {}
          : {
              workflows: {
                'workflows/smoke/workflow.fabro': {
                  source: GRAPH,
                  config: { path: 'workflows/smoke/workflow.toml', source: config },
                },
              },
            }),
        ...more,
      }),
    ),
    defaults,
  );

const model = (name: string): string => `[run.model]\nname = "${name}"\n`;
const configs = (project?: string, user?: string) => ({
  configs: [
    ...(user === undefined ? [] : [{ type: 'user', path: 'settings.toml', source: user }]),
    ...(project === undefined ? [] : [{ type: 'project', path: 'project.toml', source: project }]),
  ],
});

test('API §5: args go before the workflow, the project, the user, and the defaults of the server', () => {
  const defaults = { model: 'default' };
  const all = configs(model('project'), model('user'));
  const args: ManifestArgs = { model: 'args' };
  expect(plan({ ...all, args }, model('workflow'), defaults).run.model).toBe('args');
  expect(plan(all, model('workflow'), defaults).run.model).toBe('workflow');
  expect(plan(all, undefined, defaults).run.model).toBe('project');
  expect(plan(configs(undefined, model('user')), undefined, defaults).run.model).toBe('user');
  expect(plan({}, undefined, defaults).run.model).toBe('default');
  expect(plan().run).not.toHaveProperty('model');
});

test('labels of the arguments join those of the settings; one without `=` is dropped', () => {
  const made = plan(
    { args: { label: ['team=core', 'note=a=b', 'nothing'] } },
    '[run.metadata]\nteam = "web"\nowner = "ann"\n',
  );
  expect(made.labels).toEqual({ team: 'core', note: 'a=b', owner: 'ann' });
});

test('inputs are TOML values and override those of the settings', () => {
  const made = plan(
    { args: { input: ['count=3', 'name="x"', 'deep=true'] } },
    '[run.inputs]\ncount = 1\nkept = "yes"\n',
  );
  expect(made.run.inputs).toEqual({ count: 3, name: 'x', deep: true, kept: 'yes' });
  expect(() => plan({ args: { input: ['count=[1,'] } })).toThrow(/input count/);
});

test('§12 run.goal: a goal file is read from the manifest, relative to the file that declares it', () => {
  const workflow = (files: object) => ({
    workflows: {
      'workflows/smoke/workflow.fabro': {
        source: GRAPH,
        config: {
          path: 'workflows/smoke/workflow.toml',
          source: '[run]\ngoal = { file = "../goal.md" }',
        },
        files,
      },
    },
  });
  const goal = { content: 'from the file\n', ref: { type: 'file_inline', original: '../goal.md' } };
  expect(plan(workflow({ 'workflows/goal.md': goal })).goal).toBe('from the file');
  expect(() => plan(workflow({}))).toThrow(
    'run.goal in workflows/smoke/workflow.toml names ../goal.md, which is not among the files of the manifest',
  );
});

test('§12 run.git.author: what is not said of the author is that of Fabro', () => {
  const author = (toml: string) =>
    plan({ configs: [{ type: 'user', source: toml }] }).run.gitAuthor;
  expect(author('')).toBeUndefined();
  expect(author('[run.git.author]\nname = "Factory"')).toEqual({
    name: 'Factory',
    email: 'noreply@fabro.sh',
  });
  expect(author('[git.author]\nname = "F"\nemail = "f@x"')).toEqual({ name: 'F', email: 'f@x' });
});

test('decision 11: a goal in the manifest overrides the one of the graph', () => {
  expect(plan().goal).toBe('from the graph');
  expect(plan({ goal: { type: 'value', text: 'mine' } }).goal).toBe('mine');
});

test('a run is in place by its argument or by worktree_mode never', () => {
  expect(plan().inPlace).toBe(false);
  expect(plan({ args: { in_place: true } }).inPlace).toBe(true);
  expect(plan({ args: { worktree_mode: 'never' } }).inPlace).toBe(true);
  expect(plan({}, '[run.sandbox.local]\nworktree_mode = "never"\n').inPlace).toBe(true);
});

test('the slug is the folder of a workflow file, else the name of the file', () => {
  expect(plan().slug).toBe('smoke');
  expect(
    plan({
      target: { identifier: 'x', path: 'ship-it.dot' },
      workflows: { 'ship-it.dot': { source: GRAPH } },
    }).slug,
  ).toBe('ship-it');
});

test('another sandbox provider than local and an unknown settings key are refused by name', () => {
  expect(() => plan({ args: { sandbox: 'docker' } })).toThrow(
    'sandbox provider "docker" is not built yet; use "local"',
  );
  expect(() => plan({}, '[run]\nmodle = "x"\n')).toThrow(/modle/);
});

test('a graph with errors is refused with all of them', () => {
  const source = 'digraph Work { a [shape=parallelogram, script="true"] }';
  expect(() => plan({ workflows: { 'workflows/smoke/workflow.fabro': { source } } })).toThrow(
    /^Validation failed: /,
  );
});

test('§9.3: a model of the settings goes before the default of the graph, and that before the server', () => {
  const graph = GRAPH.replace('{', '{ graph [default_model=opus, default_provider=anthropic]');
  const workflows = { 'workflows/smoke/workflow.fabro': { source: graph } };
  const defaults = { model: 'gpt-5.4' };
  const asked = plan({ workflows, args: { model: 'haiku' } }, undefined, defaults);
  expect(asked.run).toMatchObject({ model: 'haiku', provider: 'anthropic' });
  expect(plan({ workflows, ...configs(model('sonnet')) }, undefined, defaults).run.model).toBe(
    'sonnet',
  );
  expect(plan({ workflows }, undefined, defaults).run.model).toBe('opus');
  expect(plan({}, undefined, defaults).run.model).toBe('gpt-5.4');
});

test('child workflows and imports come from the manifest, each with the files it names itself', () => {
  const path = 'workflows/smoke/workflow.fabro';
  const ends = 'start [shape=Mdiamond] exit [shape=Msquare]';
  const file = (content: string, from: string, type = 'file_inline') => ({
    content,
    ref: { type, original: 'x', from },
  });
  const made = plan({
    workflows: {
      [path]: {
        source: `digraph W { ${ends} m [shape=house, stack.child_workflow="../c/c.fabro"] X [import="i.fabro"] start -> m -> X -> exit }`,
        files: {
          'workflows/smoke/i.fabro': file(
            `digraph I { ${ends} a [prompt="@a.md"] start -> a -> exit }`,
            path,
            'import',
          ),
          'workflows/smoke/a.md': file('Do it', 'workflows/smoke/i.fabro'),
        },
      },
      './workflows/c/../c/c.fabro': {
        source: `digraph C { ${ends} a [prompt="@a.md"] start -> a -> exit }`,
        files: { 'workflows/c/a.md': file('Do that', 'workflows/c/c.fabro') },
      },
    },
  });
  const promptOf = (node: GraphNode | undefined) => node && attr.string(node, 'prompt');
  expect(promptOf(made.graph.nodes.get('X.a'))).toBe('Do it');
  const manager = made.graph.nodes.get('m');
  const key = manager && made.children.keyOf(manager, '');
  expect(key).toBe('workflows/c/c.fabro');
  expect(promptOf(made.children.graphs.get(key ?? '')?.nodes.get('a'))).toBe('Do that');
});

test('a manifest without the child workflow that a node names is refused', () => {
  const source = 'digraph W { start -> m -> exit m [shape=house, stack.child_workflow="c.fabro"] }';
  expect(() => plan({ workflows: { 'workflows/smoke/workflow.fabro': { source } } })).toThrow(
    'Validation failed: error [node: m]: Failed to parse child pipeline: file not found: workflows/smoke/c.fabro (child_workflow)',
  );
});

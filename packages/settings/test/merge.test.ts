import { describe, expect, it } from 'vitest';
import { mergeSettings, parseSettings } from '../src/index.js';

const layer = (toml: string, path = 'x.toml') => parseSettings(toml, path);
/** Nearest first. */
const merged = (...tomls: readonly string[]) => mergeSettings(tomls.map((toml) => layer(toml)));
/** A file that says one thing. */
const setting = (path: string, value: string) => `${path} = ${value}`;
const at = (settings: unknown, path: string) =>
  path
    .split('.')
    .reduce<unknown>((table, key) => (table as Record<string, unknown>)[key], settings);

describe('settings without any file', () => {
  it('have no goal and no more than the defaults', () => {
    expect(mergeSettings([]).goal).toBeUndefined();
    expect(mergeSettings([])).toEqual(merged(''));
  });

  it.each([
    ['project.directory', '.'],
    ['workflow.graph', 'workflow.fabro'],
    ['run.prepare.timeout', 300_000],
    ['run.execution', { mode: 'normal', approval: 'prompt', retros: true }],
    ['run.checkpoint.exclude_globs', []],
    ['run.sandbox.preserve', false],
    ['run.sandbox.devcontainer', false],
    ['run.sandbox.local.worktree_mode', 'always'],
    ['run.sandbox.docker.image', 'buildpack-deps:noble'],
    ['run.sandbox.docker.memory_limit', 4_000_000_000],
    ['run.sandbox.docker.cpu_quota', 200_000],
    ['run.sandbox.docker.skip_clone', false],
    [
      'run.pull_request',
      { enabled: false, draft: true, auto_merge: false, merge_strategy: 'squash' },
    ],
    ['run.artifacts.include', []],
    ['run.hooks', []],
    ['cli.exec.prevent_idle_sleep', false],
    ['cli.output', { format: 'text', verbosity: 'normal' }],
    ['cli.updates.check', true],
    ['server.web', { enabled: true, url: 'http://localhost:3000' }],
    ['server.auth.methods', ['dev-token']],
    ['server.ip_allowlist', { entries: [], trusted_proxy_count: 0 }],
    ['server.slatedb.flush_interval', 1],
    ['server.slatedb.disk_cache', false],
    ['server.scheduler.max_concurrent_runs', 5],
    ['server.integrations.github.enabled', true],
    ['features.session_sandboxes', false],
  ])('§12 %s is %j', (path, value) => {
    expect(at(mergeSettings([]), path)).toEqual(value);
  });
});

describe('layers (§12)', () => {
  it('win in the order command line, workflow, project, user', () => {
    const names = ['cli', 'workflow', 'project', 'user'];
    const files = names.map((name) => `[run.model]\nname = "${name}"`);
    for (const [i, name] of names.entries())
      expect(merged(...files.slice(i)).run.model.name).toBe(name);
  });

  it('merge tables by field', () => {
    const { model } = merged('[run.model]\nname = "m"', '[run.model]\nprovider = "openai"').run;
    expect(model).toMatchObject({ name: 'm', provider: 'openai' });
  });

  it.each([
    // §12 scalars replace
    ['scalars replace', 'run.working_dir', '"near"', '"far"', 'near'],
    ['scalars replace', 'server.integrations.github.app_id', '1', '"far"', 1],
    ['lists without a rule replace', 'server.env_allow', '["A"]', '["B"]', ['A']],
    // §12 tables by field
    [
      'tables by field',
      'run.git.author',
      '{ name = "near" }',
      '{ name = "far", email = "far" }',
      { name: 'near', email: 'far' },
    ],
    // §12 replace whole
    ['replace whole', 'run.goal', '{ file = "near.md" }', '"far"', { file: 'near.md' }],
    ['replace whole', 'run.inputs', '{ a = 1 }', '{ b = 2 }', { a: 1 }],
    ['replace whole', 'project.metadata', '{ a = "1" }', '{ b = "2" }', { a: '1' }],
    ['replace whole', 'workflow.metadata', '{ a = "1" }', '{ b = "2" }', { a: '1' }],
    ['replace whole', 'run.metadata', '{ a = "1" }', '{ b = "2" }', { a: '1' }],
    [
      'replace whole',
      'run.prepare',
      '{ steps = [{ script = "near" }] }',
      '{ steps = [{ script = "far" }], timeout = "1s" }',
      { steps: [{ script: 'near' }], timeout: 300_000 },
    ],
    ['replace whole', 'run.artifacts', '{}', '{ include = ["far"] }', { include: [] }],
    [
      'replace whole',
      'run.sandbox.local',
      '{}',
      '{ worktree_mode = "never" }',
      { worktree_mode: 'always' },
    ],
    [
      'replace whole',
      'run.sandbox.daytona.snapshot',
      '{ name = "near" }',
      '{ name = "far", cpu = 4 }',
      { name: 'near' },
    ],
    [
      'replace whole',
      'run.sandbox.daytona.network',
      '{ allow_list = ["10.0.0.0/8"] }',
      '{ allow_list = ["0.0.0.0/0"] }',
      { allow_list: ['10.0.0.0/8'] },
    ],
    [
      'replace whole',
      'cli.target',
      '{ type = "unix", path = "/s" }',
      '{ type = "http", url = "http://h" }',
      { type: 'unix', path: '/s' },
    ],
    ['replace whole', 'cli.auth', '{}', '{ strategy = "jwt" }', {}],
    ['replace whole', 'cli.logging', '{}', '{ level = "debug" }', {}],
    [
      'replace whole',
      'features',
      '{}',
      '{ session_sandboxes = true }',
      { session_sandboxes: false },
    ],
    [
      'replace whole',
      'server.listen',
      '{ type = "unix", path = "/s" }',
      '{ type = "tcp", address = "h" }',
      { type: 'unix', path: '/s' },
    ],
    ['replace whole', 'server.api', '{}', '{ url = "http://h" }', {}],
    ['replace whole', 'server.artifacts.local', '{}', '{ root = "/far" }', {}],
    [
      'replace whole',
      'server.artifacts.s3',
      '{ bucket = "near" }',
      '{ bucket = "far", region = "far" }',
      { bucket: 'near', path_style: false },
    ],
    ['replace whole', 'server.slatedb.local', '{}', '{ root = "/far" }', {}],
    [
      'replace whole',
      'server.slatedb.s3',
      '{ region = "near" }',
      '{ bucket = "far" }',
      { region: 'near', path_style: false },
    ],
    ['replace whole', 'server.auth.methods', '["github"]', '["dev-token"]', ['github']],
    ['replace whole', 'server.ip_allowlist.entries', '["::1"]', '["10.0.0.1"]', ['::1']],
    [
      'replace whole',
      'server.integrations.github.webhooks.ip_allowlist.entries',
      '[]',
      '["10.0.0.1"]',
      [],
    ],
    // §12 exclude_globs (if non-empty)
    ['replace if non-empty', 'run.checkpoint.exclude_globs', '[]', '["far"]', ['far']],
    ['replace if non-empty', 'run.checkpoint.exclude_globs', '["near"]', '["far"]', ['near']],
    // §12 union per key
    [
      'union per key',
      'run.sandbox.env',
      '{ A = "near", B = "near" }',
      '{ B = "far", C = "far" }',
      { A: 'near', B: 'near', C: 'far' },
    ],
    [
      'union per key',
      'run.sandbox.docker.env_vars',
      '{ A = "near" }',
      '{ A = "far", B = "far" }',
      { A: 'near', B: 'far' },
    ],
    [
      'union per key',
      'run.sandbox.daytona.labels',
      '{ a = "near" }',
      '{ b = "far" }',
      { a: 'near', b: 'far' },
    ],
    [
      'union per key',
      'server.integrations.github.permissions',
      '{ contents = "write" }',
      '{ contents = "read", issues = "read" }',
      { contents: 'write', issues: 'read' },
    ],
    // §12 recursive
    [
      'recursive',
      'run.notifications',
      '{ team = { enabled = true, slack = { channel = "#near" } } }',
      '{ team = { provider = "slack", slack = { channel = "#far" } }, me = { enabled = true } }',
      {
        team: { enabled: true, events: [], provider: 'slack', slack: { channel: '#near' } },
        me: { enabled: true, events: [] },
      },
    ],
    // §12 splice
    ['splice', 'run.model.fallbacks', '["a", "...", "d"]', '["b", "c"]', ['a', 'b', 'c', 'd']],
    ['splice', 'run.model.fallbacks', '["a"]', '["b"]', ['a']],
    ['splice', 'run.model.fallbacks', '[]', '["b"]', []],
    [
      'splice',
      'run.notifications.team.events',
      '["run.failed", "..."]',
      '["run.completed"]',
      ['run.failed', 'run.completed'],
    ],
  ])('§12 %s: %s = %s over %s', (_rule, path, near, far, expected) => {
    expect(at(merged(setting(path, near), setting(path, far)), path)).toEqual(expected);
  });

  it.each(['run.agent.mcps', 'cli.exec.agent.mcps'])(
    '§12 union per key: %s, each server as a whole and with its defaults',
    (path) => {
      const near = `[${path}.a]\ntype = "http"\nurl = "near"`;
      const far = `[${path}.a]\ntype = "http"\nurl = "far"\ntool_timeout = "1s"\n[${path}.b]\ntype = "stdio"\nscript = "b"\nenabled = false`;
      const rest = { enabled: true, startup_timeout: 10_000, tool_timeout: 60_000 };
      expect(at(merged(near, far), path)).toEqual({
        a: { type: 'http', url: 'near', ...rest },
        b: { type: 'stdio', script: 'b', ...rest, enabled: false },
      });
    },
  );

  it('§12 splice: "..." stands for nothing where there is nothing to inherit', () => {
    const settings = merged(
      '[run.model]\nfallbacks = ["a", "..."]\n[run.notifications.n]\nevents = ["...", "x"]',
    );
    expect(settings.run.model.fallbacks).toEqual(['a']);
    expect(at(settings, 'run.notifications.n.events')).toEqual(['x']);
  });

  it('§12 by id: a hook takes the place of the one with its id, the others follow', () => {
    const hook = (id: string, script: string) =>
      `[[run.hooks]]\n${id === '' ? '' : `id = "${id}"\n`}event = "run_start"\nscript = "${script}"\n`;
    const { hooks } = merged(
      hook('a', 'near-a') + hook('n', 'near-n') + hook('', 'near'),
      hook('a', 'far-a') + hook('b', 'far-b') + hook('', 'far'),
    ).run;
    expect(hooks.map(({ script }) => script)).toEqual(['near-a', 'far-b', 'far', 'near-n', 'near']);
  });

  it('keep the file that declared a goal file, since its path is relative to it', () => {
    const goalFile = layer('[run]\ngoal = { file = "goal.md" }', '/p/.fabro/project.toml');
    const text = layer('[run]\ngoal = "do it"', '/w/workflow.toml');
    expect(mergeSettings([layer(''), goalFile, text]).goal).toEqual({
      kind: 'file',
      file: 'goal.md',
      declaredIn: '/p/.fabro/project.toml',
    });
    expect(mergeSettings([text, goalFile]).goal).toEqual({ kind: 'text', text: 'do it' });
  });

  it('leave each other unchanged', () => {
    const far = layer('[run.sandbox.env]\nA = "far"');
    mergeSettings([layer('[run.sandbox.env]\nA = "near"'), far]);
    expect(far.settings.run?.sandbox?.env).toEqual({ A: 'far' });
    expect(mergeSettings([]).run.sandbox.env).toEqual({});
  });
});

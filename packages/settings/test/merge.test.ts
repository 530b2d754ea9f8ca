import { describe, expect, it } from 'vitest';
import { mergeSettings, parseSettings } from '../src/index.js';

const layer = (toml: string, path = 'x.toml') => parseSettings(toml, path);
/** Nearest first. */
const merged = (...tomls: readonly string[]) => mergeSettings(tomls.map((toml) => layer(toml)));

describe('settings without any file', () => {
  it('are the defaults of §12', () => {
    const settings = mergeSettings([]);
    expect(settings.goal).toBeUndefined();
    expect(settings.project.directory).toBe('.');
    expect(settings.workflow.graph).toBe('workflow.fabro');
    expect(settings.run.prepare.timeout).toBe(300_000);
    expect(settings.run.execution).toEqual({ mode: 'normal', approval: 'prompt', retros: true });
    expect(settings.run.sandbox.preserve).toBe(false);
    expect(settings.server.auth.methods).toEqual(['dev-token']);
    expect(settings.server.scheduler.max_concurrent_runs).toBe(5);
    expect(settings.features.session_sandboxes).toBe(false);
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
    ['run.inputs', '[run.inputs]\na = 1', '[run.inputs]\nb = 2', { a: 1 }],
    ['run.metadata', '[run.metadata]\na = "1"', '[run.metadata]\nb = "2"', { a: '1' }],
    [
      'run.prepare',
      '[[run.prepare.steps]]\nscript = "x"',
      '[run.prepare]\ntimeout = "1s"',
      { steps: [{ script: 'x' }] },
    ],
    [
      'cli.target',
      '[cli.target]\ntype = "unix"\npath = "/s"',
      '[cli.target]\ntype = "http"\nurl = "http://h"',
      { type: 'unix', path: '/s' },
    ],
    ['server.api', '[server.api]', '[server.api]\nurl = "http://h"', {}],
  ])('replace %s whole', (path, near, far, expected) => {
    const value = path
      .split('.')
      .reduce<unknown>((table, key) => (table as Record<string, unknown>)[key], merged(near, far));
    expect(value).toEqual(expected);
  });

  it('replace exclude_globs only by a list that has something in it', () => {
    const far = '[run.checkpoint]\nexclude_globs = ["a"]';
    expect(
      merged('[run.checkpoint]\nexclude_globs = []', far).run.checkpoint.exclude_globs,
    ).toEqual(['a']);
    expect(
      merged('[run.checkpoint]\nexclude_globs = ["b"]', far).run.checkpoint.exclude_globs,
    ).toEqual(['b']);
  });

  it('unite the sandbox environment by key', () => {
    const near = '[run.sandbox.env]\nA = "near"\nB = "near"';
    const far = '[run.sandbox.env]\nB = "far"\nC = "far"';
    expect(merged(near, far).run.sandbox.env).toEqual({ A: 'near', B: 'near', C: 'far' });
  });

  it('unite MCP servers by name, each as a whole', () => {
    const near = '[run.agent.mcps.a]\ntype = "http"\nurl = "near"';
    const far =
      '[run.agent.mcps.a]\ntype = "http"\nurl = "far"\ntool_timeout = "1s"\n[run.agent.mcps.b]\ntype = "http"\nurl = "b"';
    expect(merged(near, far).run.agent?.mcps).toEqual({
      a: { type: 'http', url: 'near' },
      b: { type: 'http', url: 'b' },
    });
  });

  it('splice the farther list where "..." stands', () => {
    const far = '[run.model]\nfallbacks = ["b", "c"]';
    expect(merged('[run.model]\nfallbacks = ["a", "...", "d"]', far).run.model.fallbacks).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
    expect(merged('[run.model]\nfallbacks = ["a"]', far).run.model.fallbacks).toEqual(['a']);
  });

  it('replace a hook with the same id in its place and add the others', () => {
    const hook = (id: string, script: string) =>
      `[[run.hooks]]\n${id === '' ? '' : `id = "${id}"\n`}event = "run_start"\nscript = "${script}"\n`;
    const hooks = merged(
      hook('a', 'near-a') + hook('n', 'near-n') + hook('', 'near'),
      hook('a', 'far-a') + hook('b', 'far-b') + hook('', 'far'),
    ).run.hooks;
    expect(hooks?.map(({ script }) => script)).toEqual([
      'near-a',
      'far-b',
      'far',
      'near-n',
      'near',
    ]);
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

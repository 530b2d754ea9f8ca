import { describe, expect, it } from 'vitest';
import { ALIASES } from '../src/aliases.js';
import { parseSettings } from '../src/index.js';
import { MOVED } from '../src/rename-hints.js';
import { refusal, sentences } from './support/refusal.js';

const HINTS = [
  ['goal = "x"', 'goal', '[run] goal'],
  ['goal_file = "x.md"', 'goal_file', '[run] goal = { file = "…" }'],
  ['work_dir = "x"', 'work_dir', '[run] working_dir'],
  ['directory = "x"', 'directory', '[run] working_dir'],
  ['[sandbox]\nprovider = "local"', 'sandbox', '[run.sandbox]'],
  ['[checkpoint]\nevery = 1', 'checkpoint', '[run.checkpoint]'],
  ['[pull_request]\nenabled = true', 'pull_request', '[run.pull_request]'],
  ['[artifacts]\ninclude = []', 'artifacts', '[run.artifacts]'],
  ['[[hooks]]\nevent = "run_start"', 'hooks', '[[run.hooks]]'],
  ['[setup]\ncommands = []', 'setup', '[run.prepare]'],
  ['[llm]\nmodel = "m"', 'llm', '[run.model]'],
  ['[vars]\na = 1', 'vars', '[run.inputs]'],
  ['[labels]\na = "1"', 'labels', '[run.metadata]'],
  ['dry_run = true', 'dry_run', '[run.execution] mode = "dry_run"'],
  ['auto_approve = true', 'auto_approve', '[run.execution] approval = "auto"'],
  ['no_retro = true', 'no_retro', '[run.execution] retros = false'],
  ['graph = "g.fabro"', 'graph', '[workflow] graph'],
  ['[fabro]\nname = "x"', 'fabro', '[project]'],
  [
    '[mcp_servers.x]\ncommand = []',
    'mcp_servers',
    '[run.agent.mcps.<name>] or [cli.exec.agent.mcps.<name>]',
  ],
  ['[exec]\nmodel = "m"', 'exec', '[cli.exec]'],
  ['prevent_idle_sleep = true', 'prevent_idle_sleep', '[cli.exec] prevent_idle_sleep'],
  ['verbose = true', 'verbose', '[cli.output] verbosity = "verbose"'],
  ['upgrade_check = false', 'upgrade_check', '[cli.updates] check'],
  ['[api]\nurl = "x"', 'api', '[server.api]'],
  ['[web]\nurl = "x"', 'web', '[server.web]'],
  ['[artifact_storage]\nroot = "x"', 'artifact_storage', '[server.artifacts]'],
  ['storage_dir = "/x"', 'storage_dir', '[server.storage] root'],
  ['data_dir = "/x"', 'data_dir', '[server.storage] root'],
  ['max_concurrent_runs = 3', 'max_concurrent_runs', '[server.scheduler] max_concurrent_runs'],
  ['[git]\nbranch = "x"', 'git', '[run.git] and [server.integrations.github]'],
  ['[github]\napp_id = 1', 'github', '[server.integrations.github]'],
  ['[slack]\nchannel = "x"', 'slack', '[server.integrations.slack]'],
  ['[log]\nlevel = "debug"', 'log', '[server.logging] or [cli.logging]'],
  ['[execution]\nmode = "dry_run"', 'execution', '[run.execution]'],
];

describe('a top-level key of older settings files', () => {
  it.each(HINTS)('§12 rename hint: %j is answered with its new place', (toml, key, place) => {
    expect(sentences(toml)).toEqual([
      `run.toml:1:1: ${key}: this key is now ${place}; move it there`,
    ]);
  });

  it('has exactly one row above', () => {
    const old = Object.keys(MOVED);
    expect(new Set(HINTS.map(([, key]) => key))).toEqual(new Set(old));
    expect(HINTS).toHaveLength(old.length);
  });
});

describe('a spelling of March 2026 (decision 2)', () => {
  it.each([
    ['[execution]\nenvironment = "daytona"', { sandbox: { provider: 'daytona' } }],
    ['[execution]\nenvironment = "exe"', { sandbox: { provider: 'exe' } }],
    ['[execution]\nenvironment = "sprites"', { sandbox: { provider: 'sprites' } }],
    [
      '[sandbox.env]\nAPI_KEY = "x"\nFEATURE_FLAG = "true"',
      { sandbox: { env: { API_KEY: 'x', FEATURE_FLAG: 'true' } } },
    ],
    [
      '[sandbox.daytona.snapshot]\nname = "s"\nmemory = 8\ndockerfile = { path = "Dockerfile" }',
      {
        sandbox: {
          daytona: {
            snapshot: { name: 's', memory: 8_000_000_000, dockerfile: { path: 'Dockerfile' } },
          },
        },
      },
    ],
    [
      '[git.author]\nname = "Factory"\nemail = "f@example.com"',
      { git: { author: { name: 'Factory', email: 'f@example.com' } } },
    ],
    ['[checkpoint]\nexclude_globs = ["dist/**"]', { checkpoint: { exclude_globs: ['dist/**'] } }],
  ])('means what it meant: %j', (toml, run) => {
    expect(parseSettings(toml, 'run.toml').settings).toEqual({ run });
  });

  it('is each of these', () => {
    expect(ALIASES.map(({ old }) => old.join('.'))).toEqual([
      'execution.environment',
      'sandbox.env',
      'sandbox.daytona.snapshot',
      'git.author',
      'checkpoint.exclude_globs',
    ]);
  });

  it('stands beside tables of today', () => {
    const toml =
      '[sandbox.env]\nA = "1"\n[run.sandbox]\npreserve = true\n[run.git]\n[git.author]\nname = "F"';
    expect(parseSettings(toml, 'run.toml').settings.run).toEqual({
      sandbox: { preserve: true, env: { A: '1' } },
      git: { author: { name: 'F' } },
    });
  });

  it.each([
    [
      '[execution]\nenvironment = "local"\n[run.sandbox]\nprovider = "docker"',
      'run.toml:2:1: execution.environment: the older spelling of run.sandbox.provider, which line 4 has too; keep only run.sandbox.provider',
    ],
    [
      '[run.sandbox.env]\nA = "1"\n[sandbox.env]\nB = "2"',
      'run.toml:3:1: sandbox.env: the older spelling of run.sandbox.env, which line 1 has too; keep only run.sandbox.env',
    ],
    [
      '[sandbox.daytona.snapshot]\nname = "a"\n[run.sandbox.daytona]\nsnapshot = { name = "b" }',
      'run.toml:1:1: sandbox.daytona.snapshot: the older spelling of run.sandbox.daytona.snapshot, which line 4 has too; keep only run.sandbox.daytona.snapshot',
    ],
    [
      '[git.author]\nname = "a"\n[run.git]\nauthor = { name = "b" }',
      'run.toml:1:1: git.author: the older spelling of run.git.author, which line 4 has too; keep only run.git.author',
    ],
    [
      '[checkpoint]\nexclude_globs = []\n[run.checkpoint]\nexclude_globs = []',
      'run.toml:2:1: checkpoint.exclude_globs: the older spelling of run.checkpoint.exclude_globs, which line 4 has too; keep only run.checkpoint.exclude_globs',
    ],
  ])('beside the one of today is a mistake that names both, and neither wins: %j', (toml, text) => {
    expect(sentences(toml)).toEqual([text]);
  });

  it('has its mistakes named as it is spelled', () => {
    expect(refusal('[checkpoint]\nexclude_globs = "dist"')).toBe(
      'run.toml:2:1: checkpoint.exclude_globs is "dist": expected a list\n2 | exclude_globs = "dist"\n  | ^',
    );
  });

  it('leaves the other keys of its table to the hint', () => {
    expect(sentences('[sandbox]\npreserve = true\n[sandbox.env]\nA = "1"')).toEqual([
      'run.toml:1:1: sandbox: this key is now [run.sandbox]; move it there',
    ]);
  });
});

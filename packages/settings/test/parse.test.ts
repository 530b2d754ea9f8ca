import { FabroError } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../src/index.js';
import { MAX_SETTINGS_CHARS } from '../src/limits.js';

/** The message of the error that this file gets. */
function refusal(toml: string): string {
  try {
    parseSettings(toml, 'run.toml');
  } catch (error) {
    expect(error).toBeInstanceOf(FabroError);
    expect(error).toMatchObject({ code: 'invalid_settings' });
    return (error as FabroError).message;
  }
  throw new Error('the file was accepted');
}

describe('a settings file (§12)', () => {
  it('may have every key that the first workflows use, durations in milliseconds', () => {
    const { path, settings } = parseSettings(
      `
      _version = 1
      [run]
      goal = "Make the tests pass"
      [run.inputs]
      issue = 7
      labels = ["bug", "small"]
      [run.model]
      provider = "anthropic"
      name = "claude-sonnet-4-5"
      [run.git.author]
      name = "Factory"
      email = "factory@example.com"
      [run.prepare]
      timeout = "90s"
      [[run.prepare.steps]]
      script = "npm ci"
      [[run.prepare.steps]]
      command = ["make", "deps"]
      env = { CI = "1" }
      [run.execution]
      mode = "dry_run"
      approval = "auto"
      retros = false
      [run.checkpoint]
      exclude_globs = ["dist/**"]
      [run.sandbox]
      provider = "local"
      preserve = true
      env = { TOKEN = "{{ env.TOKEN }}" }
      local = { worktree_mode = "never" }
      [server]
      env_allow = ["TOKEN"]
      listen = { type = "tcp", address = "127.0.0.1:4000" }
      api = { url = "https://fabro.example.com/api/v1" }
      auth = { methods = ["dev-token"] }
      storage = { root = "~/runs" }
      scheduler = { max_concurrent_runs = 2 }
      [cli]
      target = { type = "unix", path = "/run/fabro.sock" }
      `,
      'settings.toml',
    );
    expect(path).toBe('settings.toml');
    expect(settings).toEqual({
      run: {
        goal: 'Make the tests pass',
        inputs: { issue: 7, labels: ['bug', 'small'] },
        model: { provider: 'anthropic', name: 'claude-sonnet-4-5' },
        git: { author: { name: 'Factory', email: 'factory@example.com' } },
        prepare: {
          timeout: 90_000,
          steps: [{ script: 'npm ci' }, { command: ['make', 'deps'], env: { CI: '1' } }],
        },
        execution: { mode: 'dry_run', approval: 'auto', retros: false },
        checkpoint: { exclude_globs: ['dist/**'] },
        sandbox: {
          provider: 'local',
          preserve: true,
          env: { TOKEN: '{{ env.TOKEN }}' },
          local: { worktree_mode: 'never' },
        },
      },
      server: {
        env_allow: ['TOKEN'],
        listen: { type: 'tcp', address: '127.0.0.1:4000' },
        api: { url: 'https://fabro.example.com/api/v1' },
        auth: { methods: ['dev-token'] },
        storage: { root: '~/runs' },
        scheduler: { max_concurrent_runs: 2 },
      },
      cli: { target: { type: 'unix', path: '/run/fabro.sock' } },
    });
  });

  it('needs no _version: a missing one means 1 (decision 1)', () => {
    expect(parseSettings('', 'settings.toml').settings).toEqual({});
    expect(parseSettings('_version = 1', 'settings.toml').settings).toEqual({});
  });

  it('may have every other table of §12', () => {
    const { settings } = parseSettings(
      `
      [project]
      name = "shop"
      directory = "fabro"
      [workflow]
      graph = "main.fabro"
      metadata = { team = "core" }
      [run.sandbox.docker]
      memory_limit = "4GB"
      [run.sandbox.daytona]
      network = { allow_list = ["10.0.0.0/8"] }
      snapshot = { memory = 8, disk = "20GiB", dockerfile = { path = "Dockerfile" } }
      [run.agent.mcps.browser]
      type = "stdio"
      command = ["browser-mcp"]
      startup_timeout = "10s"
      [run.notifications.team]
      enabled = true
      events = ["run.completed"]
      slack = { channel = "#builds" }
      [[run.hooks]]
      id = "fmt"
      event = "stage_complete"
      script = "npm run format"
      [server.integrations.github]
      strategy = "app"
      app_id = 12
      [server.slatedb]
      flush_interval = "1ms"
      [features]
      session_sandboxes = true
      `,
      'settings.toml',
    );
    expect(settings.run?.sandbox?.docker?.memory_limit).toBe(4_000_000_000);
    expect(settings.run?.sandbox?.daytona?.snapshot).toEqual({
      memory: 8_000_000_000,
      disk: 21_474_836_480,
      dockerfile: { path: 'Dockerfile' },
    });
    expect(settings.run?.agent?.mcps?.['browser']).toMatchObject({ startup_timeout: 10_000 });
    expect(settings.server?.slatedb?.flush_interval).toBe(1);
  });
});

describe('a mistake in a settings file', () => {
  it('in the TOML itself is shown with line and column', () => {
    expect(refusal('[run]\ngoal = "x\n')).toMatch(/^run\.toml:2:\d+: /);
  });

  it.each([
    ['[run]\nmodle = 1', 'run.toml: run.modle: unknown key; did you mean "model"?'],
    ['[servr]\n', 'run.toml: servr: unknown key; did you mean "server"?'],
    [
      '[run.agent.mcps.x]\ntype = "http"\nurl = "u"\nheadrs = {}',
      'run.toml: run.agent.mcps.x.headrs: unknown key; did you mean "headers"?',
    ],
    [
      '[features]\nzzz = true',
      'run.toml: features.zzz: unknown key; allowed are session_sandboxes',
    ],
    ['version = 1', 'run.toml: settings files must use `_version`, not `version`; rename the key.'],
    ['_version = 2', 'run.toml: _version is 2, this Fabro reads up to 1. Upgrade Fabro.'],
    ['_version = "one"', 'run.toml: _version is "one"; write _version = 1.'],
    ['[run]\ngoal = 3', 'run.toml: run.goal: expected a text or { file = "path" }'],
    [
      '[run.execution]\nmode = "dry"',
      'run.toml: run.execution.mode is "dry": invalid option: expected one of "normal"|"dry_run"',
    ],
    [
      '[run.prepare]\ntimeout = "5 minutes"',
      'run.toml: run.prepare.timeout: "5 minutes" is no duration; write a whole number and one of ms, s, m, h, d, for example "5m"',
    ],
    [
      '[[run.prepare.steps]]\nscript = "a"\ncommand = ["b"]',
      'run.toml: run.prepare.steps.0: give exactly one of script, command',
    ],
    [
      '[run.inputs]\nday = 2026-01-01',
      'run.toml: run.inputs.day: expected a text, number, boolean, list or table; write a date as a text',
    ],
  ])('%j is named with its place and what is allowed', (toml, message) => {
    expect(refusal(toml)).toBe(message);
  });

  it('does not hide the others: each has a line', () => {
    expect(refusal('[run]\nmodle = 1\n[cli]\noutptu = 1').split('\n')).toEqual([
      'run.toml: run.modle: unknown key; did you mean "model"?',
      'run.toml: cli.outptu: unknown key; did you mean "output"?',
    ]);
  });

  it.each([
    ['goal = "x"', '[run] goal'],
    ['auto_approve = true', '[run.execution] approval = "auto"'],
    ['no_retro = true', '[run.execution] retros = false'],
    ['[llm]\nmodel = "m"', '[run.model]'],
    ['[vars]\na = 1', '[run.inputs]'],
    ['[setup]\ncommands = []', '[run.prepare]'],
    ['graph = "g.fabro"', '[workflow] graph'],
    ['storage_dir = "/x"', '[server.storage] root'],
    ['max_concurrent_runs = 3', '[server.scheduler] max_concurrent_runs'],
    ['[log]\nlevel = "debug"', '[server.logging] or [cli.logging]'],
  ])('of an older format is answered with the new place: %j', (toml, place) => {
    expect(refusal(toml)).toContain(`this key is now ${place}; move it there`);
  });

  it('such as a huge or deep file is refused before it costs anything', () => {
    expect(refusal(`#${'x'.repeat(MAX_SETTINGS_CHARS)}`)).toContain('at most 1000000 are read');
    expect(refusal(`x = ${'['.repeat(5_000)}${']'.repeat(5_000)}`)).toMatch(/^run\.toml:/);
  });
});

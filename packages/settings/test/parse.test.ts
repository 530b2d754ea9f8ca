import { describe, expect, it } from 'vitest';
import { parseSettings } from '../src/index.js';

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
});

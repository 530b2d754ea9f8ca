import type { SettingsTables } from './schema/tables.js';

/**
 * What holds when no layer says otherwise (engine reference §12). Where the server listens and stores is not
 * here: it depends on the home directory (`addresses.ts`).
 */
export const DEFAULTS = {
  project: { directory: '.' },
  workflow: { graph: 'workflow.fabro' },
  run: {
    inputs: {},
    metadata: {},
    model: { fallbacks: [] },
    git: { author: {} },
    prepare: { steps: [], timeout: 5 * 60_000 },
    execution: { mode: 'normal', approval: 'prompt', retros: true },
    checkpoint: { exclude_globs: [] },
    // Docker comes with its adapter; until then a run is where its caller is.
    sandbox: {
      provider: 'local',
      preserve: false,
      devcontainer: false,
      env: {},
      local: { worktree_mode: 'always' },
    },
  },
  cli: {
    exec: { prevent_idle_sleep: false },
    output: { format: 'text', verbosity: 'normal' },
    updates: { check: true },
  },
  server: {
    web: { enabled: true, url: 'http://localhost:3000' },
    auth: { methods: ['dev-token'] },
    scheduler: { max_concurrent_runs: 5 },
    env_allow: [],
  },
  features: { session_sandboxes: false },
} satisfies SettingsTables;

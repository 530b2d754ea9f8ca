import type { SettingsTables } from './schema/tables.js';

/**
 * What holds when no layer says otherwise (engine reference §12). Where the server listens and stores is not
 * here: it depends on the home directory (`addresses.ts`).
 */
export const DEFAULTS = {
  project: { directory: '.', metadata: {} },
  workflow: { graph: 'workflow.fabro', metadata: {} },
  run: {
    inputs: {},
    metadata: {},
    model: { fallbacks: [] },
    git: { author: {} },
    prepare: { steps: [], timeout: 5 * 60_000 },
    execution: { mode: 'normal', approval: 'prompt', retros: true },
    checkpoint: { exclude_globs: [] },
    sandbox: {
      // Docker comes with its adapter; until then a run is where its caller is.
      provider: 'local',
      preserve: false,
      devcontainer: false,
      env: {},
      local: { worktree_mode: 'always' },
      docker: {
        image: 'buildpack-deps:noble',
        memory_limit: 4_000_000_000,
        cpu_quota: 200_000,
        env_vars: {},
        skip_clone: false,
      },
      daytona: { labels: {}, skip_clone: false },
    },
    notifications: {},
    agent: { mcps: {} },
    hooks: [],
    pull_request: { enabled: false, draft: true, auto_merge: false, merge_strategy: 'squash' },
    artifacts: { include: [] },
  },
  cli: {
    exec: { prevent_idle_sleep: false, agent: { mcps: {} } },
    output: { format: 'text', verbosity: 'normal' },
    updates: { check: true },
  },
  server: {
    web: { enabled: true, url: 'http://localhost:3000' },
    auth: { methods: ['dev-token'], github: { allowed_usernames: [] } },
    ip_allowlist: { entries: [], trusted_proxy_count: 0 },
    artifacts: { provider: 'local', s3: { path_style: false } },
    slatedb: {
      provider: 'local',
      s3: { path_style: false },
      flush_interval: 1,
      disk_cache: false,
    },
    scheduler: { max_concurrent_runs: 5 },
    logging: { destination: 'file' },
    integrations: {
      github: { enabled: true, strategy: 'token', permissions: {} },
      slack: { enabled: false },
      discord: { enabled: false },
      teams: { enabled: false },
    },
    env_allow: [],
  },
  features: { session_sandboxes: false },
} satisfies SettingsTables;

/** Defaults of tables that users name; `*` stands for the name. */
export const ENTRY_DEFAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'run.agent.mcps.*': { enabled: true, startup_timeout: 10_000, tool_timeout: 60_000 },
  'cli.exec.agent.mcps.*': { enabled: true, startup_timeout: 10_000, tool_timeout: 60_000 },
  'run.notifications.*': { enabled: false, events: [] },
};

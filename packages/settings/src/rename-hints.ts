/** Where keys of older settings files have gone (engine reference §12). */

/** Old top-level keys with their places of today. */
export const MOVED: Readonly<Record<string, string>> = {
  goal: '[run] goal',
  goal_file: '[run] goal = { file = "…" }',
  work_dir: '[run] working_dir',
  directory: '[run] working_dir',
  sandbox: '[run.sandbox]',
  checkpoint: '[run.checkpoint]',
  pull_request: '[run.pull_request]',
  artifacts: '[run.artifacts]',
  hooks: '[[run.hooks]]',
  setup: '[run.prepare]',
  llm: '[run.model]',
  vars: '[run.inputs]',
  labels: '[run.metadata]',
  execution: '[run.execution]',
  dry_run: '[run.execution] mode = "dry_run"',
  auto_approve: '[run.execution] approval = "auto"',
  no_retro: '[run.execution] retros = false',
  graph: '[workflow] graph',
  fabro: '[project]',
  mcp_servers: '[run.agent.mcps.<name>] or [cli.exec.agent.mcps.<name>]',
  exec: '[cli.exec]',
  prevent_idle_sleep: '[cli.exec] prevent_idle_sleep',
  verbose: '[cli.output] verbosity = "verbose"',
  upgrade_check: '[cli.updates] check',
  api: '[server.api]',
  web: '[server.web]',
  artifact_storage: '[server.artifacts]',
  storage_dir: '[server.storage] root',
  data_dir: '[server.storage] root',
  max_concurrent_runs: '[server.scheduler] max_concurrent_runs',
  git: '[run.git] and [server.integrations.github]',
  github: '[server.integrations.github]',
  slack: '[server.integrations.slack]',
  log: '[server.logging] or [cli.logging]',
};

/** The new place of an old top-level key, as it is written in TOML. */
export function movedTo(key: string): string | undefined {
  return Object.hasOwn(MOVED, key) ? MOVED[key] : undefined;
}

/**
 * How a value of a nearer layer meets the one of a farther layer (engine reference §12). Without a rule,
 * tables merge key by key and everything else is replaced. `*` stands for any one key.
 */

export type MergeRule =
  /** The nearer value stands alone. */
  | 'replace'
  /** The same, but an empty list leaves the farther one. */
  | 'replace_unless_empty'
  /** A list in which `"..."` stands for the farther list. */
  | 'splice'
  /** A list of tables: the nearer table takes the place of the farther one with its `id`, others follow. */
  | 'by_id';

const RULES: Readonly<Record<string, MergeRule>> = {
  'project.metadata': 'replace',
  'workflow.metadata': 'replace',
  'run.goal': 'replace',
  'run.inputs': 'replace',
  'run.metadata': 'replace',
  'run.prepare': 'replace',
  'run.artifacts': 'replace',
  'run.checkpoint.exclude_globs': 'replace_unless_empty',
  'run.model.fallbacks': 'splice',
  'run.sandbox.local': 'replace',
  'run.sandbox.daytona.snapshot': 'replace',
  'run.sandbox.daytona.network': 'replace',
  'run.agent.mcps.*': 'replace',
  'run.notifications.*.events': 'splice',
  'run.hooks': 'by_id',
  'cli.target': 'replace',
  'cli.auth': 'replace',
  'cli.logging': 'replace',
  'cli.exec.agent.mcps.*': 'replace',
  features: 'replace',
  'server.listen': 'replace',
  'server.api': 'replace',
  'server.auth.methods': 'replace',
  'server.ip_allowlist.entries': 'replace',
  'server.integrations.github.webhooks.ip_allowlist.entries': 'replace',
  'server.artifacts.local': 'replace',
  'server.artifacts.s3': 'replace',
  'server.slatedb.local': 'replace',
  'server.slatedb.s3': 'replace',
};

const PATTERNS = Object.entries(RULES).map(([pattern, rule]) => ({
  keys: pattern.split('.'),
  rule,
}));

/** The rule for the value at `path`, if it has one. */
export function ruleAt(path: readonly string[]): MergeRule | undefined {
  return PATTERNS.find(
    ({ keys }) =>
      keys.length === path.length && keys.every((key, i) => key === '*' || key === path[i]),
  )?.rule;
}

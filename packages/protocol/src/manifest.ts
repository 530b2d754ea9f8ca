/** The manifest: everything a run needs, so that the caller's disk is not needed later (api reference §5). */
import { z } from 'zod';

const configSource = z.object({
  type: z.enum(['project', 'user']),
  path: z.string().nullish(),
  source: z.string().nullish(),
});

const manifestFile = z.object({
  content: z.string(),
  ref: z.object({
    type: z.enum(['file_inline', 'import', 'dockerfile']),
    original: z.string(),
    from: z.string().nullish(),
  }),
});

const manifestWorkflow = z.object({
  /** Graph text. */
  source: z.string(),
  /** The run configuration that belongs to the workflow (`workflow.toml`, `run.toml`). */
  config: z.object({ path: z.string(), source: z.string() }).nullish(),
  /** Files that the workflow names, by normalised manifest path. */
  files: z.record(z.string(), manifestFile).nullish(),
});

export const ManifestArgs = z.object({
  model: z.string().nullish(),
  provider: z.string().nullish(),
  sandbox: z.string().nullish(),
  verbose: z.boolean().nullish(),
  dry_run: z.boolean().nullish(),
  auto_approve: z.boolean().nullish(),
  no_retro: z.boolean().nullish(),
  preserve_sandbox: z.boolean().nullish(),
  in_place: z.boolean().nullish(),
  worktree_mode: z.string().nullish(),
  docker_image: z.string().nullish(),
  /** `key=value`; others are dropped. */
  label: z.array(z.string()).nullish(),
  /** `key=value` in TOML values; overrides `run.inputs`. */
  input: z.array(z.string()).nullish(),
});
export type ManifestArgs = z.infer<typeof ManifestArgs>;

export const RunManifest = z.object({
  version: z.number().int(),
  run_id: z.string().nullish(),
  cwd: z.string(),
  git: z
    .looseObject({
      origin_url: z.string().nullish(),
      branch: z.string().nullish(),
      sha: z.string().nullish(),
      clean: z.boolean().nullish(),
      dirty: z.enum(['clean', 'dirty', 'unknown']).nullish(),
    })
    .nullish(),
  goal: z
    .object({
      type: z.enum(['value', 'file', 'graph']),
      text: z.string(),
      path: z.string().nullish(),
    })
    .nullish(),
  args: ManifestArgs.nullish(),
  target: z.object({ identifier: z.string(), path: z.string() }),
  configs: z.array(configSource).nullish(),
  workflows: z.record(z.string(), manifestWorkflow),
});
export type RunManifest = z.infer<typeof RunManifest>;

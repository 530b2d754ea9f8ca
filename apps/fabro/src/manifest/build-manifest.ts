/** Everything a run needs, as one body (api reference §5). Pure but for git's answer, which comes in. */
import { relative } from 'node:path';
import type { RunManifest } from '@fabro/protocol';
import { tomlInputs } from './inputs.js';
import type { GitState } from './git-state.js';
import { type LoadedWorkflow, toManifest } from './load-workflow.js';

/** Flags of `fabro run` that go into the manifest. */
export interface RunFlags {
  readonly autoApprove?: boolean;
  readonly dryRun?: boolean;
  readonly inPlace?: boolean;
  readonly input?: readonly string[];
  readonly label?: readonly string[];
  readonly model?: string;
  readonly provider?: string;
  /** False after `--no-retro`. */
  readonly retro?: boolean;
  readonly preserveSandbox?: boolean;
  readonly sandbox?: string;
  readonly runId?: string;
}

/** Builds the manifest. `verbose` is passed on to the run. */
export function buildManifest(
  loaded: LoadedWorkflow,
  flags: RunFlags,
  around: { readonly cwd: string; readonly git?: GitState; readonly verbose: boolean },
): RunManifest {
  const { files, project, user, root, bundle, goal } = loaded;
  const config = files.config;
  const sources: NonNullable<RunManifest['configs']> = [];
  if (project.config !== undefined)
    sources.push({
      type: 'project',
      path: relative(around.cwd, project.config.path),
      source: project.config.source,
    });
  if (user !== undefined)
    sources.push({ type: 'user', path: user.layer.path, source: user.source });
  return {
    version: 1,
    ...(flags.runId === undefined ? {} : { run_id: flags.runId }),
    cwd: around.cwd,
    ...(around.git === undefined ? {} : { git: around.git }),
    ...(goal === undefined ? {} : { goal }),
    args: argsOf(flags, around.verbose),
    target: { identifier: files.slug ?? files.identifier, path: bundle.path },
    configs: sources,
    workflows: {
      [bundle.path]: {
        source: bundle.source,
        ...(config === undefined
          ? {}
          : { config: { path: toManifest(root, config.path), source: config.source } }),
        files: { ...bundle.files },
      },
      ...Object.fromEntries(
        Object.entries(bundle.children).map(([path, { source, files: named }]) => [
          path,
          { source, files: { ...named } },
        ]),
      ),
    },
  };
}

function argsOf(flags: RunFlags, verbose: boolean): NonNullable<RunManifest['args']> {
  return {
    ...(flags.model === undefined ? {} : { model: flags.model }),
    ...(flags.provider === undefined ? {} : { provider: flags.provider }),
    ...(flags.sandbox === undefined ? {} : { sandbox: flags.sandbox }),
    ...(verbose ? { verbose } : {}),
    ...(flags.dryRun === true ? { dry_run: true } : {}),
    ...(flags.autoApprove === true ? { auto_approve: true } : {}),
    ...(flags.retro === false ? { no_retro: true } : {}),
    ...(flags.preserveSandbox === true ? { preserve_sandbox: true } : {}),
    ...(flags.inPlace === true ? { in_place: true } : {}),
    ...(flags.label === undefined ? {} : { label: [...flags.label] }),
    ...(flags.input === undefined ? {} : { input: [...tomlInputs(flags.input)] }),
  };
}

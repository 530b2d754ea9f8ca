/** From a manifest to what will run: the graph, the settings that hold, and the names that lists show. */
import { dirname, join } from 'node:path/posix';
import { hooksOf, type RunSettings, type World } from '@fabro/engine';
import { DEFAULT_AUTHOR } from '@fabro/git';
import { MODEL_NAMES } from '@fabro/models';
import { FabroError, type JsonValue } from '@fabro/protocol';
import {
  mergeSettings,
  parseSettings,
  parseTomlValue,
  type Settings,
  type SettingsLayer,
} from '@fabro/settings';
import {
  attr,
  childKeyOf,
  diagnosticLine,
  goalOf,
  prepareAll,
  type Diagnostic,
  type Graph,
  type PreparedAll,
  type TemplateEngine,
} from '@fabro/workflow';
import type { CheckedManifest } from './check.js';
import { runModel, type ModelWish } from './run-model.js';

export interface Plan {
  readonly graph: Graph;
  /** The workflows that manager nodes run. */
  readonly children: NonNullable<World['children']>;
  readonly settings: Settings;
  readonly run: RunSettings;
  readonly name: string;
  readonly slug: string | undefined;
  readonly goal: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly inPlace: boolean;
  /** A retro is recorded at the run's end. */
  readonly retros: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export interface PlanDefaults {
  /** The server's own model and provider, used when neither manifest nor settings name one. */
  readonly model?: string;
  readonly provider?: string;
  /** Renders templates of workflows; without it one that has any is refused. */
  readonly templates?: TemplateEngine;
}

/** Throws FabroError `invalid_workflow`, `invalid_settings` or `invalid_argument`. */
export function planRun(checked: CheckedManifest, defaults: PlanDefaults): Plan {
  const { manifest } = checked;
  const args = manifest.args ?? {};
  const settings = settingsOf(checked);
  const inputs = inputsOf(checked, settings);
  const { root: prepared, children } = prepareManifest(checked, settings, defaults);
  if (!prepared.ok) throw invalidWorkflow(prepared.diagnostics);
  const { graph } = prepared;
  const provider = args.sandbox ?? settings.run.sandbox.provider;
  if (provider !== 'local')
    throw new FabroError(
      'invalid_argument',
      `sandbox provider "${provider}" is not built yet; use "local"`,
    );
  const author = settings.run.git.author;
  const { model, provider: modelProvider } = modelOf(checked, settings, graph, defaults);
  return {
    graph,
    children: {
      graphs: children,
      // The engine calls the workflow itself by no name.
      keyOf: (node, within) => childKeyOf(node, within === '' ? checked.path : within),
    },
    settings,
    name: graph.name,
    slug: slugOf(checked.path),
    goal: goalOf(graph),
    labels: { ...settings.run.metadata, ...labelArgs(args.label ?? []) },
    inPlace:
      args.in_place === true ||
      (args.worktree_mode ?? settings.run.sandbox.local.worktree_mode) === 'never',
    retros: args.no_retro !== true && settings.run.execution.retros !== false,
    diagnostics: prepared.diagnostics,
    run: {
      dryRun: args.dry_run ?? settings.run.execution.mode === 'dry_run',
      autoApprove: args.auto_approve ?? settings.run.execution.approval === 'auto',
      excludeGlobs: settings.run.checkpoint.exclude_globs,
      artifacts: settings.run.artifacts?.include ?? [],
      hooks: hooksOf(settings.run.hooks),
      inputs,
      ...(model === undefined ? {} : { model }),
      ...(modelProvider === undefined ? {} : { provider: modelProvider }),
      ...(author.name === undefined && author.email === undefined
        ? {}
        : {
            gitAuthor: {
              name: author.name ?? DEFAULT_AUTHOR.name,
              email: author.email ?? DEFAULT_AUTHOR.email,
            },
          }),
    },
  };
}

/** The settings that hold for a manifest. Throws FabroError `invalid_settings`. */
export function settingsOf(checked: CheckedManifest): Settings {
  return mergeSettings(layersOf(checked));
}

/** The manifest's graphs with their diagnostics; what is wrong with them is a value. */
export function prepareManifest(
  checked: CheckedManifest,
  settings: Settings,
  defaults: PlanDefaults,
): PreparedAll {
  const goal = checked.manifest.goal?.text ?? goalOfSettings(settings, checked);
  return prepareAll({
    source: checked.source,
    path: checked.path,
    files: checked.files,
    workflows: checked.workflows,
    inputs: inputsOf(checked, settings),
    models: MODEL_NAMES,
    templates: defaults.templates,
    ...(goal === undefined ? {} : { goal }),
  });
}

/** The model of stages that name none: the flags', the settings', the graph's, the server's. */
export function modelOf(
  { manifest }: CheckedManifest,
  settings: Settings,
  graph: Graph,
  defaults: PlanDefaults,
): ModelWish {
  const args = manifest.args ?? {};
  return runModel([
    { model: args.model ?? undefined, provider: args.provider ?? undefined },
    { model: settings.run.model.name, provider: settings.run.model.provider },
    {
      model: attr.string(graph, 'default_model'),
      provider: attr.string(graph, 'default_provider'),
    },
    defaults,
  ]);
}

function inputsOf(checked: CheckedManifest, settings: Settings): Record<string, JsonValue> {
  return { ...settings.run.inputs, ...inputArgs(checked.manifest.args?.input ?? []) };
}

/** A goal of the settings; a file must be part of the manifest, since the caller's disk is not here. */
function goalOfSettings(
  { goal }: Settings,
  { files }: Pick<CheckedManifest, 'files'>,
): string | undefined {
  if (goal === undefined || goal.kind === 'text') return goal?.text;
  const text = files.get(join(dirname(goal.declaredIn), goal.file));
  if (text !== undefined) return text.trim();
  throw new FabroError(
    'invalid_manifest',
    `run.goal in ${goal.declaredIn} names ${goal.file}, which is not among the files of the manifest; send it there, or send "goal" with its text`,
  );
}

/** Nearest first: the workflow's own configuration, the project's, the user's. */
function layersOf(checked: CheckedManifest): readonly SettingsLayer[] {
  const of = (type: 'project' | 'user'): SettingsLayer[] =>
    (checked.manifest.configs ?? []).flatMap((c) =>
      c.type === type && c.source != null ? [parseSettings(c.source, c.path ?? type)] : [],
    );
  const own =
    checked.config === undefined ? [] : [parseSettings(checked.config.source, checked.config.path)];
  return [...own, ...of('project'), ...of('user')];
}

function invalidWorkflow(diagnostics: readonly Diagnostic[]): FabroError {
  const errors = diagnostics.filter((d) => d.severity === 'error');
  return new FabroError(
    'invalid_workflow',
    `Validation failed: ${errors.map((d) => diagnosticLine(d)).join('; ')}`,
  );
}

/** Labels without `=` are dropped (API reference §5). */
function labelArgs(labels: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    labels.flatMap((label) => {
      const at = label.indexOf('=');
      return at < 0 ? [] : [[label.slice(0, at), label.slice(at + 1)]];
    }),
  );
}

/** `key=<TOML value>`. */
function inputArgs(inputs: readonly string[]): Record<string, JsonValue> {
  return Object.fromEntries(
    inputs.flatMap((input) => {
      const at = input.indexOf('=');
      return at < 0
        ? []
        : [
            [
              input.slice(0, at),
              parseTomlValue(input.slice(at + 1), `input ${input.slice(0, at)}`),
            ],
          ];
    }),
  );
}

/** The folder's name of a `workflow.*` file. */
function slugOf(path: string): string | undefined {
  const parts = path.split('/');
  const file = parts.at(-1) ?? '';
  if (/^workflow\.[a-z]+$/.test(file)) return parts.at(-2);
  return file.replace(/\.[a-z]+$/, '') || undefined;
}

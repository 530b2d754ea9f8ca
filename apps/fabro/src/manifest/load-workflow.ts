/** A workflow as the commands use it: its files, its text with everything it names, and its graph. */
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { MODEL_NAMES } from '@fabro/models';
import { FabroError, type RunManifest } from '@fabro/protocol';
import {
  type Settings,
  type SettingsLayer,
  fabroHome,
  mergeSettings,
  resolveEnvTemplates,
} from '@fabro/settings';
import {
  type Bundle,
  type BundledWorkflow,
  HOME_FOLDER,
  type PreparedAll,
  bundle,
  prepareAll,
} from '@fabro/workflow';
import { userSettings } from '../connect/settings.js';
import type { Io } from '../io.js';
import { templateEngine } from '../template-engine.js';
import { inputLayer } from './inputs.js';
import { type Project, ancestorWith, exists, findProject } from './project.js';
import { readSource } from './read-source.js';
import { type WorkflowFiles, resolveWorkflow } from './resolve-workflow.js';

export interface LoadedWorkflow {
  readonly files: WorkflowFiles;
  readonly project: Project;
  readonly user: Awaited<ReturnType<typeof userSettings>>;
  /** Directory to which all paths of the bundle are relative. */
  readonly root: string;
  /** The absolute path of a path in the manifest. */
  readonly absolute: (path: string) => string;
  readonly bundle: Bundle;
  /** The workflow as it will run; its diagnostics have those of its child workflows. */
  readonly prepared: PreparedAll['root'];
  /** A goal that replaces the graph's own. */
  readonly goal?: WorkflowGoal;
}

export type WorkflowGoal = NonNullable<RunManifest['goal']>;

export interface LoadOptions {
  /** Replaces the goal of the graph and of the settings. */
  readonly goal?: WorkflowGoal;
  /** `key=value` in TOML values. */
  readonly inputs?: readonly string[];
  /**
   * Texts that an editor holds and that may not be saved yet: they win over the disk. Asked with the absolute
   * path of every file that the workflow names; undefined means that the disk has it.
   */
  readonly openText?: (path: string) => string | undefined;
}

/** Resolves, reads and prepares. Diagnostics are values; what cannot be read is a FabroError. */
export async function loadWorkflow(
  io: Io,
  argument: string,
  options: LoadOptions = {},
): Promise<LoadedWorkflow> {
  const [project, user] = await Promise.all([findProject(io.cwd, io.env), userSettings(io)]);
  const files = await resolveWorkflow(argument, io.cwd, project);
  const root = await rootOf(files, io.cwd);
  // Nearest first.
  const layers = [files.config?.layer, project.config?.layer, user?.layer].filter(
    (layer): layer is SettingsLayer => layer !== undefined,
  );
  const settings = mergeSettings(layers);
  const given = inputLayer(options.inputs)?.settings.run?.inputs;
  const goal = options.goal ?? (await goalOfSettings(settings, io.env));
  const inputs = { ...settings.run.inputs, ...given };
  const templates = templateEngine();
  const folders = { root, home: dirname(fabroHome(io.env)) };
  const bundled = await bundle(
    async (path) =>
      options.openText?.(namedPath(path, folders)) ?? (await readNamed(path, folders)),
    toManifest(root, files.graphPath),
    { inputs, templates },
  );
  const { root: prepared } = prepareAll({
    ...textOf(bundled),
    path: bundled.path,
    workflows: new Map(
      Object.entries(bundled.children).map(([path, child]) => [path, textOf(child)]),
    ),
    goal: goal?.text,
    inputs,
    templates,
    models: MODEL_NAMES,
  });
  return {
    files,
    project,
    user,
    root,
    absolute: (path) => namedPath(path, folders),
    bundle: bundled,
    prepared,
    ...(goal === undefined ? {} : { goal }),
  };
}

/** A path below `root` as the manifest names it. */
export function toManifest(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

async function goalOfSettings(
  { goal }: Settings,
  env: Io['env'],
): Promise<WorkflowGoal | undefined> {
  if (goal === undefined) return undefined;
  if (goal.kind === 'text')
    return { type: 'value', text: resolveEnvTemplates(goal.text, env, 'run.goal') };
  const file = resolveEnvTemplates(goal.file, env, 'run.goal.file');
  const path = resolve(dirname(goal.declaredIn), file);
  const text = await readSource(path, 'goal file');
  if (text !== undefined) return { type: 'file', text: text.trim(), path };
  throw new FabroError(
    'not_found',
    `run.goal in ${goal.declaredIn} names ${path}, which does not exist.`,
  );
}

/**
 * What a workflow may name by `@file` ends at its repository, else at its project, else at the caller's
 * directory when the workflow lies below it, else at its own folder.
 */
async function rootOf(files: WorkflowFiles, cwd: string): Promise<string> {
  const folder = dirname(files.graphPath);
  const repository = await ancestorWith(folder, (candidate) => exists(join(candidate, '.git')));
  const root =
    repository ??
    (await ancestorWith(folder, (candidate) =>
      exists(join(candidate, '.fabro', 'project.toml')),
    )) ??
    (isInside(cwd, folder) ? cwd : folder);
  // A configuration may name a graph outside of its own folder; both are part of the manifest.
  const config = files.config?.path;
  return config === undefined || isInside(root, config)
    ? root
    : commonFolder(root, dirname(config));
}

function textOf({ source, files }: BundledWorkflow): {
  readonly source: string;
  readonly files: ReadonlyMap<string, string>;
} {
  return {
    source,
    files: new Map(Object.entries(files).map(([path, { content }]) => [path, content])),
  };
}

interface Folders {
  readonly root: string;
  readonly home: string;
}

/** What a manifest path names: below the root, or below the home directory where the workflow wrote `~/`. */
function namedPath(path: string, { root, home }: Folders): string {
  return path.startsWith(`${HOME_FOLDER}/`)
    ? join(home, path.slice(HOME_FOLDER.length + 1))
    : resolve(root, path);
}

async function readNamed(path: string, folders: Folders): Promise<string | undefined> {
  return path.startsWith(`${HOME_FOLDER}/`)
    ? readSource(namedPath(path, folders), 'workflow file')
    : readInside(folders.root, path);
}

async function readInside(root: string, path: string): Promise<string | undefined> {
  const absolute = resolve(root, path);
  if (!(await exists(absolute))) return undefined;
  const [realRoot, real] = await Promise.all([realpath(root), realpath(absolute)]);
  if (!isInside(realRoot, real))
    throw new FabroError(
      'invalid_manifest',
      `${path} is a link that leads out of ${root}; a workflow may name only files inside. Copy the file.`,
    );
  return readSource(absolute, 'workflow file');
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

function commonFolder(a: string, b: string): string {
  let folder = a;
  while (!isInside(folder, b)) folder = dirname(folder);
  return folder;
}

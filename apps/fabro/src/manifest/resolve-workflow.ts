/** From the argument WORKFLOW to files on disk (engine reference §12, end). */
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { FabroError } from '@fabro/protocol';
import { type SettingsLayer, parseSettings } from '@fabro/settings';
import { type Project, type WorkflowFolder, exists } from './project.js';
import { readSource } from './read-source.js';
import { didYouMean } from './similar.js';

export interface WorkflowFiles {
  /** The argument as given. */
  readonly identifier: string;
  /** Absolute path of the graph. */
  readonly graphPath: string;
  /** The run configuration that belongs to it. */
  readonly config?: WorkflowConfig;
  /** The name of a named workflow's folder. */
  readonly slug?: string;
}

interface WorkflowConfig {
  /** Absolute path. */
  readonly path: string;
  readonly source: string;
  readonly layer: SettingsLayer;
}

const DEFAULT_GRAPH = 'workflow.fabro';
const CONFIG = 'workflow.toml';

/**
 * An argument with an extension is a path: a `.toml` names its graph in `[workflow] graph`, a graph has the
 * `workflow.toml` beside it when that names it. Anything else is the name of a workflow of the project or
 * of the user. Rejects with `not_found` that lists what there is.
 */
export async function resolveWorkflow(
  argument: string,
  cwd: string,
  project: Project,
): Promise<WorkflowFiles> {
  const files =
    extname(argument) === '' && !argument.endsWith('/')
      ? await byName(argument, cwd, project)
      : await byPath(argument, resolve(cwd, argument));
  if (await exists(files.graphPath)) return files;
  const named =
    files.config === undefined
      ? `Workflow ${argument} does not exist (looked for ${files.graphPath}).`
      : `${files.config.path} names the graph ${files.graphPath}, which does not exist; correct [workflow] graph.`;
  throw new FabroError('not_found', named);
}

async function byPath(identifier: string, path: string): Promise<WorkflowFiles> {
  if (extname(path) === '.toml') {
    const source = await readSource(path, 'run configuration');
    if (source === undefined)
      throw new FabroError(
        'not_found',
        `Workflow ${identifier} does not exist (looked for ${path}).`,
      );
    const config = configOf(path, source);
    return { identifier, graphPath: graphOf(config), config, ...slugOf(path) };
  }
  const beside = join(dirname(path), CONFIG);
  const source = await readSource(beside, 'run configuration');
  const config = source === undefined ? undefined : configOf(beside, source);
  return {
    identifier,
    graphPath: path,
    ...(config !== undefined && graphOf(config) === path ? { config } : {}),
    ...slugOf(path),
  };
}

async function byName(name: string, cwd: string, project: Project): Promise<WorkflowFiles> {
  for (const folder of project.workflowFolders) {
    const found = await inFolder(name, join(folder.path, name));
    if (found !== undefined) return found;
  }
  // A folder that holds a workflow may be named like a workflow: `fabro run examples/demo`.
  const here = await inFolder(name, resolve(cwd, name));
  if (here !== undefined) return here;
  const known = await workflowNames(project);
  const guess = didYouMean(name, known);
  const list =
    known.length === 0
      ? `There are none in ${project.workflowFolders.map(({ path }) => path).join(', ')}.`
      : `Known workflows: ${known.join(', ')}.`;
  throw new FabroError(
    'not_found',
    `Unknown workflow "${name}".${guess === undefined ? '' : ` Did you mean "${guess}"?`} ${list} A path needs its extension, like ./${basename(name)}.fabro.`,
  );
}

async function inFolder(identifier: string, folder: string): Promise<WorkflowFiles | undefined> {
  const configPath = join(folder, CONFIG);
  const source = await readSource(configPath, 'run configuration');
  if (source !== undefined) {
    const config = configOf(configPath, source);
    return { identifier, graphPath: graphOf(config), config, slug: basename(folder) };
  }
  const graphPath = join(folder, DEFAULT_GRAPH);
  return (await exists(graphPath)) ? { identifier, graphPath, slug: basename(folder) } : undefined;
}

/** A workflow that has a name: the folder `<workflows>/<name>`. */
export interface NamedWorkflow {
  readonly name: string;
  readonly scope: WorkflowFolder['scope'];
  /** Its `workflow.toml`, else its `workflow.fabro`. */
  readonly path: string;
}

/** All workflows in the folders of the project and the user, nearest folder first, by name inside of each. */
export async function namedWorkflows(project: Project): Promise<readonly NamedWorkflow[]> {
  const found: NamedWorkflow[] = [];
  for (const { path: folder, scope } of project.workflowFolders)
    for (const name of await subfolders(folder))
      for (const file of [CONFIG, DEFAULT_GRAPH]) {
        const path = join(folder, name, file);
        if (!(await exists(path))) continue;
        found.push({ name, scope, path });
        break;
      }
  return found;
}

/** Names of all workflows in the project's and the user's folders, sorted. */
export async function workflowNames(project: Project): Promise<readonly string[]> {
  return [...new Set((await namedWorkflows(project)).map(({ name }) => name))].toSorted();
}

async function subfolders(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isFile())
      .map((entry) => entry.name)
      .toSorted();
  } catch {
    // No such folder, or not ours to read: it holds no workflow for us.
    return [];
  }
}

function configOf(path: string, source: string): WorkflowConfig {
  return { path, source, layer: parseSettings(source, path) };
}

function graphOf(config: WorkflowConfig): string {
  return resolve(dirname(config.path), config.layer.settings.workflow?.graph ?? DEFAULT_GRAPH);
}

function slugOf(path: string): { slug?: string } {
  return basename(path, extname(path)) === 'workflow' ? { slug: basename(dirname(path)) } : {};
}

/** A path as short as it is clear: relative below `cwd`, else absolute. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}

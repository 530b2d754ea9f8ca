/** The project around a directory: its settings, and the folders in which its workflows lie. */
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Env, type SettingsLayer, fabroHome, parseSettings } from '@fabro/settings';
import { readSource } from './read-source.js';

export interface Project {
  /** Directory that holds `.fabro`, or the starting directory when there is none. */
  readonly root: string;
  /** False when no directory from the starting one upwards holds `.fabro`. */
  readonly exists: boolean;
  /** Where its settings lie or would lie. */
  readonly projectFile: string;
  readonly config?: {
    readonly path: string;
    readonly source: string;
    readonly layer: SettingsLayer;
  };
  /** Folders of named workflows, nearest first. They need not exist. */
  readonly workflowFolders: readonly WorkflowFolder[];
}

export interface WorkflowFolder {
  readonly path: string;
  /** Whose workflows lie in it. */
  readonly scope: 'project' | 'user';
}

/** Looks upwards from `cwd` for `.fabro`; the user's own `~/.fabro` is no project. */
export async function findProject(cwd: string, env: Env): Promise<Project> {
  const home = fabroHome(env);
  const root = await ancestorWith(cwd, async (folder) => {
    const marker = join(folder, '.fabro');
    return marker !== home && (await isDirectory(marker));
  });
  const base = root ?? cwd;
  const path = join(base, '.fabro', 'project.toml');
  const source = root === undefined ? undefined : await readSource(path, 'project settings');
  const config =
    source === undefined ? undefined : { path, source, layer: parseSettings(source, path) };
  const directory = config?.layer.settings.project?.directory ?? '.';
  const own = new Set([
    resolve(base, '.fabro', directory, 'workflows'),
    resolve(base, directory, 'workflows'),
  ]);
  const users = join(home, 'workflows');
  own.delete(users);
  return {
    root: base,
    exists: root !== undefined,
    projectFile: path,
    ...(config === undefined ? {} : { config }),
    workflowFolders: [
      ...[...own].map((folder) => ({ path: folder, scope: 'project' as const })),
      { path: users, scope: 'user' },
    ],
  };
}

/** The nearest directory, from `start` upwards, for which `test` holds. */
export async function ancestorWith(
  start: string,
  test: (folder: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (let folder = start; ; folder = dirname(folder)) {
    if (await test(folder)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** True for an existing directory. */
async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    // Missing or out of reach: no directory that could be used.
    () => false,
  );
}

/** True for anything that exists. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    // Missing or out of reach: nothing that could be used.
    () => false,
  );
}

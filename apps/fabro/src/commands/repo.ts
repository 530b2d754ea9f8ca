/** `fabro repo init` and `fabro repo deinit`: what makes a folder a project, and its removal. */
import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FabroError } from '@fabro/protocol';
import { fabroHome } from '@fabro/settings';
import { type Context, printJson, printLines, say } from '../context.js';
import { ancestorWith, exists, findProject } from '../manifest/project.js';
import { readSource } from '../manifest/read-source.js';
import { projectFiles } from '../scaffold/files.js';

/** Writes what is missing; what is there stays as it is, so that a second time changes nothing. */
export async function repoInitCommand(context: Context): Promise<number> {
  const { io } = context;
  const root = await projectRoot(context);
  const created: string[] = [];
  const kept: string[] = [];
  for (const { path, text } of projectFiles(basename(root))) {
    const absolute = join(root, path);
    if (await exists(absolute)) kept.push(path);
    else {
      await mkdir(dirname(absolute), { recursive: true });
      await writeFile(absolute, text, { flag: 'wx' });
      created.push(path);
    }
  }
  if (context.json) printJson(io, { root, created, kept });
  else
    printLines(io, [
      ...created.map((path) => `created  ${path}`),
      ...kept.map((path) => `kept     ${path}`),
    ]);
  say(
    context,
    created.length === 0
      ? `${root} is a project already; nothing was changed.`
      : `${root} is a project. Try: fabro run hello`,
  );
  return 0;
}

export interface DeinitOptions {
  /** Removes files that have changed too. */
  readonly yes?: boolean;
}

/** Removes what `repo init` wrote; a file that has changed since then only when the user says so. */
export async function repoDeinitCommand(context: Context, options: DeinitOptions): Promise<number> {
  const { io } = context;
  const project = await findProject(io.cwd, io.env);
  const { root } = project;
  const there = project.exists ? await filesThere(root) : [];
  if (there.length === 0) {
    if (context.json) printJson(io, { root, removed: [], kept: [] });
    say(context, `Nothing to remove: \`fabro repo init\` has left nothing in ${root}.`);
    return 0;
  }
  const changed = there.filter((file) => file.changed).map(({ path }) => path);
  const answer = changed.length === 0 || options.yes === true || (await ask(context, changed));
  if (answer === undefined) return 1;
  const removed = there.filter((file) => answer || !file.changed).map(({ path }) => path);
  const kept = answer ? [] : changed;
  for (const path of removed) await rm(join(root, path));
  await removeEmptyFolders(root, removed);
  const otherFiles = await exists(join(root, '.fabro'));
  if (context.json) printJson(io, { root, removed, kept });
  else
    printLines(io, [
      ...removed.map((path) => `removed  ${path}`),
      ...kept.map((path) => `kept     ${path}`),
    ]);
  if (otherFiles) say(context, `${join(root, '.fabro')} stays: it has files that are yours.`);
  return 0;
}

/** The project's root: that of the project here, else the repository's, else the caller's folder. */
async function projectRoot({ io }: Context): Promise<string> {
  const project = await findProject(io.cwd, io.env);
  const repository = await ancestorWith(io.cwd, (folder) => exists(join(folder, '.git')));
  // A repository inside of another project is its own project.
  const inside = repository !== undefined && repository.length > project.root.length;
  const root = project.exists && !inside ? project.root : (repository ?? io.cwd);
  if (join(root, '.fabro') !== fabroHome(io.env)) return root;
  throw new FabroError(
    'invalid_argument',
    `${root} is your home directory, whose .fabro holds your own settings and workflows; run \`fabro repo init\` in the folder of a project.`,
  );
}

interface FileThere {
  readonly path: string;
  /** Not what `repo init` wrote. */
  readonly changed: boolean;
}

async function filesThere(root: string): Promise<readonly FileThere[]> {
  const found: FileThere[] = [];
  for (const { path, text } of projectFiles(basename(root))) {
    const source = await readSource(join(root, path), 'file');
    if (source !== undefined) found.push({ path, changed: source !== text });
  }
  return found;
}

async function ask(context: Context, changed: readonly string[]): Promise<boolean | undefined> {
  const { io } = context;
  const list = changed.join(', ');
  if (context.json || !io.stdin.isTTY || !io.stderr.isTTY)
    throw new FabroError(
      'conflict',
      `${list} changed since \`fabro repo init\`; nothing was removed. --yes removes them too.`,
    );
  const abort = new AbortController();
  const unsubscribe = io.onInterrupt(() => abort.abort());
  try {
    const prompter = await io.world.prompter();
    return await prompter.confirm(
      `${list} changed since \`fabro repo init\`. Remove them too?`,
      abort.signal,
    );
  } finally {
    unsubscribe();
  }
}

/** Folders that hold nothing any more, innermost first; `.fabro` itself is the last. */
async function removeEmptyFolders(root: string, removed: readonly string[]): Promise<void> {
  const folders = new Set<string>();
  for (const path of removed)
    for (let at = dirname(path); at !== '.'; at = dirname(at)) folders.add(at);
  for (const folder of [...folders].toSorted((a, b) => b.length - a.length))
    try {
      await rmdir(join(root, folder));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
    }
}

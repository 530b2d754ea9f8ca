/** `fabro workflow list` and `fabro workflow create`. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FabroError, messageOf } from '@fabro/protocol';
import { fabroHome } from '@fabro/settings';
import { goalOf } from '@fabro/workflow';
import { type Context, printJson, printLines, say } from '../context.js';
import { loadWorkflow } from '../manifest/load-workflow.js';
import { type Project, exists, findProject } from '../manifest/project.js';
import { type NamedWorkflow, namedWorkflows, shortPath } from '../manifest/resolve-workflow.js';
import { table } from '../render/format.js';
import { oneLine, truncate } from '../render/text.js';
import { workflowFiles } from '../scaffold/files.js';

/** A word that is a folder's name everywhere and needs no quotes in a shell. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const ABOUT_COLUMNS = 60;

interface ListedWorkflow {
  readonly name: string;
  readonly scope: NamedWorkflow['scope'];
  readonly path: string;
  readonly description?: string;
  readonly goal?: string;
  /** True when a workflow of the same name lies nearer, so that the name means that one. */
  readonly shadowed: boolean;
  /** Why it cannot be run. */
  readonly error?: string;
}

/** Lists the workflows of the project and of the user; one that is broken is listed with its mistake. */
export async function workflowListCommand(context: Context): Promise<number> {
  const { io } = context;
  const project = await findProject(io.cwd, io.env);
  const listed: ListedWorkflow[] = [];
  for (const workflow of await namedWorkflows(project))
    listed.push({
      ...workflow,
      ...(await about(context, workflow.path)),
      shadowed: listed.some(({ name }) => name === workflow.name),
    });
  if (context.json) printJson(io, { data: listed });
  else if (listed.length > 0) printLines(io, rows(listed, io.cwd));
  else
    say(
      context,
      'No workflows. `fabro workflow create NAME` makes one; `fabro repo init` makes a project with one.',
    );
  return 0;
}

async function about(
  context: Context,
  path: string,
): Promise<Pick<ListedWorkflow, 'description' | 'goal' | 'error'>> {
  try {
    const { files, goal, prepared } = await loadWorkflow(context.io, path);
    const description = files.config?.layer.settings.workflow?.description;
    const reached = goal?.text ?? (prepared.graph && goalOf(prepared.graph));
    const mistake = prepared.diagnostics.find(({ severity }) => severity === 'error');
    return {
      ...(description === undefined ? {} : { description }),
      ...(reached === undefined ? {} : { goal: reached }),
      ...(mistake === undefined ? {} : { error: mistake.message }),
    };
  } catch (error) {
    if (!(error instanceof FabroError)) throw error;
    return { error: messageOf(error) };
  }
}

function rows(listed: readonly ListedWorkflow[], cwd: string): readonly string[] {
  return table([
    ['NAME', 'FROM', 'ABOUT', 'PATH'],
    ...listed.map((workflow) => [
      workflow.name,
      workflow.shadowed ? `${workflow.scope} (hidden)` : workflow.scope,
      truncate(
        oneLine(
          workflow.error === undefined
            ? (workflow.description ?? workflow.goal ?? '-')
            : // The last column names the folder.
              `cannot run: ${workflow.error.replaceAll(`${dirname(workflow.path)}/`, '')}`,
        ),
        ABOUT_COLUMNS,
      ),
      shortPath(workflow.path, cwd),
    ]),
  ]);
}

export interface CreateWorkflowOptions {
  /** For the user, and not for the project. */
  readonly global?: boolean;
}

/** Makes a workflow to begin with. Rejects with `conflict` where there is one: nothing is overwritten. */
export async function workflowCreateCommand(
  context: Context,
  name: string,
  options: CreateWorkflowOptions,
): Promise<number> {
  const { io } = context;
  if (!NAME.test(name))
    throw new FabroError(
      'invalid_argument',
      `"${name}" is no name for a workflow; use letters, digits, - and _, beginning with a letter or digit.`,
    );
  const scope = options.global === true ? 'user' : 'project';
  const folder = join(await folderFor(context, scope), name);
  await mustBeFree(folder, name);
  const files = workflowFiles(name).map(({ path, text }) => ({ path: join(folder, path), text }));
  for (const { path, text } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
  }
  const paths = files.map(({ path }) => path);
  if (context.json) printJson(io, { name, scope, files: paths });
  else
    printLines(
      io,
      paths.map((path) => shortPath(path, io.cwd)),
    );
  say(context, `Say in it what is to be done, then: fabro run ${name}`);
  return 0;
}

async function folderFor(context: Context, scope: NamedWorkflow['scope']): Promise<string> {
  const { io } = context;
  if (scope === 'user') return join(fabroHome(io.env), 'workflows');
  const project = await findProject(io.cwd, io.env);
  if (!project.exists)
    throw new FabroError(
      'not_found',
      `${io.cwd} is in no project: neither it nor a folder above has .fabro. \`fabro repo init\` makes one; --global makes the workflow yours, for every project.`,
    );
  return projectFolder(project);
}

/** Where the project's workflows lie, or where they are to lie when there are none yet. */
async function projectFolder(project: Project): Promise<string> {
  const own = project.workflowFolders.filter(({ scope }) => scope === 'project');
  for (const { path } of own) if (await exists(path)) return path;
  // A folder of its own choice stands beside `.fabro`; without one, all is inside.
  const chosen = (project.config?.layer.settings.project?.directory ?? '.') !== '.';
  return (chosen ? own.at(-1) : own[0])?.path ?? join(project.root, '.fabro', 'workflows');
}

async function mustBeFree(folder: string, name: string): Promise<void> {
  if (!(await exists(folder))) return;
  // An empty folder is as good as none.
  const taken = await readdir(folder).then(
    (names) => names.length > 0,
    () => true,
  );
  if (taken)
    throw new FabroError(
      'conflict',
      `${folder} exists already and is left as it is; choose another name than "${name}", or remove it first.`,
    );
}

/** One check of a document: what `fabro validate` says about it, with unsaved texts in place of files. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { MODEL_NAMES } from '@fabro/models';
import { FabroError } from '@fabro/protocol';
import { fabroHome } from '@fabro/settings';
import { type Diagnostic, type Graph, type Prepared, prepare } from '@fabro/workflow';
import type { Io } from '../io.js';
import { loadWorkflow } from '../manifest/load-workflow.js';
import { templateEngine } from '../template-engine.js';
import { ancestorWith, exists } from '../manifest/project.js';

export interface Analysis {
  readonly source: string;
  readonly version: number;
  /** The prepared graph, when the text could be parsed. */
  readonly graph: Graph | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** The absolute path of a file that a diagnostic names; undefined when no file was looked for. */
  readonly absolute: ((path: string) => string) | undefined;
  /** Absolute paths of the files that were looked for, missing ones too. */
  readonly dependencies: ReadonlySet<string>;
}

export interface DocumentText {
  readonly source: string;
  readonly version: number;
  /** Absolute; undefined for a text that is no file yet. */
  readonly path: string | undefined;
}

export interface Surroundings {
  /** Absolute paths of the folders that the editor has open. */
  readonly folders: readonly string[];
  /** The text of a file that is open in the editor. */
  readonly openText: (path: string) => string | undefined;
}

/** Never rejects for anything that users write: what cannot be read becomes a diagnostic. */
export async function analyse(
  io: Io,
  { source, version, path }: DocumentText,
  { folders, openText }: Surroundings,
): Promise<Analysis> {
  const dependencies = new Set<string>();
  const finish = ({ graph, diagnostics }: Prepared, absolute?: Analysis['absolute']): Analysis => ({
    source,
    version,
    graph,
    diagnostics,
    absolute,
    dependencies,
  });
  const alone = (): Prepared =>
    prepare({
      source,
      path: basename(path ?? 'untitled.fabro'),
      models: MODEL_NAMES,
      templates: templateEngine(),
    });
  // A new document that was never saved has no folder to look into.
  if (path === undefined || !(await exists(path))) return finish(alone());
  try {
    const { prepared, absolute } = await loadWorkflow(
      { ...io, cwd: await folderOf(io, path, folders) },
      path,
      {
        openText: (wanted) => {
          if (wanted === path) return source;
          dependencies.add(wanted);
          return openText(wanted);
        },
      },
    );
    return finish(prepared, absolute);
  } catch (error) {
    if (!(error instanceof FabroError)) throw error;
    const prepared = alone();
    const diagnostics = [unreadable(error), ...prepared.diagnostics];
    return finish({ ok: false, graph: prepared.graph, diagnostics });
  }
}

/**
 * Where `fabro validate` would be typed: in the project around the document, else in the editor's folder that
 * holds it, else beside it.
 */
async function folderOf(io: Io, path: string, folders: readonly string[]): Promise<string> {
  const beside = dirname(path);
  const home = fabroHome(io.env);
  const project = await ancestorWith(beside, async (folder) => {
    const marker = join(folder, '.fabro');
    return marker !== home && isFolder(marker);
  });
  const around = folders.filter((folder) => !relative(folder, path).startsWith('..'));
  return project ?? around[0] ?? beside;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    // Missing or out of reach: no project.
    () => false,
  );
}

/** What keeps a workflow from being read at all, such as settings that cannot be parsed. */
function unreadable(error: FabroError): Diagnostic {
  return {
    rule: error.code,
    severity: 'error',
    message: error.message,
    node_id: null,
    edge: null,
    fix: null,
    position: null,
  };
}

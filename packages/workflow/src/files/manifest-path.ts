import { FabroError } from '@fabro/protocol';

/**
 * Folds `.` and `..` of a path in a manifest: relative, with `/` between names, inside of the manifest.
 * Throws a FabroError `invalid_manifest` for an empty or absolute path, one that begins with `~`, one that
 * leaves the manifest by `..`, and one with a backslash or a NUL.
 */
export function normaliseManifestPath(path: string): string {
  const refuse = (why: string): never => {
    throw new FabroError(
      'invalid_manifest',
      `invalid manifest path: ${JSON.stringify(path)} ${why}; ` +
        'a path is relative to the project, uses "/" and stays inside: for example prompts/plan.md',
    );
  };
  if (path === '') refuse('is empty');
  if (path.includes('\0')) refuse('holds a NUL character');
  if (path.startsWith('/') || path.startsWith('\\') || /^[A-Za-z]:/.test(path))
    refuse('is absolute');
  if (path.startsWith('~')) refuse('begins with "~"');
  if (path.includes('\\')) refuse('holds a backslash');
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) refuse('leaves the manifest by ".."');
  }
  if (names.length === 0) refuse('names no file');
  return names.join('/');
}

/**
 * The manifest path of a file that the workflow at `workflowPath` names relative to itself.
 * Throws as `normaliseManifestPath` does.
 */
export function resolveManifestPath(workflowPath: string, reference: string): string {
  // An absolute reference must be refused as such, not joined to the folder.
  if (/^([/\\~]|[A-Za-z]:)/.test(reference) || reference === '')
    return normaliseManifestPath(reference);
  const folder = workflowPath.slice(0, workflowPath.lastIndexOf('/') + 1);
  return normaliseManifestPath(folder + reference);
}

/** Folder of a manifest that stands for the home directory of whoever made the manifest. */
export const HOME_FOLDER = '.home';

/**
 * The manifest path of what a workflow refers to, as `resolveManifestPath`, but that `~/x` is the home
 * directory's.
 */
export function resolveReference(workflowPath: string, reference: string): string {
  return reference.startsWith('~/')
    ? `${HOME_FOLDER}/${normaliseManifestPath(reference.slice(2))}`
    : resolveManifestPath(workflowPath, reference);
}

/** What the workflow at `workflowPath` writes to refer to a normalised manifest path. */
export function referenceTo(workflowPath: string, target: string): string {
  const from = workflowPath.split('/').slice(0, -1);
  const to = target.split('/');
  if (to[0] === HOME_FOLDER && from[0] !== HOME_FOLDER) return ['~', ...to.slice(1)].join('/');
  let common = 0;
  while (common < from.length && common < to.length - 1 && from[common] === to[common]) common++;
  return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/');
}

/** Gathers a workflow and the files it names, so that the caller's disk is not needed later. */
import { FabroError } from '@fabro/protocol';
import { parseDot } from '../dot/parse.js';
import { DotSyntaxError } from '../dot/syntax-error.js';
import type { Owner } from '../graph/assemble.js';
import type { Attributes } from '../graph/attributes.js';
import { buildGraph } from '../graph/build.js';
import type { Graph } from '../graph/graph.js';
import { MAX_BUNDLE_FILES, MAX_BUNDLE_LENGTH } from '../limits.js';
import { normaliseManifestPath, resolveManifestPath } from './manifest-path.js';
import { fileReference } from './references.js';

/** A file as a manifest holds it. */
export interface BundledFile {
  readonly content: string;
  readonly ref: {
    readonly type: 'file_inline';
    /** As written, without `@`. */
    readonly original: string;
    /** Path of the workflow that names it. */
    readonly from: string;
  };
}

export interface Bundle {
  /** Normalised path of the workflow. */
  readonly path: string;
  readonly source: string;
  /** By normalised manifest path. */
  readonly files: Readonly<Record<string, BundledFile>>;
}

/** Reads the text of a manifest path; undefined when there is no such file. */
export type ReadText = (path: string) => Promise<string | undefined>;

/**
 * Reads the workflow at `path` and every file it names. Files that are missing are left out, and a workflow
 * that cannot be parsed comes without files: `prepare` reports both with their places.
 * Throws a FabroError: `not_found` without the workflow, `invalid_manifest` when `path` is no manifest path,
 * `too_large` past the limits. What `read` throws goes on.
 */
export async function bundle(read: ReadText, path: string): Promise<Bundle> {
  const workflowPath = normaliseManifestPath(path);
  const source = await read(workflowPath);
  if (source === undefined)
    throw new FabroError(
      'not_found',
      `workflow ${workflowPath} does not exist; name an existing .fabro file`,
    );
  const files = new Map<string, BundledFile>();
  let length = source.length;
  for (const [target, original] of referencedPaths(source, workflowPath)) {
    const content = await read(target);
    if (content === undefined) continue;
    length += content.length;
    checkSize(workflowPath, files.size + 1, length);
    const ref = { type: 'file_inline', original, from: workflowPath } as const;
    files.set(target, { content, ref });
  }
  return { path: workflowPath, source, files: Object.fromEntries(files) };
}

function checkSize(path: string, count: number, length: number): void {
  if (count <= MAX_BUNDLE_FILES && length <= MAX_BUNDLE_LENGTH) return;
  throw new FabroError(
    'too_large',
    `workflow ${path} names ${count} or more files of ${length} characters together; ` +
      `at most ${MAX_BUNDLE_FILES} files and ${MAX_BUNDLE_LENGTH} characters fit into a manifest; ` +
      'let the agents read large files from the repository instead',
  );
}

/** Manifest path to reference as written, in order of first mention. */
function referencedPaths(source: string, workflowPath: string): Map<string, string> {
  const paths = new Map<string, string>();
  const graph = graphOf(source);
  if (graph === undefined) return paths;
  const add = (attributes: Attributes, owner: Owner): void => {
    const reference = fileReference(attributes, owner);
    if (reference === undefined) return;
    const target = insidePath(workflowPath, reference);
    if (target !== undefined && !paths.has(target)) paths.set(target, reference);
  };
  add(graph.attributes, { kind: 'graph' });
  for (const node of graph.nodes.values()) add(node.attributes, { kind: 'node', id: node.id });
  return paths;
}

function graphOf(source: string): Graph | undefined {
  try {
    return buildGraph(parseDot(source));
  } catch (error) {
    if (error instanceof DotSyntaxError) return undefined;
    throw error;
  }
}

function insidePath(workflowPath: string, reference: string): string | undefined {
  try {
    return resolveManifestPath(workflowPath, reference);
  } catch {
    // A manifest cannot hold it; lint names the reference.
    return undefined;
  }
}

/** Gathers a workflow and everything it names, so that the caller's disk is not needed later. */
import { FabroError } from '@fabro/protocol';
import { childKey, childReference } from '../children/child-reference.js';
import type { Owner } from '../graph/assemble.js';
import { type Attributes, attr } from '../graph/attributes.js';
import type { Graph } from '../graph/graph.js';
import { MAX_BUNDLE_FILES, MAX_BUNDLE_LENGTH } from '../limits.js';
import { type ReadOptions, readGraph } from '../templates/read-graph.js';
import { HOME_FOLDER, normaliseManifestPath, resolveReference } from './manifest-path.js';
import { fileReference } from './references.js';

/** A file as a manifest holds it. */
export interface BundledFile {
  readonly content: string;
  readonly ref: {
    readonly type: 'file_inline' | 'import';
    /** As written, without `@`. */
    readonly original: string;
    /** Path of the workflow that names it. */
    readonly from: string;
  };
}

export interface BundledWorkflow {
  readonly source: string;
  /** What the workflow and its imports name, by normalised manifest path. */
  readonly files: Readonly<Record<string, BundledFile>>;
}

export interface Bundle extends BundledWorkflow {
  /** Normalised path of the workflow. */
  readonly path: string;
  /** Child workflows, at any depth, by normalised manifest path. */
  readonly children: Readonly<Record<string, BundledWorkflow>>;
}

/**
 * Reads the text of a manifest path; undefined when there is no such file. Paths below `HOME_FOLDER` are those
 * of the home directory.
 */
export type ReadText = (path: string) => Promise<string | undefined>;

export interface BundleOptions {
  /** Values of `{{ inputs.* }}`, for templates that decide what is named; default none. */
  readonly inputs?: ReadOptions['inputs'] | undefined;
  readonly templates?: ReadOptions['engine'];
}

/**
 * Reads the workflow at `path` and all that it names: files, imports, child workflows, and what those name. A
 * relative file that does not exist is looked for in `~/.fabro` too. What is missing is left out, and a
 * workflow that cannot be parsed names nothing: `prepareAll` reports both with their places.
 * Throws a FabroError: `not_found` without the workflow, `invalid_manifest` when `path` is no manifest path,
 * `too_large` past the limits. What `read` throws goes on.
 */
export async function bundle(
  read: ReadText,
  path: string,
  options: BundleOptions = {},
): Promise<Bundle> {
  const workflowPath = normaliseManifestPath(path);
  const gathering = new Gathering(read, workflowPath, options);
  const source = await read(workflowPath);
  if (source === undefined)
    throw new FabroError(
      'not_found',
      `workflow ${workflowPath} does not exist; name an existing .fabro file`,
    );
  return { path: workflowPath, ...(await gathering.everything(source)) };
}

/** A file that a text names. */
interface Named {
  readonly type: BundledFile['ref']['type'] | 'child';
  readonly original: string;
  readonly target: string;
}

class Gathering {
  readonly #read: ReadText;
  readonly #path: string;
  readonly #options: ReadOptions;
  readonly #children = new Map<string, BundledWorkflow>();
  /** Child workflows that are still to be read, by path, with what is to be tried where there is none. */
  readonly #waiting = new Map<string, string>();
  #count = 0;
  #length = 0;

  constructor(read: ReadText, path: string, { inputs = {}, templates }: BundleOptions) {
    this.#read = read;
    this.#path = path;
    this.#options = { inputs, engine: templates };
  }

  async everything(source: string): Promise<Omit<Bundle, 'path'>> {
    this.#length = source.length;
    const root = await this.#workflow(this.#path, source);
    // Grows while it is walked: children have children.
    for (const [path, original] of this.#waiting) {
      const text = await this.#text(path, original);
      if (text !== undefined) this.#children.set(path, await this.#workflow(path, text));
    }
    return { ...root, children: Object.fromEntries(this.#children) };
  }

  /** A workflow with its files; its children join those that are waiting. */
  async #workflow(path: string, source: string): Promise<BundledWorkflow> {
    const files = new Map<string, BundledFile>();
    const asked = new Set<string>();
    const texts = [{ path, source }];
    // Grows while it is walked: imports have imports.
    for (const text of texts)
      for (const named of namedFiles(text.source, text.path, this.#options)) {
        const { type, original, target } = named;
        if (type === 'child') {
          if (target !== this.#path && !this.#waiting.has(target))
            this.#waiting.set(target, original);
          continue;
        }
        if (asked.has(target)) continue;
        asked.add(target);
        const content = await this.#text(target, original);
        if (content === undefined) continue;
        files.set(target, { content, ref: { type, original, from: text.path } });
        if (type === 'import' && target !== path) texts.push({ path: target, source: content });
      }
    return { source, files: Object.fromEntries(files) };
  }

  async #text(target: string, original: string): Promise<string | undefined> {
    const fallback = insidePath('', `~/.fabro/${original}`);
    const content =
      (await this.#read(target)) ??
      (fallback === undefined || target.startsWith(`${HOME_FOLDER}/`)
        ? undefined
        : await this.#read(fallback));
    if (content === undefined) return undefined;
    this.#count++;
    this.#length += content.length;
    if (this.#count > MAX_BUNDLE_FILES || this.#length > MAX_BUNDLE_LENGTH)
      throw new FabroError(
        'too_large',
        `workflow ${this.#path} names ${this.#count} or more files of ${this.#length} characters together; ` +
          `at most ${MAX_BUNDLE_FILES} files and ${MAX_BUNDLE_LENGTH} characters fit into a manifest; ` +
          'let the agents read large files from the repository instead',
      );
    return content;
  }
}

/** What a workflow's text names, in order of mention. What no manifest can hold is left out. */
function namedFiles(source: string, path: string, options: ReadOptions): Named[] {
  const read = readGraph(source, options);
  return 'graph' in read ? namedInGraph(read.graph, path, options) : [];
}

function namedInGraph(graph: Graph, path: string, options: ReadOptions): Named[] {
  const named: Named[] = [];
  const add = (type: Named['type'], original: string | undefined): void => {
    const target = original === undefined ? undefined : insidePath(path, original);
    if (original !== undefined && target !== undefined) named.push({ type, original, target });
  };
  const addText = (attributes: Attributes, owner: Owner): void =>
    add('file_inline', fileReference(attributes, owner));
  addText(graph.attributes, { kind: 'graph' });
  for (const node of graph.nodes.values()) {
    addText(node.attributes, { kind: 'node', id: node.id });
    add('import', attr.string(node, 'import')?.trim());
    const child = childReference(node);
    if (child?.kind === 'file') add('child', child.file);
    if (child?.kind === 'inline')
      named.push(...namedFiles(child.source, childKey(node, path, child), options));
  }
  return named;
}

function insidePath(path: string, reference: string): string | undefined {
  try {
    return resolveReference(path, reference);
  } catch (error) {
    // A manifest cannot hold it; lint names the reference.
    if (error instanceof FabroError) return undefined;
    throw error;
  }
}

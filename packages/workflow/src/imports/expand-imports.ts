/** The pass that carries out imports, nested ones too (engine reference §1.3, 4, and §1.4). */
import { FabroError } from '@fabro/protocol';
import { inlineFiles } from '../files/inline.js';
import { resolveReference } from '../files/manifest-path.js';
import { fileReference } from '../files/references.js';
import { mapAttributes } from '../graph/assemble.js';
import { attr } from '../graph/attributes.js';
import { type Graph, type GraphNode, incoming, outgoing } from '../graph/graph.js';
import { MAX_EDGES, MAX_IMPORTS, MAX_NODES } from '../limits.js';
import type { TemplateError } from '../templates/engine.js';
import { type ReadOptions, readGraph } from '../templates/read-graph.js';
import { type Position, START_OF_TEXT } from '../text/position.js';
import { type ImportProblem, placeholdersOf, readPlaceholder } from './placeholder.js';
import { type Importable, checkImportable, semanticAttribute } from './sentinels.js';
import { type Replacement, splice } from './splice.js';

export interface ImportOptions {
  /** Manifest path of the workflow. */
  readonly path: string;
  /** Texts of named files by normalised manifest path. */
  readonly files: ReadonlyMap<string, string>;
  readonly read: ReadOptions;
}

export interface Imported {
  /** Placeholders that could not be replaced have `import_error` in place of `import`. */
  readonly graph: Graph;
  /** What to do about an `import_error`, by node. */
  readonly fixes: ReadonlyMap<string, string>;
  /** Imported texts whose templates are wrong: nothing can run then. */
  readonly failures: readonly ImportFailure[];
}

export interface ImportFailure {
  /** Manifest path of the imported text. */
  readonly path: string;
  readonly error: TemplateError;
  /** The placeholder in the workflow itself that leads to it. */
  readonly node: string;
  readonly position: Position;
}

/** Replaces every placeholder by the workflow that it imports. Never throws. */
export function expandImports(graph: Graph, options: ImportOptions): Imported {
  return placeholdersOf(graph).length === 0
    ? { graph, fixes: new Map(), failures: [] }
    : new Importer(options).expand(graph, options.path, []);
}

/** An imported file: ready to be put in place, or why it is not. */
type Result =
  | (Importable & { readonly fixes: Imported['fixes'] })
  | ImportProblem
  | { readonly failures: readonly ImportFailure[] };
type Ready = Replacement & { readonly fixes: Imported['fixes'] };

class Importer {
  readonly #options: ImportOptions;
  /** A file that is imported many times is read once. */
  readonly #results = new Map<string, Result>();
  #imports = 0;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  /** @param stack the imported files that lead here. */
  expand(graph: Graph, path: string, stack: readonly string[]): Imported {
    const replacements: Replacement[] = [];
    const messages = new Map<string, string>();
    const fixes = new Map<string, string>();
    const failures: ImportFailure[] = [];
    let nodes = graph.nodes.size;
    let edges = graph.edges.length;
    for (const node of placeholdersOf(graph)) {
      let found = this.#replacement(graph, node, { path, stack });
      if ('failures' in found) {
        const position = attr.position(node, 'import') ?? node.position;
        failures.push(...found.failures.map((one) => ({ ...one, node: node.id, position })));
        continue;
      }
      if (!('message' in found)) {
        nodes += found.imported.graph.nodes.size;
        edges += edgesAdded(graph, node, found.imported);
        if (nodes > MAX_NODES || edges > MAX_EDGES) found = TOO_LARGE;
      }
      if ('message' in found) {
        messages.set(node.id, found.message);
        fixes.set(node.id, found.fix);
        if (found === TOO_LARGE) break;
        continue;
      }
      replacements.push(found);
      for (const [id, fix] of found.fixes) fixes.set(`${node.id}.${id}`, fix);
    }
    return { graph: splice(withErrors(graph, messages), path, replacements), fixes, failures };
  }

  #replacement(
    graph: Graph,
    node: GraphNode,
    from: { readonly path: string; readonly stack: readonly string[] },
  ): Ready | ImportProblem | { readonly failures: readonly ImportFailure[] } {
    const { path, stack } = from;
    const placeholder = readPlaceholder(graph, node);
    if ('message' in placeholder) return placeholder;
    const target = targetOf(path, placeholder.file);
    if (typeof target !== 'string') return target;
    if (target === this.#options.path) return circular([target, ...stack, target]);
    if (stack.includes(target)) return circular([...stack, target]);
    if (++this.#imports > MAX_IMPORTS) return TOO_MANY;
    const imported = this.#read(target, placeholder.file, from);
    if ('message' in imported || 'failures' in imported) return imported;
    return (
      misplaced(graph, node, imported, target) ?? {
        placeholder,
        imported,
        path: target,
        fixes: imported.fixes,
      }
    );
  }

  #read(
    target: string,
    written: string,
    from: { readonly path: string; readonly stack: readonly string[] },
  ): Result {
    const known = this.#results.get(target);
    if (known !== undefined) return known;
    const source = this.#options.files.get(target);
    const result: Result =
      source === undefined
        ? {
            message: `file not found: ${written}`,
            fix: `Create ${target} or fix the path; it is relative to the folder of ${from.path}`,
          }
        : this.#prepare(source, target, [...from.stack, target]);
    this.#results.set(target, result);
    return result;
  }

  #prepare(source: string, path: string, stack: readonly string[]): Result {
    const read = readGraph(source, this.#options.read);
    if ('syntaxError' in read) {
      const { message, remedy, position } = read.syntaxError;
      return {
        message: `failed to parse ${path}: ${message}`,
        fix: `In ${path}, line ${position.line}: ${remedy}`,
      };
    }
    if ('templateError' in read)
      return { failures: [{ path, error: read.templateError, node: '', position: START_OF_TEXT }] };
    const { graph, fixes, failures } = this.expand(read.graph, path, stack);
    if (failures.length > 0) return { failures };
    const inlined = inlineFiles(graph, path, this.#options.files);
    const importable = checkImportable(inlined);
    if ('message' in importable) return importable;
    return unresolvedFile(importable, path) ?? { ...importable, fixes };
  }
}

const TOO_MANY: ImportProblem = {
  message: `the workflow has more than ${MAX_IMPORTS} imports`,
  fix: 'Import fewer workflows, or run them as child workflows',
};

const TOO_LARGE: ImportProblem = {
  message: `imports make the workflow larger than ${MAX_NODES} nodes or ${MAX_EDGES} edges`,
  fix: TOO_MANY.fix,
};

function circular(paths: readonly string[]): ImportProblem {
  return {
    message: `circular import detected: ${paths.join(' -> ')}`,
    fix: `Remove the import of ${paths.at(-1) ?? ''} from ${paths.at(-2) ?? ''}`,
  };
}

function targetOf(path: string, file: string): string | ImportProblem {
  try {
    return resolveReference(path, file);
  } catch (error) {
    if (!(error instanceof FabroError)) throw error;
    return { message: `file not found: ${file}`, fix: error.message };
  }
}

/** Why a workflow that is well by itself cannot be put in the place of the placeholder. */
function misplaced(
  graph: Graph,
  { id }: GraphNode,
  imported: Importable,
  target: string,
): ImportProblem | undefined {
  const collision = [...imported.graph.nodes.keys()]
    .map((inner) => `${id}.${inner}`)
    .find((name) => graph.nodes.has(name));
  if (collision !== undefined)
    return {
      message: `import placeholder '${id}' would overwrite existing node '${collision}'`,
      fix: 'Give the placeholder another name',
    };
  const around = [...incoming(graph, id), ...outgoing(graph, id)];
  if (imported.ends === undefined && around.some((edge) => semanticAttribute(edge) !== undefined))
    return {
      message: `empty import '${id}' cannot bypass semantic edges`,
      fix: `Add a node to ${target}, or lead the edges past '${id}'`,
    };
  return undefined;
}

function edgesAdded(graph: Graph, { id }: GraphNode, imported: Importable): number {
  return imported.ends === undefined
    ? incoming(graph, id).length * outgoing(graph, id).length
    : imported.graph.edges.length;
}

function unresolvedFile(
  { graph, startId, exitId }: Importable,
  path: string,
): ImportProblem | undefined {
  for (const { id, attributes } of graph.nodes.values()) {
    if (id === startId || id === exitId) continue;
    const reference = fileReference(attributes, { kind: 'node', id });
    if (reference !== undefined)
      return {
        message: `node '${id}' in imported workflow has unresolved file reference: @${reference}`,
        fix: `Create the file or fix the reference; it is relative to the folder of ${path}`,
      };
  }
  return undefined;
}

/** Placeholders with a message have it as `import_error`, where their `import` was. */
function withErrors(graph: Graph, messages: ReadonlyMap<string, string>): Graph {
  if (messages.size === 0) return graph;
  return mapAttributes(graph, (attributes, owner) => {
    const message = owner.kind === 'node' ? messages.get(owner.id) : undefined;
    const found = attributes.get('import');
    if (message === undefined || found === undefined) return attributes;
    const changed = new Map(attributes);
    changed.delete('import');
    return changed.set('import_error', {
      kind: 'string',
      value: message,
      position: found.position,
    });
  });
}

import { FabroError } from '@fabro/protocol';
import { mapAttributes } from '../graph/assemble.js';
import type { Graph } from '../graph/graph.js';
import { resolveReference } from './manifest-path.js';
import { fileAttribute, fileReference } from './references.js';

/**
 * Puts the text of named files into the graph. A reference to a file that is missing, or that lies outside
 * of the manifest, stays as it is for lint to report.
 * @param path the workflow's path in the manifest; references are relative to it.
 * @param files texts by normalised manifest path.
 */
export function inlineFiles(graph: Graph, path: string, files: ReadonlyMap<string, string>): Graph {
  return mapAttributes(graph, (attributes, owner) => {
    const reference = fileReference(attributes, owner);
    const key = fileAttribute(owner);
    const found = key === undefined ? undefined : attributes.get(key);
    if (reference === undefined || key === undefined || found === undefined) return attributes;
    const file = pathOf(path, reference);
    const content = file === undefined ? undefined : files.get(file);
    if (file === undefined || content === undefined) return attributes;
    const { position } = found;
    return new Map(attributes).set(key, { kind: 'string', value: content, position, file });
  });
}

function pathOf(path: string, reference: string): string | undefined {
  try {
    return resolveReference(path, reference);
  } catch (error) {
    // Lint names the reference and says why it cannot be part of a manifest.
    if (error instanceof FabroError) return undefined;
    throw error;
  }
}

import { mapAttributes } from '../graph/assemble.js';
import type { Graph } from '../graph/graph.js';
import { resolveManifestPath } from './manifest-path.js';
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
    const content = contentOf(path, reference, files);
    if (content === undefined) return attributes;
    return new Map(attributes).set(key, {
      kind: 'string',
      value: content,
      position: found.position,
    });
  });
}

function contentOf(
  path: string,
  reference: string,
  files: ReadonlyMap<string, string>,
): string | undefined {
  try {
    return files.get(resolveManifestPath(path, reference));
  } catch {
    // Lint names the reference and says why it cannot be part of a manifest.
    return undefined;
  }
}

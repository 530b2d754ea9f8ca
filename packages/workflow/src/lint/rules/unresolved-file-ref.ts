import { messageOf } from '@fabro/protocol';
import { resolveReference } from '../../files/manifest-path.js';
import { fileReference } from '../../files/references.js';
import { attr } from '../../graph/attributes.js';
import type { Rule } from '../rule.js';

export const unresolvedFileRef: Rule = {
  name: 'unresolved_file_ref',
  severity: 'error',
  doc: 'A file that is named by `@` is not there.',
  source: '§2',
  *check({ graph, path }) {
    for (const node of graph.nodes.values()) {
      const reference = fileReference(node.attributes, { kind: 'node', id: node.id });
      if (reference !== undefined)
        yield {
          message: `Node '${node.id}' has unresolved file reference: @${reference}`,
          node,
          fix: remedy(path, reference),
          position: attr.position(node, 'prompt'),
        };
    }
    const reference = fileReference(graph.attributes, { kind: 'graph' });
    if (reference !== undefined)
      yield {
        message: `Graph goal has unresolved file reference: @${reference}`,
        fix: remedy(path, reference),
        position: attr.position(graph, 'goal'),
      };
  },
};

function remedy(path: string, reference: string): string {
  try {
    return `Create ${resolveReference(path, reference)} or fix the reference; it is relative to the workflow's folder`;
  } catch (error) {
    return messageOf(error);
  }
}

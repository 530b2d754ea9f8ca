import type { Rule } from '../rule.js';

const RESERVED = ['graph', 'digraph', 'subgraph', 'node', 'edge', 'strict', 'if'];

export const reservedKeywordNodeId: Rule = {
  name: 'reserved_keyword_node_id',
  severity: 'warning',
  doc: 'A node has the id of a keyword.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values())
      if (RESERVED.includes(node.id.toLowerCase()))
        yield {
          message: `Node ID '${node.id}' is a DOT reserved keyword and may cause parsing failures`,
          node,
          fix: `Rename the node, for example to '${node.id}_step'`,
        };
  },
};

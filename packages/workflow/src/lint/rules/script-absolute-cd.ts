import { attr } from '../../graph/attributes.js';
import type { Rule } from '../rule.js';

export const scriptAbsoluteCd: Rule = {
  name: 'script_absolute_cd',
  severity: 'warning',
  doc: 'A script changes to an absolute folder, which leaves the working directory of the run.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      if (node.handler !== 'command') continue;
      const key = node.attributes.has('script') ? 'script' : 'tool_command';
      if (/\bcd\s\//.test(attr.string(node, key) ?? ''))
        yield {
          message: `Script node '${node.id}' contains \`cd /…\` with an absolute path`,
          node,
          fix: 'Use a path relative to the working directory; it differs from run to run',
          position: attr.position(node, key),
        };
    }
  },
};

import { attr } from '../../graph/attributes.js';
import { KNOWN_TYPES } from '../../graph/handler-type.js';
import { didYouMean } from '../did-you-mean.js';
import type { Rule } from '../rule.js';

/** What older releases, and relatives of the language, call a type. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['codergen', 'agent'],
  ['llm', 'prompt'],
  ['wait.human', 'human'],
  ['fan_in', 'parallel.fan_in'],
  ['manager_loop', 'stack.manager_loop'],
  ['shell', 'command'],
  ['script', 'command'],
]);

export const typeKnown: Rule = {
  name: 'type_known',
  severity: 'warning',
  doc: 'A `type` is none that runs; the node is run by its shape.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      const type = attr.string(node, 'type');
      if (type === undefined || KNOWN_TYPES.includes(type)) continue;
      const meant = OTHER_NAMES.get(type);
      yield {
        message: `Node '${node.id}' has unrecognized type '${type}'`,
        node,
        fix: meant === undefined ? didYouMean(type, KNOWN_TYPES) : `Write type="${meant}"`,
        position: attr.position(node, 'type'),
      };
    }
  },
};

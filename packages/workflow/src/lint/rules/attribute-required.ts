import { attr } from '../../graph/attributes.js';
import type { HandlerType } from '../../graph/handler-type.js';
import { nodeName } from '../elements.js';
import type { Rule } from '../rule.js';

interface Need {
  /** One of them has to be there. */
  readonly names: readonly string[];
  readonly what: string;
  readonly example: string;
}

const NEEDS: Partial<Record<HandlerType, Need>> = {
  command: {
    names: ['script', 'tool_command'],
    what: 'a command',
    example: 'script="npm test"',
  },
  wait: { names: ['duration'], what: 'a wait', example: 'duration=30s' },
};

/** Without them the node fails whenever it runs (§3.2). What a manager loop lacks is said when its child is read. */
export const attributeRequired: Rule = {
  name: 'attribute_required',
  severity: 'warning',
  doc: 'A node lacks the attribute without which it can only fail.',
  source: 'ours',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      const need = NEEDS[node.handler];
      if (need === undefined) continue;
      const given = need.names.some(
        (name) => node.attributes.has(name) && attr.string(node, name) !== '',
      );
      if (!given)
        yield {
          message: `${nodeName(node)} is ${need.what} without ${need.names[0]}, so it can only fail`,
          node,
          fix: `Add it: ${node.id} [${need.example}]`,
        };
    }
  },
};

import { attr } from '../../graph/attributes.js';
import { choicesOf } from '../../routing/choices.js';
import { someOf } from '../did-you-mean.js';
import { nodeName } from '../elements.js';
import type { Rule } from '../rule.js';

const NAME = 'human.default_choice';

export const defaultChoiceExists: Rule = {
  name: 'default_choice_exists',
  severity: 'warning',
  doc: 'The default of a human gate is none of its choices.',
  source: 'ours',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      const wish = node.handler === 'human' ? attr.string(node, NAME) : undefined;
      if (wish === undefined) continue;
      const { choices } = choicesOf(graph, node.id);
      const lower = wish.trim().toLowerCase();
      const found = choices.some(
        ({ key, label, to }) =>
          to === wish.trim() || key.toLowerCase() === lower || label.toLowerCase() === lower,
      );
      if (!found)
        yield {
          message: `${nodeName(node)} has ${NAME} '${wish}', which is none of its choices`,
          node,
          fix: `Use the target of a choice: ${someOf(choices.map(({ to }) => to))}`,
          position: attr.position(node, NAME),
        };
    }
  },
};

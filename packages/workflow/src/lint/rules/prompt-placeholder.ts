import { positionInText } from '../../graph/position-in-text.js';
import type { Rule } from '../rule.js';

/** A shell's `$goal` in a script is a variable of its author; in a prompt nothing replaces it. */
const PLACEHOLDER = /\$(?:goal\b|\{goal\})/;

/** `info`, not `warning`: published workflows of the language hold it, and are free of warnings (§14). */
export const promptPlaceholder: Rule = {
  name: 'prompt_placeholder',
  severity: 'info',
  doc: 'A prompt has `$goal`, which older releases replaced by the goal; it stays as it is.',
  source: 'ours',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      const prompt = node.attributes.get('prompt');
      if (prompt?.kind !== 'string') continue;
      const found = PLACEHOLDER.exec(prompt.value);
      if (found === null) continue;
      yield {
        message: `Node '${node.id}' has '${found[0]}' in its prompt, which is not replaced: the model reads it as it is`,
        node,
        fix: 'Write {{ goal }}',
        position: positionInText(prompt, found.index),
      };
    }
  },
};

import { attr } from '../../graph/attributes.js';
import type { Rule } from '../rule.js';

export const promptOnLlmNodes: Rule = {
  name: 'prompt_on_llm_nodes',
  severity: 'warning',
  doc: 'A node of a model has neither `prompt` nor `label`.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      if (node.handler !== 'agent' && node.handler !== 'prompt') continue;
      // An import that failed is told as such; it was never meant to ask a model.
      if (node.attributes.has('import') || node.attributes.has('import_error')) continue;
      if (attr.string(node, 'prompt') === undefined && attr.string(node, 'label') === undefined)
        yield {
          message: `LLM node '${node.id}' has no prompt or label attribute`,
          node,
          fix: `Add a prompt: ${node.id} [prompt="..."]`,
        };
    }
  },
};

import type { EdgeParts } from '../graph/assemble.js';

/**
 * The edges without the ones that enter or leave an empty import; a plain edge goes from each node before it
 * to each node after it.
 */
export function bypass(edges: readonly EdgeParts[], emptyIds: readonly string[]): EdgeParts[] {
  let current = [...edges];
  for (const id of emptyIds) {
    const after = current.filter(({ from, to }) => from === id && to !== id);
    current = current.flatMap((edge): EdgeParts[] => {
      if (edge.from === id) return [];
      if (edge.to !== id) return [edge];
      const { from, position } = edge;
      return after.map(({ to }) => ({ from, to, position, attributes: new Map() }));
    });
  }
  return current;
}

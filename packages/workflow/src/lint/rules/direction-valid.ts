import { RANK_DIRECTIONS } from '../../catalogue/attribute-spec.js';
import { attr } from '../../graph/attributes.js';
import { didYouMean } from '../did-you-mean.js';
import type { Rule } from '../rule.js';

export const directionValid: Rule = {
  name: 'direction_valid',
  severity: 'warning',
  doc: 'A `rankdir` is no direction.',
  source: '§2',
  *check({ graph }) {
    const direction = attr.string(graph, 'rankdir');
    if (direction !== undefined && !RANK_DIRECTIONS.some((known) => known === direction))
      yield {
        message: `Graph has invalid rankdir '${direction}'`,
        fix: didYouMean(direction, RANK_DIRECTIONS),
        position: attr.position(graph, 'rankdir'),
      };
  },
};

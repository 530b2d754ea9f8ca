import { attr, attributeText } from '../../graph/attributes.js';
import type { Rule } from '../rule.js';

const DIRECTIONS = ['TB', 'LR', 'BT', 'RL'];

export const directionValid: Rule = {
  name: 'direction_valid',
  severity: 'warning',
  *check({ graph }) {
    const attribute = graph.attributes.get('rankdir');
    const direction = attribute === undefined ? undefined : attributeText(attribute);
    if (direction !== undefined && !DIRECTIONS.includes(direction))
      yield {
        message: `Graph has invalid rankdir '${direction}'`,
        fix: `Use one of: ${DIRECTIONS.join(', ')}`,
        position: attr.position(graph, 'rankdir'),
      };
  },
};

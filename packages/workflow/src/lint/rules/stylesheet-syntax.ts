import { positionInText } from '../../graph/position-in-text.js';
import type { Rule } from '../rule.js';

export const stylesheetSyntax: Rule = {
  name: 'stylesheet_syntax',
  severity: 'error',
  doc: 'The model stylesheet cannot be read.',
  source: '§2',
  *check({ graph, stylesheet }) {
    const attribute = graph.attributes.get('model_stylesheet');
    if (attribute === undefined || stylesheet === undefined || stylesheet.ok) return;
    const { offset, message, remedy } = stylesheet.error;
    yield {
      message: `Model stylesheet parse error: ${message}`,
      fix: remedy,
      position: positionInText(attribute, offset),
    };
  },
};

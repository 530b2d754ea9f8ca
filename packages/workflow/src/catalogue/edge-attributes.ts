import { FIDELITY_MODES, rows } from './attribute-spec.js';

/** Attributes of an edge. */
export const EDGE_ATTRIBUTES = rows('edge', {
  label: { type: 'text', doc: 'Name of the way: a choice at a human gate.', source: '§3.1' },
  condition: {
    type: 'text',
    doc: 'When the edge may be taken; an edge without one is a fallback.',
    checkedBy: 'condition_syntax',
    source: '§3.1',
  },
  weight: {
    type: 'number',
    default: '0',
    doc: 'Among edges that may be taken, the highest weight is.',
    source: '§3.1',
  },
  fidelity: {
    type: 'text',
    default: "the target's",
    values: FIDELITY_MODES,
    doc: 'How much of what happened before is told to the target.',
    checkedBy: 'fidelity_valid',
    source: '§3.1',
  },
  thread_id: {
    type: 'text',
    doc: 'Conversation in which the target goes on; needs `fidelity="full"`.',
    source: '§3.1',
  },
  loop_restart: {
    type: 'boolean',
    default: 'false',
    doc: 'Taking the edge begins the run anew at its target.',
    source: '§3.1',
  },
  freeform: {
    type: 'boolean',
    default: 'false',
    doc: 'At a human gate, the way of any text that is no choice.',
    source: '§3.1',
  },
});

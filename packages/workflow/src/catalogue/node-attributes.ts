import {
  HANDLER_TYPES,
  type HandlerType,
  KNOWN_SHAPES,
  KNOWN_TYPES,
} from '../graph/handler-type.js';
import { FIDELITY_MODES, SELECTION_MODES, rows } from './attribute-spec.js';

/** The node types that do something that may take time or fail. */
const WORKING: readonly HandlerType[] = HANDLER_TYPES.filter(
  (type) => type !== 'start' && type !== 'exit',
);

/** Attributes of any node. */
export const NODE_ATTRIBUTES = rows('node', {
  label: { type: 'text', default: 'the id', doc: 'What the node is called.', source: '§3.1' },
  shape: {
    type: 'text',
    default: 'box',
    values: KNOWN_SHAPES,
    doc: 'What the node does, unless `type` says it.',
    source: '§3.1',
  },
  type: {
    type: 'text',
    default: 'by the shape',
    values: KNOWN_TYPES,
    doc: 'What the node does.',
    checkedBy: 'type_known',
    source: '§3.1',
  },
  class: {
    type: 'text',
    doc: 'Classes for the stylesheet, separated by commas.',
    source: '§1.2',
  },
  timeout: {
    type: 'duration',
    default: '10m for commands, else none',
    doc: 'Longest time of one attempt; at a human gate the time to answer.',
    handlers: WORKING,
    source: '§3.1',
  },
  max_retries: {
    type: 'integer',
    default: '`default_max_retries` of the graph',
    min: 0,
    doc: 'Attempts after the first when one fails in a way that may pass.',
    handlers: WORKING,
    source: '§3.1',
  },
  retry_policy: {
    type: 'text',
    values: ['none', 'standard', 'aggressive', 'linear', 'patient'],
    doc: 'Attempts and waits by a name; goes before `max_retries`.',
    handlers: WORKING,
    source: '§4.4',
  },
  max_visits: {
    type: 'integer',
    default: '`max_node_visits` of the graph',
    min: 1,
    doc: 'Visits that the node is allowed.',
    source: '§3.1',
  },
  goal_gate: {
    type: 'boolean',
    default: 'false',
    doc: 'The run ends well only if the last outcome of this node is good.',
    source: '§3.1',
  },
  retry_target: {
    type: 'text',
    doc: 'Id of the node to which a failure without a way on, or an unmet goal gate, goes.',
    source: '§3.1',
  },
  fallback_retry_target: {
    type: 'text',
    doc: 'The same when `retry_target` names no node.',
    source: '§3.1',
  },
  fidelity: {
    type: 'text',
    default: '`default_fidelity` of the graph',
    values: FIDELITY_MODES,
    doc: 'How much of what happened before is told to the model.',
    checkedBy: 'fidelity_valid',
    source: '§3.1',
  },
  thread_id: {
    type: 'text',
    doc: 'Conversation that nodes share; needs `fidelity="full"`.',
    source: '§3.1',
  },
  auto_status: {
    type: 'boolean',
    default: 'false',
    doc: 'Any outcome but a skip counts as success.',
    source: '§3.1',
  },
  allow_partial: {
    type: 'boolean',
    default: 'false',
    doc: 'A stage that asks for a retry when none is left is a partial success; one that broke with an error is not.',
    source: '§3.1',
  },
  selection: {
    type: 'text',
    default: 'deterministic',
    values: SELECTION_MODES,
    doc: 'How one of several edges is taken: by weight and name, or at random by weight.',
    checkedBy: 'selection_valid',
    source: '§3.1',
  },
  import: {
    type: 'text',
    doc: 'Path of a workflow whose nodes take the place of this one.',
    checkedBy: 'import_error',
    source: '§1.4',
  },
  import_error: {
    type: 'text',
    doc: 'Why an import failed; written by the preparation, not by authors.',
    checkedBy: 'import_error',
    source: '§1.4',
  },
  codergen_mode: {
    type: 'text',
    doc: 'Older name of `type`: `agent_loop` or `one_shot`.',
    source: '§1.2',
  },
});

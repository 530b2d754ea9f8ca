import { FIDELITY_MODES, RANK_DIRECTIONS, rows } from './attribute-spec.js';

/** Attributes of the graph. */
export const GRAPH_ATTRIBUTES = rows('graph', {
  goal: {
    type: 'text',
    doc: 'What the run is for, or `@file` with it; texts use it as `{{ goal }}`.',
    source: '§3.1',
  },
  label: {
    type: 'text',
    doc: 'Title of the picture; in a subgraph also its class.',
    source: '§1.2',
  },
  rankdir: {
    type: 'text',
    default: 'TB',
    values: RANK_DIRECTIONS,
    doc: 'Direction in which the picture is drawn.',
    checkedBy: 'direction_valid',
    source: '§3.1',
  },
  model_stylesheet: {
    type: 'text',
    doc: 'Rules that give nodes their model: `* { model: sonnet; } .review { model: opus; }`.',
    checkedBy: 'stylesheet_syntax',
    source: '§9.2',
  },
  default_max_retries: {
    type: 'integer',
    default: '0',
    min: 0,
    doc: 'Retries of nodes that have no `max_retries` and no `retry_policy`.',
    source: '§3.1',
  },
  retry_target: {
    type: 'text',
    doc: 'Id of the node to which failures without a way on go, unless the node names one.',
    source: '§3.1',
  },
  fallback_retry_target: {
    type: 'text',
    doc: 'The same when `retry_target` names no node.',
    source: '§3.1',
  },
  default_fidelity: {
    type: 'text',
    default: 'compact',
    values: FIDELITY_MODES,
    doc: 'How much of what happened before is told to models.',
    checkedBy: 'fidelity_valid',
    source: '§3.1',
  },
  default_thread: {
    type: 'text',
    doc: 'Thread of nodes that name none; needs `default_fidelity="full"`.',
    source: '§3.1',
  },
  max_node_visits: {
    type: 'integer',
    default: '0',
    min: 0,
    doc: 'Visits that every node is allowed; 0 is no limit.',
    source: '§3.1',
  },
  stall_timeout: {
    type: 'duration',
    default: '1800s',
    doc: 'Time without any activity after which the run is ended; `0s` switches that off.',
    source: '§3.1',
  },
  loop_restart_signature_limit: {
    type: 'integer',
    default: '3',
    min: 1,
    doc: 'How often the same failure may come before the run is ended as a cycle.',
    source: '§3.1',
  },
  default_model: {
    type: 'text',
    doc: 'Model of nodes that name none, unless the settings do.',
    checkedBy: 'node_model_known',
    source: '§3.1',
  },
  default_provider: {
    type: 'text',
    doc: 'Provider of nodes that name none, unless the settings do.',
    checkedBy: 'node_model_known',
    source: '§3.1',
  },
});

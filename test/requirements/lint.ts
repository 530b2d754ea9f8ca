/** Lint rules (engine reference §2): each with its severity and when it speaks. */
export const LINT = {
  '§2 start_node': 'error: not exactly one start node; the message says none or how many',
  '§2 terminal_node': 'error: not exactly one terminal node; the message says none or how many',
  '§2 reachability':
    'warning: a node that the start node does not reach; sorted, skipped without a start',
  '§2 edge_target_exists': 'error: an edge from or to a node that does not exist',
  '§2 start_no_incoming': 'error: edges into the start node, with their number',
  '§2 exit_no_outgoing': 'error: edges out of the exit node, with their number',
  '§2 condition_syntax': 'error: a condition that cannot be parsed; the edge is named',
  '§2 stylesheet_syntax': 'error: a model stylesheet that cannot be parsed',
  '§2 type_known': 'warning: a node type that is none of the known ones',
  '§2 fidelity_valid': 'warning: an unknown fidelity mode on a node, an edge or as graph default',
  '§2 retry_target_exists':
    'warning: a retry target, or fallback one, that does not exist, on node or graph',
  '§2 goal_gate_has_retry': 'warning: a goal gate without a retry target on node and graph',
  '§2 prompt_on_llm_nodes': 'warning: a model node with neither prompt nor label',
  '§2 freeform_edge_count': 'error: a human node with more than one freeform edge',
  '§2 direction_valid': 'warning: a rankdir that is not TB, LR, BT or RL',
  '§2 reserved_keyword_node_id': 'warning: a node id that is a keyword of DOT in any case, or `if`',
  '§2 all_conditional_edges': 'error: outgoing edges that are all conditional',
  '§2 orphan_custom_outcome': 'warning: routing by outcome clauses without an unconditional edge',
  '§2 script_absolute_cd': 'warning: a script with `cd /`',
  '§2 stylesheet_model_known': 'warning: an unknown model or provider in a stylesheet rule',
  '§2 node_model_known': 'warning: an unknown model or provider on a node, inherited ones too',
  '§2 import_error': 'error: the text of an import that failed, or an import left over',
  '§2 unresolved_file_ref': 'error: a prompt or goal that still begins with @',
  '§2 thread_id_requires_fidelity_full':
    'warning: a thread on node, edge or graph without fidelity full',
  '§2 selection_valid': 'warning: a selection mode that is neither deterministic nor random',
  '§2 random_selection_no_conditions': 'error: random selection together with conditional edges',
} as const;

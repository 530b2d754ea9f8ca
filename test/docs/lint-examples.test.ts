/** Each rule has an example that brings it about, it alone, at the place that a reader expects. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MODEL_NAMES } from '@fabro/models';
import { LINT_RULES, prepare } from '@fabro/workflow';
import { ROOT } from './pages.js';

const FOLDER = join(ROOT, 'docs/reference/lint');

/** Where each example is at fault, and what else can only be found together with it. */
const PLACES: Readonly<Record<string, readonly [line: number, column: number, also?: string]>> = {
  start_node: [1, 1],
  terminal_node: [4, 3],
  reachability: [6, 3],
  start_no_incoming: [7, 3],
  exit_no_outgoing: [7, 3],
  condition_syntax: [8, 38],
  stylesheet_syntax: [4, 12],
  type_known: [5, 9],
  fidelity_valid: [5, 47],
  retry_target_exists: [5, 47],
  goal_gate_has_retry: [5, 69],
  prompt_on_llm_nodes: [5, 12],
  freeform_edge_count: [9, 3],
  direction_valid: [2, 3],
  reserved_keyword_node_id: [5, 3],
  all_conditional_edges: [5, 3],
  orphan_custom_outcome: [5, 3, 'all_conditional_edges'],
  script_absolute_cd: [5, 48],
  stylesheet_model_known: [4, 22],
  node_model_known: [5, 47],
  import_error: [5, 29],
  unresolved_file_ref: [5, 25],
  thread_id_requires_fidelity_full: [6, 50],
  selection_valid: [5, 47],
  random_selection_no_conditions: [5, 47],
  attribute_type: [5, 47],
  attribute_value: [5, 46],
  attribute_known: [5, 47],
  attribute_place: [6, 18],
  attribute_required: [5, 3],
  condition_outcome_known: [8, 18],
  condition_parentheses: [8, 18],
  default_choice_exists: [5, 58],
  default_model_known: [2, 10],
  stylesheet_property_known: [2, 49],
  prompt_placeholder: [6, 48],
};

describe('the example of', () => {
  it.each(Object.entries(PLACES))('%s is at fault there, and nowhere else', (name, place) => {
    const [line, column, also] = place;
    const path = `${name}.fabro`;
    const source = readFileSync(join(FOLDER, path), 'utf8');
    const { diagnostics } = prepare({ source, path, models: MODEL_NAMES });
    const found = diagnostics.map(({ rule, position, fix }) => [
      rule,
      position?.line,
      position?.column,
      fix !== null,
    ]);
    expect(found).toEqual([
      ...(also === undefined ? [] : [[also, line, column, true]]),
      [name, line, column, true],
    ]);
  });
});

it('every rule has an example, but the one that no text brings about', () => {
  const without = LINT_RULES.filter(({ name }) => !existsSync(join(FOLDER, `${name}.fabro`)));
  expect(without.map(({ name }) => name)).toEqual(['edge_target_exists']);
  const rules = new Set(LINT_RULES.map(({ name }) => `${name}.fabro`));
  expect(readdirSync(FOLDER).filter((file) => !rules.has(file))).toEqual([]);
  expect(Object.keys(PLACES)).toHaveLength(LINT_RULES.length - 1);
});

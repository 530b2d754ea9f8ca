import { describe, expect, it } from 'vitest';
import { type Diagnostic, lint } from '@fabro/workflow';
import { LINT_RULES } from '../src/lint/lint.js';
import { graphOf } from './graph-of.js';

const SHELL =
  'start [shape=Mdiamond] exit [shape=Msquare] start -> work -> exit; work [label=Work]';

function check(body: string): Diagnostic[] {
  return lint({ graph: graphOf(body), path: 'w/main.fabro' });
}

function messages(body: string, rule: string): [string, string][] {
  return check(body)
    .filter((diagnostic) => diagnostic.rule === rule)
    .map(({ severity, message }) => [severity, message]);
}

describe('lint rules (§2)', () => {
  it('find nothing in a sound workflow', () => {
    expect(check(SHELL)).toEqual([]);
  });

  it('run in the order of the reference', () => {
    expect(LINT_RULES.map(({ name, severity }) => `${severity.charAt(0)} ${name}`)).toEqual([
      'e start_node',
      'e terminal_node',
      'w reachability',
      'e edge_target_exists',
      'e start_no_incoming',
      'e exit_no_outgoing',
      'e condition_syntax',
      'w type_known',
      'w retry_target_exists',
      'w goal_gate_has_retry',
      'w prompt_on_llm_nodes',
      'e freeform_edge_count',
      'w direction_valid',
      'w reserved_keyword_node_id',
      'e all_conditional_edges',
      'w orphan_custom_outcome',
      'w script_absolute_cd',
      'e import_error',
      'e unresolved_file_ref',
      'w selection_valid',
      'e random_selection_no_conditions',
    ]);
  });

  it.each([
    [
      'start_node',
      'exit',
      'error',
      'Pipeline must have exactly one start node (shape=Mdiamond or id start/Start)',
    ],
    [
      'start_node',
      'a [shape=Mdiamond] b [shape=Mdiamond] exit',
      'error',
      'Pipeline has 2 start nodes but must have exactly one',
    ],
    [
      'terminal_node',
      'start',
      'error',
      'Pipeline must have exactly one terminal node (shape=Msquare or id exit/end)',
    ],
    [
      'terminal_node',
      'start; a [shape=Msquare] b [shape=Msquare]',
      'error',
      'Pipeline must have exactly one terminal node, found 2',
    ],
    [
      'start_no_incoming',
      `${SHELL} work -> start`,
      'error',
      "Start node 'start' has 1 incoming edge(s) but must have none",
    ],
    [
      'exit_no_outgoing',
      `${SHELL} exit -> work`,
      'error',
      "Exit node 'exit' has 1 outgoing edge(s) but must have none",
    ],
    [
      'type_known',
      `${SHELL} work [type=agnet]`,
      'warning',
      "Node 'work' has unrecognized type 'agnet'",
    ],
    [
      'retry_target_exists',
      `${SHELL} work [retry_target=y]`,
      'warning',
      "Node 'work' has retry_target 'y' that does not exist",
    ],
    [
      'retry_target_exists',
      `${SHELL} work [fallback_retry_target=y]`,
      'warning',
      "Node 'work' has fallback_retry_target 'y' that does not exist",
    ],
    [
      'retry_target_exists',
      `${SHELL} retry_target=y`,
      'warning',
      "Graph has retry_target 'y' that does not exist",
    ],
    [
      'goal_gate_has_retry',
      `${SHELL} work [goal_gate=true]`,
      'warning',
      "Node 'work' has goal_gate=true but no retry_target or fallback_retry_target",
    ],
    [
      'prompt_on_llm_nodes',
      `${SHELL} start -> bare -> exit`,
      'warning',
      "LLM node 'bare' has no prompt or label attribute",
    ],
    [
      'freeform_edge_count',
      `${SHELL} work [shape=hexagon] work -> exit [freeform=true] work -> exit [freeform=true]`,
      'error',
      "Human node 'work' has 2 freeform edges but must have at most one",
    ],
    ['direction_valid', `${SHELL} rankdir=XX`, 'warning', "Graph has invalid rankdir 'XX'"],
    [
      'reserved_keyword_node_id',
      `${SHELL} start -> If -> exit; If [label=x]`,
      'warning',
      "Node ID 'If' is a DOT reserved keyword and may cause parsing failures",
    ],
    [
      'all_conditional_edges',
      `${SHELL} start -> c; c -> exit [condition="x=1"]`,
      'error',
      "Node 'c' has all conditional outgoing edges with no unconditional fallback",
    ],
    [
      'orphan_custom_outcome',
      `${SHELL} start -> c; c -> exit [condition="x && outcome=failed"]`,
      'warning',
      "Node 'c' uses outcome-based routing but has no unconditional fallback edge",
    ],
    [
      'script_absolute_cd',
      `${SHELL} work [shape=parallelogram, script="cd /tmp && ls"]`,
      'warning',
      "Script node 'work' contains `cd /…` with an absolute path",
    ],
    [
      'import_error',
      `${SHELL} work [import="./x.fabro"]`,
      'error',
      'unresolved import (no base directory available)',
    ],
    [
      'import_error',
      `${SHELL} work [import_error="file not found: x"]`,
      'error',
      'file not found: x',
    ],
    [
      'unresolved_file_ref',
      `${SHELL} work [prompt="@p.md"]`,
      'error',
      "Node 'work' has unresolved file reference: @p.md",
    ],
    [
      'unresolved_file_ref',
      `${SHELL} goal="@g.md"`,
      'error',
      'Graph goal has unresolved file reference: @g.md',
    ],
    [
      'selection_valid',
      `${SHELL} work [selection=best]`,
      'warning',
      "Node 'work' has invalid selection mode 'best'",
    ],
    [
      'random_selection_no_conditions',
      `${SHELL} work [selection=random] work -> exit [condition="x=1"]`,
      'error',
      'Node \'work\' has selection="random" but also has conditional edges; random selection and conditions cannot be combined',
    ],
    [
      'condition_syntax',
      `${SHELL} work -> exit [condition="a =="]`,
      'error',
      'Condition \'a ==\' on edge work -> exit failed parse: at character 3: found "==", expected "=". Compare with a single "=".',
    ],
  ])('%s: %s', (rule, body, severity, message) => {
    expect(messages(body, rule)).toEqual([[severity, message]]);
  });

  it('reachability is sorted, counts retry targets as ways, and waits for a start node', () => {
    expect(messages(`${SHELL} z; b; a -> b`, 'reachability')).toEqual([
      ['warning', "Node 'a' is not reachable from the start node"],
      ['warning', "Node 'b' is not reachable from the start node"],
      ['warning', "Node 'z' is not reachable from the start node"],
    ]);
    expect(messages(`${SHELL} work [retry_target=fix] fix -> exit`, 'reachability')).toEqual([]);
    expect(messages('exit; a', 'reachability')).toEqual([]);
  });

  it('edge_target_exists speaks about graphs that a program put together', () => {
    const graph = graphOf('start -> gone -> exit');
    const nodes = new Map([...graph.nodes].filter(([id]) => id !== 'gone'));
    const found = lint({ graph: { ...graph, nodes }, path: 'w.fabro' });
    expect(
      found.filter(({ rule }) => rule === 'edge_target_exists').map(({ message }) => message),
    ).toEqual([
      "Edge from 'start' targets non-existent node 'gone'",
      "Edge source 'gone' references non-existent node",
    ]);
  });

  it.each([
    [`${SHELL} work [goal_gate=true, retry_target=work]`, 'goal_gate_has_retry'],
    [`${SHELL} retry_target=work; work [goal_gate=true]`, 'goal_gate_has_retry'],
    [`${SHELL} work [type=agent_loop]`, 'type_known'],
    [`${SHELL} rankdir=LR`, 'direction_valid'],
    [`${SHELL} work -> exit [condition="outcome=failed"]`, 'orphan_custom_outcome'],
    [`${SHELL} work [shape=parallelogram, script="cd src && abcd /x"]`, 'script_absolute_cd'],
    [`${SHELL} work [selection=random]`, 'selection_valid'],
  ])('%s is no finding of %s', (body, rule) => {
    expect(messages(body, rule)).toEqual([]);
  });

  it('a diagnostic has all fields, nulls kept, with place and remedy', () => {
    const [diagnostic] = check(`${SHELL}\nwork [type=agnet]`);
    expect(diagnostic).toEqual({
      rule: 'type_known',
      severity: 'warning',
      message: "Node 'work' has unrecognized type 'agnet'",
      node_id: 'work',
      edge: null,
      fix: "Did you mean 'agent'? Use one of: start, exit, agent, agent_loop, prompt, one_shot, human, conditional, parallel, parallel.fan_in, command, tool, stack.manager_loop, wait",
      position: expect.objectContaining({ line: 3, column: 7 }),
    });
    const edge = check(`${SHELL}\nwork -> exit [condition="a=="]`)[0];
    expect([edge?.node_id, edge?.edge, edge?.position?.line]).toEqual([null, ['work', 'exit'], 3]);
  });

  it('says where a missing file should be, or why it cannot be named', () => {
    const fix = (reference: string) =>
      check(`${SHELL} work [prompt="@${reference}"]`).find(
        ({ rule }) => rule === 'unresolved_file_ref',
      )?.fix;
    expect(fix('p.md')).toBe(
      "Create w/p.md or fix the reference; it is relative to the workflow's folder",
    );
    expect(fix('../../p.md')).toContain('leaves the manifest by ".."');
  });
});

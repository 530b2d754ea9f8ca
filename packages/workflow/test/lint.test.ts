import { describe, expect, it } from 'vitest';
import { type Diagnostic, LINT_RULES, lint } from '@fabro/workflow';
import { applyStylesheet } from '../src/stylesheet/apply.js';
import { graphOf } from './graph-of.js';
import { MODELS } from './models.js';

const SHELL =
  'start [shape=Mdiamond] exit [shape=Msquare] start -> work -> exit; work [label=Work]';

function check(body: string): Diagnostic[] {
  const graph = applyStylesheet(graphOf(body));
  return lint({ graph, path: 'w/main.fabro', models: MODELS });
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
    const rules = LINT_RULES.filter(({ source }) => source === '§2');
    expect(rules.map(({ name, severity }) => `${severity.charAt(0)} ${name}`)).toEqual([
      'e start_node',
      'e terminal_node',
      'w reachability',
      'e edge_target_exists',
      'e start_no_incoming',
      'e exit_no_outgoing',
      'e condition_syntax',
      'e stylesheet_syntax',
      'w type_known',
      'w fidelity_valid',
      'w retry_target_exists',
      'w goal_gate_has_retry',
      'w prompt_on_llm_nodes',
      'e freeform_edge_count',
      'w direction_valid',
      'w reserved_keyword_node_id',
      'e all_conditional_edges',
      'w orphan_custom_outcome',
      'w script_absolute_cd',
      'w stylesheet_model_known',
      'w node_model_known',
      'e import_error',
      'e unresolved_file_ref',
      'w thread_id_requires_fidelity_full',
      'w selection_valid',
      'e random_selection_no_conditions',
    ]);
  });

  it.each([
    [
      '§2 start_node',
      'exit',
      'error',
      'Pipeline must have exactly one start node (shape=Mdiamond or id start/Start)',
    ],
    [
      '§2 start_node',
      'a [shape=Mdiamond] b [shape=Mdiamond] exit',
      'error',
      'Pipeline has 2 start nodes but must have exactly one',
    ],
    [
      '§2 terminal_node',
      'start',
      'error',
      'Pipeline must have exactly one terminal node (shape=Msquare or id exit/end)',
    ],
    [
      '§2 terminal_node',
      'start; a [shape=Msquare] b [shape=Msquare]',
      'error',
      'Pipeline must have exactly one terminal node, found 2',
    ],
    [
      '§2 start_no_incoming',
      `${SHELL} work -> start`,
      'error',
      "Start node 'start' has 1 incoming edge(s) but must have none",
    ],
    [
      '§2 exit_no_outgoing',
      `${SHELL} exit -> work`,
      'error',
      "Exit node 'exit' has 1 outgoing edge(s) but must have none",
    ],
    [
      '§2 type_known',
      `${SHELL} work [type=agnet]`,
      'warning',
      "Node 'work' has unrecognized type 'agnet'",
    ],
    [
      '§2 retry_target_exists',
      `${SHELL} work [retry_target=y]`,
      'warning',
      "Node 'work' has retry_target 'y' that does not exist",
    ],
    [
      '§2 retry_target_exists',
      `${SHELL} work [fallback_retry_target=y]`,
      'warning',
      "Node 'work' has fallback_retry_target 'y' that does not exist",
    ],
    [
      '§2 retry_target_exists',
      `${SHELL} retry_target=y`,
      'warning',
      "Graph has retry_target 'y' that does not exist",
    ],
    [
      '§2 goal_gate_has_retry',
      `${SHELL} work [goal_gate=true]`,
      'warning',
      "Node 'work' has goal_gate=true but no retry_target or fallback_retry_target",
    ],
    [
      '§2 prompt_on_llm_nodes',
      `${SHELL} start -> bare -> exit`,
      'warning',
      "LLM node 'bare' has no prompt or label attribute",
    ],
    [
      '§2 freeform_edge_count',
      `${SHELL} work [shape=hexagon] work -> exit [freeform=true] work -> exit [freeform=true]`,
      'error',
      "Human node 'work' has 2 freeform edges but must have at most one",
    ],
    ['§2 direction_valid', `${SHELL} rankdir=XX`, 'warning', "Graph has invalid rankdir 'XX'"],
    [
      '§2 reserved_keyword_node_id',
      `${SHELL} start -> If -> exit; If [label=x]`,
      'warning',
      "Node ID 'If' is a DOT reserved keyword and may cause parsing failures",
    ],
    [
      '§2 all_conditional_edges',
      `${SHELL} start -> c; c -> exit [condition="x=1"]`,
      'error',
      "Node 'c' has all conditional outgoing edges with no unconditional fallback",
    ],
    [
      '§2 orphan_custom_outcome',
      `${SHELL} start -> c; c -> exit [condition="x && outcome=failed"]`,
      'warning',
      "Node 'c' uses outcome-based routing but has no unconditional fallback edge",
    ],
    [
      '§2 script_absolute_cd',
      `${SHELL} work [shape=parallelogram, script="cd /tmp && ls"]`,
      'warning',
      "Script node 'work' contains `cd /…` with an absolute path",
    ],
    [
      '§2 import_error',
      `${SHELL} work [import="./x.fabro"]`,
      'error',
      'unresolved import (no base directory available)',
    ],
    [
      '§2 import_error',
      `${SHELL} work [import_error="file not found: x"]`,
      'error',
      'file not found: x',
    ],
    [
      '§2 unresolved_file_ref',
      `${SHELL} work [prompt="@p.md"]`,
      'error',
      "Node 'work' has unresolved file reference: @p.md",
    ],
    [
      '§2 unresolved_file_ref',
      `${SHELL} goal="@g.md"`,
      'error',
      'Graph goal has unresolved file reference: @g.md',
    ],
    [
      '§2 selection_valid',
      `${SHELL} work [selection=best]`,
      'warning',
      "Node 'work' has invalid selection mode 'best'",
    ],
    [
      '§2 random_selection_no_conditions',
      `${SHELL} work [selection=random] work -> exit [condition="x=1"]`,
      'error',
      'Node \'work\' has selection="random" but also has conditional edges; random selection and conditions cannot be combined',
    ],
    [
      '§2 condition_syntax',
      `${SHELL} work -> exit [condition="a =="]`,
      'error',
      'Condition \'a ==\' on edge work -> exit failed parse: at character 3: found "==", expected "=". Compare with a single "=".',
    ],
    [
      '§2 stylesheet_syntax',
      `${SHELL} model_stylesheet="* { model }"`,
      'error',
      'Model stylesheet parse error: at character 11: found "}", expected ":" after the property model',
    ],
    [
      '§2 fidelity_valid',
      `${SHELL} work [fidelity=half]`,
      'warning',
      "Node 'work' has invalid fidelity mode 'half'",
    ],
    [
      '§2 fidelity_valid',
      `${SHELL} work -> exit [fidelity="summary:none"]`,
      'warning',
      "Edge work -> exit has invalid fidelity mode 'summary:none'",
    ],
    [
      '§2 fidelity_valid',
      `${SHELL} default_fidelity=half`,
      'warning',
      "Graph has invalid default_fidelity 'half'",
    ],
    [
      '§2 stylesheet_model_known',
      `${SHELL} model_stylesheet=".x { model: gpt-6; }"`,
      'warning',
      "Unknown model 'gpt-6' in stylesheet rule '.x'. Run `fabro model list` to see available models",
    ],
    [
      '§2 stylesheet_model_known',
      `${SHELL} model_stylesheet="* { provider: acme; }"`,
      'warning',
      "Unknown provider 'acme' in stylesheet rule '*'. Valid providers: big, small",
    ],
    [
      '§2 node_model_known',
      `${SHELL} work [model=gpt-6]`,
      'warning',
      "Unknown model 'gpt-6' on node 'work'. Run `fabro model list` to see available models",
    ],
    [
      '§2 node_model_known',
      `${SHELL} work [provider=acme]`,
      'warning',
      "Unknown provider 'acme' on node 'work'. Valid providers: big, small",
    ],
    [
      '§2 thread_id_requires_fidelity_full',
      `${SHELL} work [thread_id=t]`,
      'warning',
      "Node 'work' has thread_id but fidelity is not 'full'",
    ],
    [
      '§2 thread_id_requires_fidelity_full',
      `${SHELL} work -> exit [thread_id=t]`,
      'warning',
      "Edge work -> exit has thread_id but fidelity is not 'full'",
    ],
    [
      '§2 thread_id_requires_fidelity_full',
      `${SHELL} default_thread=t`,
      'warning',
      "Graph has default_thread but default_fidelity is not 'full'",
    ],
  ])('%s: %s', (rule, body, severity, message) => {
    expect(messages(body, rule.slice('§2 '.length))).toEqual([[severity, message]]);
  });

  it('§2 reachability is sorted, counts retry targets as ways, and waits for a start node', () => {
    expect(messages(`${SHELL} z; b; a -> b`, 'reachability')).toEqual([
      ['warning', "Node 'a' is not reachable from the start node"],
      ['warning', "Node 'b' is not reachable from the start node"],
      ['warning', "Node 'z' is not reachable from the start node"],
    ]);
    expect(messages(`${SHELL} work [retry_target=fix] fix -> exit`, 'reachability')).toEqual([]);
    expect(messages('exit; a', 'reachability')).toEqual([]);
  });

  it('§2 edge_target_exists speaks about graphs that a program put together', () => {
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
    [`${SHELL} work [fidelity="summary:low"]`, 'fidelity_valid'],
    [`${SHELL} work [thread_id=t, fidelity=full]`, 'thread_id_requires_fidelity_full'],
    [`${SHELL} default_fidelity=full; work [thread_id=t]`, 'thread_id_requires_fidelity_full'],
    [
      `${SHELL} work [fidelity=full] start -> work [thread_id=t]`,
      'thread_id_requires_fidelity_full',
    ],
    [`${SHELL} start -> work [thread_id=t, fidelity=full]`, 'thread_id_requires_fidelity_full'],
    [`${SHELL} work [model=LARGE]`, 'node_model_known'],
    [`${SHELL} model_stylesheet=""`, 'stylesheet_syntax'],
  ])('%s is no finding of %s', (body, rule) => {
    expect(messages(body, rule)).toEqual([]);
  });

  it('a provider whose models are not listed takes any model', () => {
    expect(check(`${SHELL} work [model=anything, provider=open]`)).toEqual([]);
    expect(check(`${SHELL} default_provider=open; work [model=anything]`)).toEqual([]);
    expect(check(`${SHELL} model_stylesheet="* { model: anything; provider: open }"`)).toEqual([]);
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
    expect(check(`${SHELL} work [type="wait.human"]`)[0]?.fix).toBe('Write type="human"');
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

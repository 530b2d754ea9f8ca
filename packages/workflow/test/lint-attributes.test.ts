/** The rules that this project adds: what is silently ignored is said. */
import { describe, expect, it } from 'vitest';
import { type Diagnostic, LINT_RULES, lint } from '@fabro/workflow';
import { applyStylesheet } from '../src/stylesheet/apply.js';
import { graphOf } from './graph-of.js';
import { MODELS } from './models.js';

const SHELL =
  'start [shape=Mdiamond] exit [shape=Msquare] start -> work -> exit; work [label=Work]';

function check(body: string): Diagnostic[] {
  return lint({ graph: applyStylesheet(graphOf(body)), path: 'w/main.fabro', models: MODELS });
}

/** Rule, message and fix of all that is found. */
function found(body: string): (string | null)[][] {
  return check(body).map(({ rule, message, fix }) => [rule, message, fix]);
}

it('the rules of our own run after those of the reference, warnings and remarks', () => {
  const own = LINT_RULES.filter(({ source }) => source === 'ours');
  expect(LINT_RULES.slice(-own.length)).toEqual(own);
  expect(own.map(({ name, severity }) => `${severity} ${name}`)).toEqual([
    'warning attribute_type',
    'warning attribute_value',
    'warning attribute_known',
    'info attribute_place',
    'warning attribute_required',
    'warning condition_outcome_known',
    'warning condition_parentheses',
    'warning default_choice_exists',
    'warning default_model_known',
    'warning stylesheet_property_known',
    'info prompt_placeholder',
  ]);
});

describe('attribute_type: a value of a type that is not read (§1.1)', () => {
  it.each([
    [
      'work [timeout=600]',
      "Node 'work' has timeout=600, a whole number, where a duration is expected; it has no effect",
      'Write timeout=600s; the units are ms, s, m, h and d',
    ],
    [
      'work [timeout="10 minutes"]',
      'Node \'work\' has timeout="10 minutes", a text, where a duration is expected; it has no effect',
      'Write timeout=10m; the units are ms, s, m, h and d',
    ],
    [
      'work [timeout=soon]',
      'Node \'work\' has timeout="soon", a text, where a duration is expected; it has no effect',
      'Write timeout=10m; the units are ms, s, m, h and d',
    ],
    [
      'work [goal_gate="true", retry_target=work]',
      'Node \'work\' has goal_gate="true", a text, where true or false is expected; it has no effect',
      'Write goal_gate=true, without quotes',
    ],
    [
      'work [auto_status=yes]',
      'Node \'work\' has auto_status="yes", a text, where true or false is expected; it has no effect',
      'Write auto_status=true or auto_status=false',
    ],
    [
      'work [max_retries="5"]',
      'Node \'work\' has max_retries="5", a text, where a whole number is expected; it has no effect',
      'Write max_retries=5, without quotes',
    ],
    [
      'work [max_visits=2.5]',
      "Node 'work' has max_visits=2.5, a number, where a whole number is expected; it has no effect",
      'Write a whole number, as max_visits=3',
    ],
    [
      'work [max_visits=many]',
      'Node \'work\' has max_visits="many", a text, where a whole number is expected; it has no effect',
      'Write a number, as max_visits=3',
    ],
    [
      'work [prompt=p, label="5m"]',
      'Node \'work\' has label="5m", a duration, where a text is expected; it has no effect',
      'Write label="after 5m", or with another word: a text that is only a duration is read as one',
    ],
    [
      'work [thread_id=5, fidelity=full]',
      "Node 'work' has thread_id=5, a whole number, where a text is expected; it has no effect",
      'Write thread_id="5", with quotes',
    ],
    [
      'work [selection=true]',
      "Node 'work' has selection=true, a boolean, where a text is expected; it has no effect",
      'Use one of: deterministic, random',
    ],
    [
      'work -> exit [weight="2"]',
      'Edge work -> exit has weight="2", a text, where a number is expected; it has no effect',
      'Write weight=2, without quotes',
    ],
    [
      'work -> exit [condition=true]',
      'Edge work -> exit has condition=true, a boolean, where a text is expected; it has no effect',
      'Write condition="true", with quotes',
    ],
    [
      'stall_timeout=0',
      'Graph has stall_timeout=0, a whole number, where a duration is expected; it has no effect',
      'Write stall_timeout=0s; the units are ms, s, m, h and d',
    ],
    [
      'goal=5m',
      'Graph has goal="5m", a duration, where a text is expected; it has no effect',
      'Write goal="after 5m", or with another word: a text that is only a duration is read as one',
    ],
  ])('%s', (statement, message, fix) => {
    expect(found(`${SHELL}; ${statement}`)).toEqual([['attribute_type', message, fix]]);
  });

  it.each([
    'work [weight="2"]',
    'work [duration=5]',
    'work [script=5]',
    'work [priority="1"]',
    'work -> exit [weight=0.5]',
    'work [class="a, b"]',
    'work [timeout="{{ inputs.patience }}", retry_policy="{{ inputs.policy }}"]',
  ])('%s is no finding: nobody reads it, or it is right', (statement) => {
    expect(found(`${SHELL}; ${statement}`)).toEqual([]);
  });

  it('cuts a long text', () => {
    const [[, message] = []] = found(`${SHELL}; work [timeout="${'x'.repeat(100)}"]`);
    expect(message).toContain(`timeout="${'x'.repeat(40)}…", a text`);
  });
});

describe('attribute_value: a value without a meaning', () => {
  it.each([
    [
      'work [shape=component, join_policy=wait_al] work -> exit',
      'Node \'work\' has join_policy="wait_al"; expected one of wait_all, first_success',
      'Write join_policy=wait_all',
    ],
    [
      'work [reasoning_effort=extreme]',
      'Node \'work\' has reasoning_effort="extreme"; expected one of low, medium, high',
      'Use one of: low, medium, high',
    ],
    [
      'work [retry_policy=standrad]',
      'Node \'work\' has retry_policy="standrad"; expected one of none, standard, aggressive, linear, patient',
      'Write retry_policy=standard',
    ],
    [
      'work [shape=parallelogram, script=x, language=bash]',
      'Node \'work\' has language="bash"; expected one of shell, python',
      'Use one of: shell, python',
    ],
    [
      'work [backend=shell]',
      'Node \'work\' has backend="shell"; expected one of api, cli',
      'Use one of: api, cli',
    ],
    [
      'work [shape=hexgon, prompt=p]',
      'Node \'work\' has shape="hexgon"; expected one of Mdiamond, Msquare, box, tab, hexagon, diamond, component, tripleoctagon, parallelogram, house, insulator',
      'Write shape=hexagon',
    ],
    [
      'work [shape=component, max_parallel=0]',
      "Node 'work' has max_parallel=0; expected 1 or more",
      'Write max_parallel=1, or more',
    ],
    [
      'loop_restart_signature_limit=0',
      'Graph has loop_restart_signature_limit=0; expected 1 or more',
      'Write loop_restart_signature_limit=1, or more',
    ],
  ])('%s', (statement, message, fix) => {
    expect(found(`${SHELL}; ${statement}`)).toEqual([['attribute_value', message, fix]]);
  });

  it.each(['work [shape=ellipse]', 'work [language=bash]', 'max_node_visits=0'])(
    '%s is no finding: it draws, is read by nobody, or means something',
    (statement) => {
      expect(found(`${SHELL}; ${statement}`)).toEqual([]);
    },
  );

  it('of the stylesheet is shown in the stylesheet', () => {
    const [diagnostic] = check(`${SHELL}\nmodel_stylesheet="\n* { reasoning_effort: extreme; }"`);
    expect([diagnostic?.rule, diagnostic?.node_id, diagnostic?.position]).toMatchObject([
      'attribute_value',
      'work',
      { line: 4, column: 5 },
    ]);
  });
});

describe('attribute_known: a name that is nearly one', () => {
  it.each([
    [
      'work [promt=x]',
      "Node 'work' has attribute 'promt', which is not known; it has no effect",
      "Did you mean 'prompt'?",
    ],
    [
      'work [max_retrys=1]',
      "Node 'work' has attribute 'max_retrys', which is not known; it has no effect",
      "Did you mean 'max_retries'?",
    ],
    [
      'work [goalGate=true]',
      "Node 'work' has attribute 'goalGate', which is not known; it has no effect",
      "Did you mean 'goal_gate'?",
    ],
    [
      'work -> exit [lable=x]',
      "Edge work -> exit has attribute 'lable', which is not known; it has no effect",
      "Did you mean 'label'?",
    ],
    [
      'default_modl=large',
      "Graph has attribute 'default_modl', which is not known; it has no effect",
      "Did you mean 'default_model'?",
    ],
    [
      'work [llm_model=large]',
      "Node 'work' has attribute 'llm_model', which is not known; it has no effect",
      'Write model, which it is called here',
    ],
    [
      'default_max_retry=3',
      "Graph has attribute 'default_max_retry', which is not known; it has no effect",
      'Write default_max_retries, which it is called here',
    ],
  ])('%s', (statement, message, fix) => {
    expect(found(`${SHELL}; ${statement}`)).toEqual([['attribute_known', message, fix]]);
  });
});

describe('attribute_place: a name that is read at another element', () => {
  it.each([
    [
      'work [condition="x"]',
      "Node 'work' has attribute 'condition', which is read at edges only; it has no effect",
      'Move it to an edge',
    ],
    [
      'work -> exit [prompt=x]',
      "Edge work -> exit has attribute 'prompt', which is read at nodes only; it has no effect",
      'Move it to a node',
    ],
    [
      'work [stall_timeout=5m]',
      "Node 'work' has attribute 'stall_timeout', which is read at the graph only; it has no effect",
      'Move it to the graph',
    ],
    [
      'max_visits=3',
      "Graph has attribute 'max_visits', which is read at nodes only; it has no effect",
      'Write max_node_visits, or move it to a node',
    ],
    [
      'fidelity=full',
      "Graph has attribute 'fidelity', which is read at nodes and edges only; it has no effect",
      'Write default_fidelity, or move it to a node or an edge',
    ],
    [
      'model=large',
      "Graph has attribute 'model', which is read at nodes only; it has no effect",
      'Write default_model, or move it to a node',
    ],
  ])('%s', (statement, message, fix) => {
    expect(found(`${SHELL}; ${statement}`)).toEqual([['attribute_place', message, fix]]);
  });

  it.each([
    'work [color=red, style=filled, fillcolor="#eee", height=2, penwidth=1, tooltip=x]',
    'work [team=core, owner="me", priority=1, phase=2, tag=x, notes="n", ticket="A-1"]',
    'work -> exit [style=dashed, color=gray, arrowhead=none, minlen=2, owner=x]',
    'fontname="Helvetica"; nodesep=0.5; bgcolor=white; version="2"; author=x; type=ci; duration=5m',
  ])('%s belongs to the author', (statement) => {
    expect(found(`${SHELL}; ${statement}`)).toEqual([]);
  });
});

describe('attribute_required: a node that can only fail (§3.2)', () => {
  it.each([
    [
      'work [shape=parallelogram]',
      "Node 'work' is a command without script, so it can only fail",
      'Add it: work [script="npm test"]',
    ],
    [
      'work [shape=parallelogram, script=""]',
      "Node 'work' is a command without script, so it can only fail",
      'Add it: work [script="npm test"]',
    ],
    [
      'work [shape=insulator]',
      "Node 'work' is a wait without duration, so it can only fail",
      'Add it: work [duration=30s]',
    ],
  ])('%s', (statement, message, fix) => {
    expect(found(`${SHELL}; ${statement}`)).toEqual([['attribute_required', message, fix]]);
  });

  it.each(['work [shape=parallelogram, tool_command=x]', 'work [shape=insulator, duration=1s]'])(
    '%s has it',
    (statement) => {
      expect(found(`${SHELL}; ${statement}`)).toEqual([]);
    },
  );
});

describe('condition_outcome_known: an outcome that is none (§4.2)', () => {
  const shell = (condition: string): string =>
    `start -> g; g -> exit [condition="${condition}"]; g -> exit; g [label=G]`;

  it.each([
    ['outcome=success', 'never', 'Write outcome=succeeded'],
    ['context.x=1 && outcome=fail', 'never', 'Write outcome=failed'],
    ['!outcome!=partial_success', 'always', 'Write outcome!=partially_succeeded'],
    ['outcome=sucseeded', 'never', 'Write outcome=succeeded'],
    [
      'outcome=approved',
      'never',
      'Use one of: succeeded, partially_succeeded, failed, skipped; for a label of the answer, compare preferred_label',
    ],
  ])('%s %s holds', (condition, holds, fix) => {
    const clause = /outcome!?=\w+/.exec(condition)?.[0] ?? '';
    expect(found(shell(condition))).toEqual([
      [
        'condition_outcome_known',
        `Condition '${condition}' on edge g -> exit: '${clause}' ${holds} holds; outcomes are succeeded, partially_succeeded, failed, skipped`,
        fix,
      ],
    ]);
  });

  it.each([
    'outcome=succeeded',
    'outcome!=failed',
    'context.outcome=success',
    'outcome contains succ',
  ])('%s is fine', (condition) => {
    expect(found(shell(condition))).toEqual([]);
  });
});

it('condition_parentheses: parentheses do not group (§4.2)', () => {
  const shell = (condition: string): string =>
    `start -> g; g -> exit [condition="${condition}"]; g -> exit; g [label=G]`;
  for (const condition of ['(context.a=1 || context.b) && context.c', 'x && !(y=1)'])
    expect(found(shell(condition))).toEqual([
      [
        'condition_parentheses',
        `Condition '${condition}' on edge g -> exit has parentheses, which group nothing: it asks for a context key '${condition.startsWith('(') ? '(context.a' : '(y'}'`,
        'Leave them out: && binds closer than ||; what that cannot say takes several edges to the same node',
      ],
    ]);
  expect(found(shell('context.call=f(x)'))).toEqual([]);
});

describe('prompt_placeholder: $goal of older releases (§1.3)', () => {
  it.each(['$goal', '${goal}'])('%s in a prompt is told', (text) => {
    expect(found(`start -> w -> exit; w [label=W, prompt="Plan: ${text}."]`)).toEqual([
      [
        'prompt_placeholder',
        `Node 'w' has '${text}' in its prompt, which is not replaced: the model reads it as it is`,
        'Write {{ goal }}',
      ],
    ]);
  });

  it('in a script is a variable of the shell, and $goals is another word', () => {
    const script = 'c [shape=parallelogram, label=C, script="echo $goal"]';
    expect(found(`start -> c -> w -> exit; ${script}; w [label=W, prompt="$goals"]`)).toEqual([]);
  });
});

describe('default_choice_exists: the default of a human gate', () => {
  const GATE =
    'start -> g; g -> a [label="[Y] Yes"]; g -> exit [label="No"]; a [label=A] a -> exit;';

  it('that is no choice is reported', () => {
    expect(found(`${GATE} g [shape=hexagon, label=G, human.default_choice=maybe]`)).toEqual([
      [
        'default_choice_exists',
        "Node 'g' has human.default_choice 'maybe', which is none of its choices",
        'Use the target of a choice: a, exit',
      ],
    ]);
  });

  it.each(['a', 'y', 'Y', '"[Y] Yes"', 'no', 'exit'])('may be %s', (choice) => {
    expect(found(`${GATE} g [shape=hexagon, label=G, human.default_choice=${choice}]`)).toEqual([]);
  });
});

it('default_model_known: a default of the graph that is not known is reported', () => {
  expect(found(`${SHELL}; default_model=larg; default_provider=acme`)).toEqual([
    [
      'default_model_known',
      "Unknown model 'larg' as default of the graph. Run `fabro model list` to see available models",
      "Did you mean 'large'?",
    ],
    [
      'default_model_known',
      "Unknown provider 'acme' as default of the graph. Valid providers: big, small",
      'Use one of: big, small',
    ],
  ]);
  expect(found(`${SHELL}; default_model=large; default_provider=big`)).toEqual([]);
});

it('stylesheet_property_known: a property that is ignored is reported', () => {
  expect(found(`${SHELL}; model_stylesheet="* { modle: large; }"`)).toEqual([
    [
      'stylesheet_property_known',
      "Stylesheet rule '*' has property 'modle', which is not known; it has no effect",
      "Did you mean 'model'? Use one of: model, provider, reasoning_effort, speed, backend",
    ],
  ]);
});

it('an attribute that many elements share is reported once, where it is written', () => {
  const diagnostics = check(
    'node [timeout=600]\nedge [weight="1"]\nstart -> a -> b -> exit; a [label=A] b [label=B]',
  );
  expect(diagnostics.map(({ rule, position }) => [rule, position?.line])).toEqual([
    ['attribute_type', 2],
    ['attribute_type', 3],
  ]);
});

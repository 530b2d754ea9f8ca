import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@fabro/protocol';
import {
  type Graph,
  type RoutingOutcome,
  type Selection,
  normalizeLabel,
  selectEdge,
} from '@fabro/workflow';
import { graphOf, nodeOf } from './graph-of.js';

function neverRandom(): number {
  throw new Error('asked for a random number');
}

interface Options {
  readonly context?: Readonly<Record<string, JsonValue>>;
  readonly random?: () => number;
}

function select(graph: Graph, outcome: RoutingOutcome, options: Options = {}): Selection {
  const context = options.context ?? {};
  return selectEdge({
    graph,
    node: nodeOf(graph, 'n'),
    outcome,
    context: (key) => context[key],
    random: options.random ?? neverRandom,
  });
}

function route(body: string, outcome: RoutingOutcome, options: Options = {}): string {
  const selection = select(graphOf(body), outcome, options);
  switch (selection.kind) {
    case 'jump':
    case 'edge':
      return `${selection.reason} ${selection.to}`;
    case 'retry_target':
      return `retry ${selection.to}`;
    case 'none':
      return selection.cause;
  }
}

const succeeded = { status: 'succeeded' } as const;
const failed = { status: 'failed' } as const;

describe('edge selection (§4.1)', () => {
  // §4.1 jump, §4.1 condition, §4.1 preferred_label, §4.1 suggested_next_ids, §4.1 failed human,
  // §4.1 unconditional, §4.1 weight, §4.1 lexical tie
  it.each<[string, string, RoutingOutcome, string]>([
    [
      'a jump comes first',
      'n -> a [condition="outcome=succeeded"]; b',
      { ...succeeded, jumpToNode: 'b' },
      'jump b',
    ],
    [
      'a jump to nowhere is a defect',
      'n -> a',
      { ...succeeded, jumpToNode: 'zz' },
      'missing_jump_target',
    ],
    [
      'a true condition beats a preference',
      'n -> a [condition="outcome=succeeded"] n -> b [label=B]',
      { ...succeeded, preferredLabel: 'B' },
      'condition a',
    ],
    [
      'a false condition is passed over',
      'n -> a [condition="outcome=failed"] n -> b',
      succeeded,
      'unconditional b',
    ],
    [
      'a broken condition is false',
      'n -> a [condition="outcome==succeeded"] n -> b',
      succeeded,
      'unconditional b',
    ],
    ['a blank condition is none', 'n -> a [condition=" "]', succeeded, 'unconditional a'],
    [
      'the heaviest true condition wins',
      'n -> a [condition="x="] n -> b [condition="y=", weight=2]',
      succeeded,
      'condition b',
    ],
    [
      'ties go to the lexically smallest target',
      'n -> c; n -> b; n -> d',
      succeeded,
      'unconditional b',
    ],
    ['weight beats the name', 'n -> a; n -> z [weight=1]', succeeded, 'unconditional z'],
    [
      'a negative weight is lower than none',
      'n -> a [weight=-1]; n -> z',
      succeeded,
      'unconditional z',
    ],
    [
      'the preferred label',
      'n -> a [label="Fix it"] n -> b [label="[S] Ship it"]',
      { ...succeeded, preferredLabel: ' ship IT ' },
      'preferred_label b',
    ],
    [
      'the first of equal labels',
      'n -> z [label=x] n -> a [label=x]',
      { ...succeeded, preferredLabel: 'x' },
      'preferred_label z',
    ],
    [
      'a label on a conditional edge is no preference',
      'n -> a [label=x, condition="outcome=failed"] n -> b',
      { ...succeeded, preferredLabel: 'x' },
      'unconditional b',
    ],
    [
      'suggestions in their order',
      'n -> a; n -> b; n -> c',
      { ...succeeded, suggestedNextIds: ['zz', 'c', 'a'] },
      'suggested_next c',
    ],
    [
      'a suggestion follows unconditional edges only',
      'n -> a [condition="outcome=failed"] n -> b',
      { ...succeeded, suggestedNextIds: ['a'] },
      'unconditional b',
    ],
    [
      'a preference beats a suggestion',
      'n -> a; n -> b [label=B]',
      { ...succeeded, preferredLabel: 'b', suggestedNextIds: ['a'] },
      'preferred_label b',
    ],
    ['a failed human node stays closed', 'n [shape=hexagon] n -> a', failed, 'no_edge'],
    [
      'a failed human node follows a condition',
      'n [shape=hexagon] n -> a [condition="outcome=failed"]',
      failed,
      'condition a',
    ],
    [
      'a failed human node with a suggestion goes on',
      'n [shape=hexagon] n -> a',
      { ...failed, suggestedNextIds: ['zz'] },
      'unconditional a',
    ],
    [
      'a human node that succeeded goes on',
      'n [shape=hexagon] n -> a',
      succeeded,
      'unconditional a',
    ],
    ['other failed stages follow unconditional edges', 'n -> a', failed, 'unconditional a'],
    ['no edge ends the walk', 'n', succeeded, 'no_edge'],
    [
      "failed without an edge: the node's retry target",
      'n [retry_target=a, fallback_retry_target=b] a b',
      failed,
      'retry a',
    ],
    [
      'a retry target that exists is taken',
      'n [retry_target=zz, fallback_retry_target=b] b',
      failed,
      'retry b',
    ],
    ["then the graph's", 'fallback_retry_target=c; n [retry_target=zz] c', failed, 'retry c'],
    ['a success has no retry target', 'n [retry_target=a] a', succeeded, 'no_edge'],
    [
      'a closed human gate goes to its retry target',
      'n [shape=hexagon, retry_target=a] n -> a',
      failed,
      'retry a',
    ],
  ])('%s', (_, body, outcome, expected) => {
    expect(route(body, outcome)).toBe(expected);
  });

  it('gives the edge itself, with condition and label', () => {
    const selection = select(graphOf('n -> a [condition="passed=yes", label=Go]'), succeeded, {
      context: { passed: 'yes' },
    });
    expect(selection).toMatchObject({
      kind: 'edge',
      reason: 'condition',
      edge: { from: 'n', to: 'a', condition: { text: 'passed=yes' } },
    });
  });

  // §4.1 selection=random, §4.1 weight of zero
  it.each([
    [0, 'a'],
    [0.59, 'a'],
    [0.61, 'b'],
    [0.79, 'b'],
    [0.81, 'c'],
    [0.999, 'c'],
  ])('selection=random by weight, where 0 and less count as 1: %d is %s', (random, to) => {
    const body = 'n [selection=random] n -> a [weight=3] n -> b [weight=-4] n -> c';
    expect(route(body, succeeded, { random: () => random })).toBe(`unconditional ${to}`);
  });

  it('asks for a random number only where there is a choice at random', () => {
    expect(route('n [selection=random] n -> a', succeeded)).toBe('unconditional a');
    expect(route('n -> a; n -> b', succeeded)).toBe('unconditional a');
  });

  // §4.1 label normalisation
  it.each([
    ['  Ship It ', 'ship it'],
    ['[S] Ship', 'ship'],
    ['[Any Text]  Ship', 'ship'],
    ['s) Ship', 'ship'],
    ['S - Ship', 'ship'],
    ['ab) Ship', 'ab) ship'],
    ['AB - Ship', 'ab - ship'],
    ['S-Ship', 's-ship'],
    ['[open', '[open'],
    ['', ''],
  ])('normalises the label %j to %j', (label, normal) => {
    expect(normalizeLabel(label)).toBe(normal);
  });
});

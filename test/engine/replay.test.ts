/** What is in the journal is what is in memory (decisions 1 and 8). */
import { foldStream, type RunState } from '@fabro/engine';
import type { AnyEvent, EventDraft } from '@fabro/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUN, walk, type LiveScenario } from './live-run.js';

const ends = 'start [shape=Mdiamond] exit [shape=Msquare]';
const digraph = (body: string): string => `digraph G { graph [max_node_visits=3] ${ends} ${body} }`;
const ok = () => ({ exit: 0, stdout: 'ok' });

/** Without the epoch: the lease tells it to the live state, and to the stream only when a run is taken over. */
function plain(state: RunState): unknown {
  return JSON.parse(
    JSON.stringify(state, (key, value: unknown) =>
      key === 'epoch' ? undefined : value instanceof Map ? [...value] : value,
    ),
  );
}

const answered = (event: AnyEvent): EventDraft | undefined =>
  event.event === 'interview.started'
    ? {
        event: 'interview.completed',
        properties: {
          question_id: String(event.properties['question_id']),
          answer: { kind: 'yes' },
        },
      }
    : undefined;

const scenarios: Readonly<Record<string, LiveScenario>> = {
  'a loop with commits': {
    source: digraph(
      't [shape=parallelogram, script="t"] gate [shape=diamond] f [shape=parallelogram, script="f"] start -> t -> gate gate -> exit [condition="outcome=succeeded"] gate -> f f -> t',
    ),
    script: (command, visit) => ({ exit: command === 't' && visit < 3 ? 1 : 0 }),
    git: true,
  },
  'branches, a question and a nested parallel': {
    source: digraph(
      'p [shape=component] q [shape=component] a [shape=parallelogram, script="a"] b [shape=parallelogram, script="b"] ask [shape=hexagon] i [shape=tripleoctagon] j [shape=tripleoctagon] start -> p p -> q q -> a a -> i q -> b b -> i i -> j p -> ask ask -> j [label="[G] Go"] j -> exit',
    ),
    script: ok,
    git: true,
    others: answered,
  },
  'a first success with a nested parallel that is given up': {
    source: digraph(
      'p [shape=component, join_policy="first_success"] q [shape=component] a [shape=parallelogram, script="a"] ask [shape=hexagon] ask2 [shape=hexagon] i [shape=tripleoctagon] j [shape=tripleoctagon] start -> p p -> q q -> ask ask -> i [label="[G] Go"] q -> ask2 ask2 -> i [label="[G] Go"] i -> j p -> a a -> j j -> exit',
    ),
    script: ok,
    git: true,
  },
  retries: {
    source: digraph(
      's [shape=parallelogram, script="s", retry_policy="patient"] start -> s -> exit',
    ),
    script: (_command, _visit, tries) => ({ exit: 0, timedOut: tries < 3 }),
  },
};

describe.each(Object.entries(scenarios))('%s', (_name, scenario) => {
  it('folds from the journal to the state that the loop had', async () => {
    const run = await walk(scenario);
    expect(run.conclusion).toMatchObject({ status: 'completed' });
    expect(plain(foldStream(run.journal, RUN))).toEqual(plain(run.state));
    expect([...run.state.frames.keys()]).toEqual(['root']);
    expect([...run.world.worktrees.keys()]).toEqual(scenario.git === true ? ['/work'] : []);
  });
});

it('whatever the commands of a graph come to, memory and journal agree', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      async (results, git) => {
        let n = 0;
        const run = await walk({
          source: digraph(
            'p [shape=component] a [shape=parallelogram, script="a", max_retries=1] b [shape=parallelogram, script="b"] c [shape=parallelogram, script="c"] j [shape=tripleoctagon] start -> c c -> p p -> a a -> j p -> b b -> j j -> c [condition="outcome=failed"] j -> exit',
          ),
          git,
          script: () => {
            const result = results[n++ % results.length] ?? 0;
            return { exit: result === 1 ? 1 : 0, timedOut: result === 2 };
          },
        });
        expect(plain(foldStream(run.journal, RUN))).toEqual(plain(run.state));
      },
    ),
    { numRuns: 25 },
  );
});

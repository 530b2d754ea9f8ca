/** What stages that ask a model send, and what they make of the answer (§3.2, §5.2). */
import type { ModelEvent, ModelRequest } from '@fabro/models';
import { expect, test } from 'vitest';
import type { CrashPoint } from '../crash/crasher.js';
import { play, type Scenario } from '../crash/harness.js';

const ends = 'start [shape=Mdiamond] exit [shape=Msquare]';
const USAGE = {
  input_tokens: 1_200,
  output_tokens: 30,
  reasoning_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
};

function says(text: string): ModelEvent {
  return {
    type: 'finish',
    finishReason: 'stop',
    usage: USAGE,
    message: { role: 'assistant', content: [{ type: 'text', text }] },
  };
}

interface Sent {
  readonly system: string;
  readonly tools: readonly unknown[];
  readonly messages: ModelRequest['messages'];
}

async function run(
  body: string,
  more: Partial<Scenario> = {},
  crashes: readonly CrashPoint[] = [],
) {
  const asked: Sent[] = [];
  const outcome = await play(
    {
      source: `digraph G { ${ends} ${body} }`,
      script: () => ({ exit: 0, stdout: 'all green' }),
      answer: (request) => {
        asked.push(request);
        return says(`answer ${asked.length}`);
      },
      ...more,
    },
    crashes,
  );
  const stage = (id: string) =>
    outcome.events.find((e) => e.event === 'stage.completed' && e.stage_id === id)?.properties;
  return { ...outcome, asked, stage };
}

/** Texts of a conversation, with who said them. */
function talk({ messages }: Sent): readonly string[] {
  return messages.flatMap(({ role, content }) =>
    content.map((part) => `${role}: ${'text' in part ? part.text : part.type}`),
  );
}

// §5.1 last_stage, §5.1 last_response, §5.1 response.<node>
test('§3.2 prompt: one question without tools, with the project documents as its system text', async () => {
  const { asked, stage, events } = await run('q [shape=tab, prompt="Why?"] start -> q -> exit', {
    files: { 'AGENTS.md': 'Be brief.\n' },
  });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ system: 'Be brief.', tools: [] });
  expect(talk(asked[0] as Sent)).toEqual(['user: Why?']);
  expect(stage('q@1')).toMatchObject({
    status: 'succeeded',
    notes: 'Stage completed: q',
    context_updates: { last_stage: 'q', last_response: 'answer 1', 'response.q': 'answer 1' },
  });
  expect(events.find((e) => e.event === 'prompt.completed')?.properties).toMatchObject({
    response: 'answer 1',
    model: 'world-1',
    provider: 'world',
    billing: { input_tokens: 1_200 },
  });
  expect(events.find((e) => e.event === 'stage.prompt')?.properties).toMatchObject({
    text: 'Why?',
    mode: 'prompt',
  });
});

test('§3.2 prompt with project_memory=false has no system text', async () => {
  const { asked } = await run(
    'q [shape=tab, prompt="Why?", project_memory=false] start -> q -> exit',
    { files: { 'AGENTS.md': 'Be brief.' } },
  );
  expect(asked[0]?.system).toBe('');
});

test('§5.2 compact: an agent is told the goal, the stages before it and what a command printed', async () => {
  const { asked } = await run(
    'graph [goal="Ship"] t [shape=parallelogram, script="npm test"] a [prompt="Go on."] start -> t -> a -> exit',
  );
  expect(talk(asked[0] as Sent)).toEqual([
    `user: Goal: Ship

## Completed stages
- **t**: succeeded
  - Script: \`npm test\`
  - Stdout:
    \`\`\`
    all green
    \`\`\`
  - Stderr: (empty)


Go on.`,
  ]);
});

test('§5.2 an agent in a branch is told of the stages before the fork, and not of the other branch', async () => {
  const { asked } = await run(
    't [shape=parallelogram, script="npm test"] fork [shape=component, max_parallel=1] a [prompt="A"] b [prompt="B"] join [shape=tripleoctagon] start -> t -> fork fork -> a -> join fork -> b -> join join -> exit',
  );
  const [first, second] = asked.map((sent) => talk(sent)[0]);
  expect(first).toContain('- **t**: succeeded');
  expect(second).toContain('- **t**: succeeded');
  expect(second).not.toContain('- **a**');
});

test('§5.2 fidelity comes from the edge before the node before the graph', async () => {
  const { asked } = await run(
    'graph [goal="Ship", default_fidelity="summary:high"] a [prompt="A"] b [prompt="B", fidelity=truncate] c [prompt="C", fidelity=truncate] start -> a -> b b -> c [fidelity="summary:low"] c -> exit',
  );
  const [a, b, c] = asked.map((sent) => talk(sent)[0] ?? '');
  expect(a).toContain('Pipeline progress: 0 of 3 stages completed');
  expect(b).not.toContain('stage(s)');
  expect(b).toContain('Run ID: ');
  expect(c).toContain('Completed 2 stage(s) so far.');
});

// §5.2 start and exit
test('§5.2 a preamble leaves out start and exit, ends with a line end, and shortens tokens', async () => {
  const asked: Sent[] = [];
  await run('a [prompt="A"] b [prompt="B", fidelity=compact] start -> a -> b -> exit', {
    answer: (request) => {
      asked.push(request);
      const answer = says('x');
      return answer.type === 'finish'
        ? { ...answer, usage: { ...USAGE, input_tokens: 1_234_567, output_tokens: 1_234 } }
        : answer;
    },
  });
  expect(talk(asked[1] as Sent)).toEqual([
    'user: ## Completed stages\n- **a**: succeeded\n  - Model: world-1, 1.2m tokens in / 1.2k out\n\n\nB',
  ]);
});

// §5.2 session reuse, §5.1 thread.<tid>.current_node
test('§5.2 full: stages of one thread share one conversation, others do not hear of it', async () => {
  const { asked, stage } = await run(
    'graph [default_fidelity=full] a [prompt="First", thread_id=x] other [prompt="Else", thread_id=y] b [prompt="Second", thread_id=x] start -> a -> other -> b -> exit',
  );
  expect(asked.map(talk)).toEqual([
    ['user: First'],
    ['user: Else'],
    ['user: First', 'assistant: answer 1', 'user: Second'],
  ]);
  expect(stage('b@1')?.['context_updates']).toMatchObject({ 'thread.x.current_node': 'b' });
});

// §5.2 after resume
test('§5.2 full: a stage goes on in full after a restart, with all that its thread has said', async () => {
  const body =
    'graph [default_fidelity=full, default_thread=x] a [prompt="First"] b [prompt="Second"] start -> a -> b -> exit';
  const whole = ['user: First', 'assistant: said', 'user: Second'];
  const calm = await run(body);
  for (let call = 1; call <= (calm.calls[0] ?? 0); call++) {
    const asked: Sent[] = [];
    const { events, conclusion } = await run(
      body,
      {
        answer: (request) => {
          asked.push(request);
          return says('said');
        },
      },
      [{ call, when: 'after' }],
    );
    expect(conclusion).toMatchObject({ status: 'completed' });
    expect(talk(asked.at(-1) as Sent)).toEqual(whole);
    const prompts = events.filter((e) => e.event === 'stage.prompt');
    expect(new Set(prompts.map((e) => e.properties['fidelity']))).toEqual(new Set(['full']));
  }
});

test('§5.2 full: what one session of a thread has read, the next may write', async () => {
  const call = (tool_name: string, input: Record<string, string>): ModelEvent => ({
    type: 'finish',
    finishReason: 'tool_calls',
    usage: USAGE,
    message: {
      role: 'assistant',
      content: [{ type: 'tool_call', tool_call_id: tool_name, tool_name, input }],
    },
  });
  const file_path = '/work/a.txt';
  const play = (fidelity: string) =>
    run(
      `graph [default_fidelity=${fidelity}, default_thread=x] a [prompt="Look"] b [prompt="Mend"] start -> a -> b -> exit`,
      {
        files: { [file_path]: 'wrong' },
        answer: ({ messages }) => {
          const said = JSON.stringify(messages.at(-1));
          if (said.includes('Look')) return call('read_file', { file_path });
          return said.includes('Mend')
            ? call('write_file', { file_path, content: 'right' })
            : says('done');
        },
      },
    );
  const refusedIn = ({ events }: Awaited<ReturnType<typeof play>>) =>
    events.some(
      (e) => e.event === 'agent.tool.completed' && e.stage_id === 'b@1' && e.properties['is_error'],
    );
  expect(refusedIn(await play('full'))).toBe(false);
  expect(refusedIn(await play('compact'))).toBe(true);
});

test('§5.2 thread: of the edge, the node, the graph, the first class, else the node before', async () => {
  const { events } = await run(
    'a [prompt="A"] b [prompt="B", class="k,l"] c [prompt="C", thread_id=own] d [prompt="D"] start -> a -> b -> c c -> d [thread_id=edge] d -> exit',
  );
  const threads = events
    .filter((e) => e.event === 'stage.prompt')
    .map((e) => e.properties['thread_id']);
  expect(threads).toEqual(['start', 'k', 'own', 'edge']);
});

test('§5.2 full: a thread that a branch goes on is its own', async () => {
  const { asked } = await run(
    'graph [default_fidelity=full, default_thread=x] a [prompt="First"] fork [shape=component, max_parallel=1] l [prompt="Left"] r [prompt="Right"] join [shape=tripleoctagon] z [prompt="Last"] start -> a -> fork fork -> l -> join fork -> r -> join join -> z -> exit',
  );
  expect(asked.map(talk)).toEqual([
    ['user: First'],
    ['user: First', 'assistant: answer 1', 'user: Left'],
    ['user: First', 'assistant: answer 1', 'user: Right'],
    ['user: First', 'assistant: answer 1', 'user: Last'],
  ]);
});

test('§3.2 a child workflow is told what its manager was, and what came before in itself', async () => {
  const { asked } = await run(
    'graph [goal="Whole"] a [prompt="A"] boss [shape=house, stack.child_workflow="child.fabro"] start -> a -> boss -> exit',
    {
      children: {
        'child.fabro': `digraph C { ${ends} graph [goal="Part"] c [prompt="C"] start -> c -> exit }`,
      },
    },
  );
  expect(talk(asked[1] as Sent)[0]).toMatch(
    /^user: ## Parent workflow context\nGoal: Whole\n[^]*- \*\*a\*\*: succeeded[^]*\n\n## Current sub-workflow\nGoal: Part\n/,
  );
});

test('§3.2 routing object: an agent may leave it in status.json', async () => {
  const { stage, events } = await run(
    'a [prompt="A"] b [shape=parallelogram, script="b"] start -> a a -> b [label="Later"] a -> exit [label="Now"] b -> exit',
    { files: { 'status.json': '{"preferred_next_label": "Later"}' } },
  );
  expect(stage('a@1')).toMatchObject({ preferred_label: 'Later' });
  expect(
    events.filter((e) => e.event === 'edge.selected').map((e) => e.properties['to_node']),
  ).toContain('b');
});

test('§3.2 parallel.fan_in with a prompt: the first candidate that the model names wins', async () => {
  const questions: string[] = [];
  const { stage } = await run(
    'fork [shape=component] a [shape=parallelogram, script="a"] ab [shape=parallelogram, script="ab"] join [shape=tripleoctagon, prompt="Which?"] start -> fork fork -> a -> join fork -> ab -> join join -> exit',
    {
      answer: (request) => {
        const [part] = request.messages[0]?.content ?? [];
        questions.push(part?.type === 'text' ? part.text : '');
        return says('ab, because a is shorter');
      },
    },
  );
  expect(questions).toEqual([
    `Which?

Parallel branch results:
[
  {
    "id": "a",
    "status": "succeeded"
  },
  {
    "id": "ab",
    "status": "succeeded"
  }
]

Respond with the ID of the best candidate.`,
  ]);
  expect(stage('join@1')).toMatchObject({
    notes: 'Selected best candidate: ab',
    context_updates: {
      'parallel.fan_in.best_id': 'ab',
      'parallel.fan_in.best_outcome': 'succeeded',
    },
    usage: { input_tokens: 1_200 },
  });
});

test('§3.2 parallel.fan_in is told what the models of the branches said last, and its reason is recorded', async () => {
  const questions: string[] = [];
  const { events, stage } = await run(
    'ask [shape=tab, prompt="First"] fork [shape=component] a [shape=tab, prompt="A"] a2 [shape=tab, prompt="A2"] b [shape=tab, prompt="B"] c [shape=parallelogram, script="c"] join [shape=tripleoctagon, prompt="Which?"] start -> ask -> fork fork -> a -> a2 -> join fork -> b -> join fork -> c -> join join -> exit',
    {
      answer: (request) => {
        const [part] = request.messages[0]?.content ?? [];
        const asked = part?.type === 'text' ? part.text : '';
        questions.push(asked);
        return says(
          asked.startsWith('Which?') ? 'b, it is brief' : `to ${asked.split('\n').at(-1)}`,
        );
      },
    },
  );
  const results = ['a', 'b', 'c'].map((id) => ({ id, status: 'succeeded' }));
  const responses = { a: 'to A2', b: 'to B' };
  expect(stage('fork@1')).toMatchObject({
    context_updates: { 'parallel.results': results, 'parallel.responses': responses },
  });
  const shown = results.map((r, at) => ({ ...r, response: Object.values(responses)[at] }));
  expect(questions.at(-1)).toContain(JSON.stringify(shown, null, 2));
  expect(
    events.findLast((e) => e.event === 'prompt.completed' && e.stage_id === 'join@1')?.properties,
  ).toMatchObject({ response: 'b, it is brief', billing: { input_tokens: 1_200 } });
});

test('§3.2 parallel.fan_in falls back to the rank when the model names nobody', async () => {
  const { stage } = await run(
    'fork [shape=component] a [shape=parallelogram, script="a"] b [shape=parallelogram, script="b"] join [shape=tripleoctagon, prompt="Which?"] start -> fork fork -> a -> join fork -> b -> join join -> exit',
  );
  expect(stage('join@1')).toMatchObject({ notes: 'Selected best candidate: a' });
});

test('§3.2 wait: lets its duration pass; without one it fails and is not tried again', async () => {
  const calm = await run('w [shape=insulator, duration=90s] start -> w -> exit');
  expect(calm.stage('w@1')).toMatchObject({ duration_ms: 90_000, notes: 'Waited: w' });
  const bad = await run(
    'w [shape=insulator, max_retries=3] start -> w w -> exit [condition="outcome=succeeded"] w -> exit',
  );
  const failed = bad.events.filter((e) => e.event === 'stage.failed');
  expect(failed).toHaveLength(1);
  expect(failed[0]?.properties['failure']).toMatchObject({
    message: 'wait node "w" is missing a valid `duration` attribute; write one like duration=30s',
  });
});

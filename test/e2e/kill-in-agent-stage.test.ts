/**
 * The server is killed inside the demo's agent stage. The judge is the provider: what it was sent, byte for
 * byte. Compared is with a run of the same id in the same folder that nothing interrupted, so that the
 * system prompt (folder, branch, date) is the same text.
 */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Twin, type TwinReply, startAnthropicTwin } from '../twins/index.js';
import { git, type Home, testHome } from './support/home.js';
import { expectNothingRuns } from './support/judge.js';
import { running } from './support/processes.js';
import { type Server, startServer } from './support/server.js';
import { until } from './support/wait.js';
import { anyArray } from './support/matchers.js';

const RUN = '01JNQVR7M0EJ5GKAT2SC4ERS1Z';
const EXAMPLE = fileURLToPath(new URL('../../examples/fix-failing-test/', import.meta.url));
/** Its output is the same each time, unlike that of a test runner, which prints how long it took. */
const LOOK = 'grep --count Math.round src/split.ts; git status --short';

const GRAPH = `digraph Fix {
  graph [goal = "Find out why this project's tests fail and repair the cause"]
  start [shape = Mdiamond]
  exit [shape = Msquare]
  fix [shape = box, label = "Fix", prompt = ${JSON.stringify(readFileSync(`${EXAMPLE}fix.md`, 'utf8'))}]
  start -> fix -> exit
}`;

const read = (id: string, path: string) => ({
  id,
  name: 'read_file',
  arguments: { file_path: path },
});

/** What the model does; its ids do not depend on how often it was asked. */
const TURNS: readonly TwinReply[] = [
  {
    reasoning: { text: 'First a look.', signature: 'c2lnbmF0dXJl' },
    text: 'I look first.',
    toolCalls: [{ id: 'toolu_look', name: 'shell', arguments: { command: LOOK } }],
  },
  { toolCalls: [read('toolu_settle', 'src/settle.ts'), read('toolu_split', 'src/split.ts')] },
  {
    reasoning: { text: 'Each share is rounded by itself.', signature: 'cm91bmRlZA==' },
    text: 'Here is the cause.',
    toolCalls: [
      {
        id: 'toolu_edit',
        name: 'edit_file',
        arguments: {
          file_path: 'src/split.ts',
          old_string: 'return weights.map((weight) => Math.round((total * weight) / sum));',
          new_string:
            'const parts = weights.map((weight) => Math.floor((total * weight) / sum));\n' +
            '  const missing = total - parts.reduce((all, part) => all + part, 0);\n' +
            '  let given = 0;\n' +
            '  return parts.map((part, i) => ((weights[i] ?? 0) > 0 && given++ < missing ? part + 1 : part));',
        },
      },
    ],
  },
  { toolCalls: [{ id: 'toolu_again', name: 'shell', arguments: { command: LOOK } }] },
  { text: 'The shares add up now.' },
];

const Sent = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content: z.json() })),
});
type Sent = z.infer<typeof Sent>;

const sent = (twin: Twin): readonly string[] =>
  twin.requests.map(({ path, body }) => `${path}\n${body.toString('utf8')}`);
const bodyOf = (request: string | undefined): Sent =>
  Sent.parse(JSON.parse(request?.slice(request.indexOf('\n') + 1) ?? ''));

/** The turn that a conversation has come to, whoever asks and however often. */
function turnOf(body: Buffer): number {
  const { messages } = Sent.parse(JSON.parse(body.toString('utf8')));
  return messages.filter((message) => message.role === 'assistant').length;
}

function project(home: Home): string {
  for (const left of ['storage', 'project'])
    rmSync(home.at(left), { recursive: true, force: true });
  cpSync(`${EXAMPLE}project`, home.at('project'), {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  return home.repository('project', {});
}

async function begin(
  home: Home,
  twin: Twin,
): Promise<{ server: Server; restart(): Promise<Server> }> {
  const env = { ANTHROPIC_API_KEY: 'sk-ant-none', ANTHROPIC_BASE_URL: twin.url };
  const server = await startServer(home, { env });
  await server.run(GRAPH, {
    run_id: RUN,
    cwd: home.at('project'),
    args: { provider: 'anthropic', model: 'claude-sonnet-4-6' },
  });
  return {
    server,
    async restart() {
      await server.kill();
      return startServer(home, { env });
    },
  };
}

/** What the provider is sent when nothing happens. */
async function uninterrupted(home: Home): Promise<readonly string[]> {
  project(home);
  const twin = await startAnthropicTwin((request) => TURNS[turnOf(request.body)] ?? { text: '' });
  try {
    const { server } = await begin(home, twin);
    expect(await server.ended(RUN)).toMatchObject({ status_reason: 'completed' });
    expect(await server.stop()).toMatchObject({ code: 0 });
    return sent(twin);
  } finally {
    await twin.close();
  }
}

describe('SIGKILL of the server inside an agent stage', () => {
  it('while the model answers: the request is repeated, and all others are those of an uninterrupted run', async () => {
    const home = testHome();
    const expected = await uninterrupted(home);
    expect(expected).toHaveLength(TURNS.length);

    for (const cut of [0, 2, 4]) {
      const repo = project(home);
      let stalled = false;
      const twin = await startAnthropicTwin((request) => {
        const turn = turnOf(request.body);
        const reply = TURNS[turn] ?? { text: '' };
        if (turn !== cut || stalled) return reply;
        stalled = true;
        return { ...reply, interrupt: { afterFrames: 5, how: 'stall' } };
      });
      try {
        const { restart } = await begin(home, twin);
        await twin.request(cut);
        const server = await restart();
        expect(await server.ended(RUN)).toMatchObject({ status_reason: 'completed' });

        expect(sent(twin)).toEqual([...expected.slice(0, cut + 1), ...expected.slice(cut)]);
        const calls = (await server.events(RUN)).filter((e) => e.event === 'agent.tool.completed');
        expect(calls).toHaveLength(5);
        const shown = git(repo, 'show', '--stat', '--format=', `fabro/run/${RUN}`);
        expect(shown).toContain('src/split.ts');
        expect(await server.stop()).toMatchObject({ code: 0 });
        await expectNothingRuns(server.rootId);
      } finally {
        await twin.close();
      }
    }
  }, 60_000);

  it('while a shell command runs: it is ended and not repeated, the model is told, and the rest of the conversation stays as it was', async () => {
    const home = testHome();
    project(home);
    const ledger = home.at('ledger');
    const command = `echo ran >> ${ledger}; echo half; sleep 4321`;
    const twin = await startAnthropicTwin((request) =>
      turnOf(request.body) === 0
        ? {
            reasoning: { text: 'A long command.', signature: 'bG9uZw==' },
            toolCalls: [{ id: 'toolu_long', name: 'shell', arguments: { command } }],
          }
        : { text: 'I looked at what it left.' },
    );
    try {
      const { restart } = await begin(home, twin);
      await until('the command to run', () => home.lines('ledger').length > 0);
      const server = await restart();
      expect(await server.ended(RUN)).toMatchObject({ status_reason: 'completed' });

      const requests = sent(twin);
      expect(requests).toHaveLength(2);
      const [first, second] = requests.map(bodyOf);
      expect(second).toMatchObject({ ...first, messages: anyArray() });
      expect(second?.messages).toHaveLength(3);
      const said = JSON.stringify(second?.messages.at(-1));
      expect(said).toContain('toolu_long');
      expect(said).toContain('interrupted by a restart; effects unknown');
      expect(said).toContain('half');
      expect(JSON.stringify(second?.messages[1])).toContain('bG9uZw==');
      expect(home.lines('ledger')).toEqual(['ran']);
      expect(running('sleep 4321')).toEqual([]);
      expect(await server.stop()).toMatchObject({ code: 0 });
      await expectNothingRuns(server.rootId);
    } finally {
      await twin.close();
    }
  });
});

/** Decisions 2 and 3: a session that dies at any step goes on as if it had not. */
import { ToolResultPart, Usage, addUsage } from '@fabro/protocol';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { AgentResult } from '../src/index.js';
import { INTERRUPTED } from '../src/tools/shell.js';
import { Crash, type CrashPoint } from './support/crash.js';
import { makeWorld, removeWorld } from './support/folder-sandbox.js';
import { type Provider, USAGE, call, fails, provider, says } from './support/model.js';
import { SECRET, type Setting, setting, start } from './support/process.js';

const STEERED_LATER = 'also mind the docs';

/** Four turns: reads beside a shell, two edits of one file, a rate limit, steering, refused calls, long output. */
async function repairSession(): Promise<Setting> {
  const steered: string[] = ['be brief'];
  const world = await makeWorld({ 'a.txt': 'one\n', 'lib/c.txt': 'needle\n' }, (request) => {
    if (request.command === 'announce') return { stdout: 'announced\n', exitCode: 0 };
    return { stdout: `${SECRET} ${'long line\n'.repeat(400)}`, exitCode: 1 };
  });
  onTestFinished(() => removeWorld(world));
  let limited = false;
  const fake: Provider = provider((turn) => {
    switch (turn) {
      case 1:
        return [
          { type: 'reasoning_delta', delta: 'hm' },
          {
            type: 'finish',
            usage: USAGE,
            finishReason: 'tool_calls',
            // Keys in another order than the schema's: what is recorded must still give the same bytes.
            message: {
              content: [
                {
                  provider_options: { fake: { signature: 'opaque', b: 1, a: [null] } },
                  text: 'hm',
                  type: 'reasoning',
                },
                call('c1', 'read_file', { file_path: 'a.txt' }),
                call('c2', 'shell', { command: 'npm test' }),
                call('c3', 'grep', { pattern: 'needle' }),
              ],
              role: 'assistant',
            },
          },
        ];
      case 2:
        return says(
          'editing',
          call('c4', 'edit_file', { file_path: 'a.txt', old_string: 'one', new_string: 'two' }),
          call('c5', 'edit_file', {
            file_path: './a.txt',
            old_string: 'two',
            new_string: 'one more',
          }),
          call('c6', 'write_file', { file_path: 'new/b.txt', content: 'made' }),
          call('c7', 'no_such_tool', {}),
          call('c8', 'read_file', { path: 'a.txt' }),
        );
      case 3:
        if (!limited) {
          limited = true;
          return fails({ kind: 'rate_limit', retryable: true, retryAfterMs: 5_000 });
        }
        // Steered while the model answers: it belongs to the next turn, also when this answer is lost.
        if (!steered.includes(STEERED_LATER)) steered.push(STEERED_LATER);
        return says(
          'checking',
          call('c9', 'shell', { command: 'announce' }),
          call('c10', 'edit_file', {
            file_path: 'lib/c.txt',
            old_string: 'needle',
            new_string: 'pin',
          }),
        );
      default:
        return says('All done.');
    }
  });
  return { ...setting(world, fake), steered };
}

interface Story {
  readonly given: Setting;
  readonly result: AgentResult;
  readonly steps: readonly string[];
}

/** Runs the session, dying at each of the points in turn, until it ends. */
async function live(points: readonly CrashPoint[]): Promise<Story> {
  const given = await repairSession();
  for (const crash of points) {
    const doomed = start(given, { crash });
    const death = await doomed.result.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (death !== undefined) expect(death).toBeInstanceOf(Crash);
  }
  const last = start(given);
  return { given, result: await last.result, steps: last.life.steps };
}

const Request = z.looseObject({
  messages: z.array(
    z.looseObject({ role: z.string(), content: z.array(z.looseObject({ type: z.string() })) }),
  ),
});

/** The request with the results of interrupted commands taken from the uninterrupted session. */
function withoutInterruptions(request: string, expected: Map<string, ToolResultPart>): string {
  const parsed = Request.parse(JSON.parse(request));
  for (const message of parsed.messages)
    for (const [i, part] of message.content.entries()) {
      const result = ToolResultPart.safeParse(part);
      if (!result.success || !result.data.output.startsWith(INTERRUPTED)) continue;
      message.content[i] = { ...expected.get(result.data.tool_call_id), type: 'tool_result' };
    }
  return JSON.stringify(parsed);
}

function resultsIn(request: string): Map<string, ToolResultPart> {
  const results = Request.parse(JSON.parse(request)).messages.flatMap((message) =>
    message.content.flatMap((part) => ToolResultPart.safeParse(part).data ?? []),
  );
  return new Map(results.map((part) => [part.tool_call_id, part]));
}

async function expectSameStory(story: Story, calm: Story): Promise<void> {
  const { disk, world, provider: fake } = story.given;
  const calmResults = resultsIn(calm.given.provider.requests.at(-1) ?? '');
  const calmRequests = new Map(
    calm.given.provider.requests.map((request) => [
      Request.parse(JSON.parse(request)).messages.length,
      request,
    ]),
  );
  const interrupted = disk
    .named('agent.tool.completed')
    .filter((event) => String(event.properties['output']).startsWith(INTERRUPTED));

  for (const request of fake.requests) {
    const same = calmRequests.get(Request.parse(JSON.parse(request)).messages.length);
    if (interrupted.length === 0) expect(request).toBe(same);
    else {
      // Key order may differ only in the replaced part.
      expect(JSON.parse(withoutInterruptions(request, calmResults))).toEqual(
        JSON.parse(same ?? 'null'),
      );
    }
  }
  for (const event of interrupted) expect(event.properties['tool_name']).toBe('shell');

  // The ledger is written by the acts themselves: no command and no write happened twice.
  expect([...new Set(world.ledger)]).toEqual(world.ledger);
  expect(await readFile(join(world.root, 'a.txt'), 'utf8')).toBe('one more\n');
  expect(await readFile(join(world.root, 'lib/c.txt'), 'utf8')).toBe('pin\n');
  expect(await readFile(join(world.root, 'new/b.txt'), 'utf8')).toBe('made');

  // Recorded answers are paid once.
  const billed = disk
    .named('agent.message')
    .map((event) => Usage.parse(event.properties['billing']))
    .reduce<Usage | undefined>(addUsage, undefined);
  expect(billed).toEqual(story.result.usage);
  expect(story.result).toEqual(calm.result);
  expect(JSON.stringify(disk.events)).not.toContain(SECRET);
}

describe('a session that is killed', () => {
  it('has the expected story when nothing goes wrong', async () => {
    const calm = await live([]);

    expect(calm.result).toEqual({
      text: 'All done.',
      turns: 4,
      toolCalls: 10,
      filesTouched: ['a.txt', 'lib/c.txt', 'new/b.txt'],
      usage: {
        input_tokens: 400,
        output_tokens: 40,
        reasoning_tokens: 4,
        cache_read_tokens: 20,
        cache_write_tokens: 8,
        total_usd_micros: 28,
      },
    });
    const outputs = calm.given.disk
      .named('agent.tool.completed')
      .map((event) => [event.properties['tool_call_id'], event.properties['is_error']]);
    expect(Object.fromEntries(outputs)).toEqual({
      c1: false,
      c2: false,
      c3: false,
      c4: false,
      c5: false,
      c6: false,
      c7: true,
      c8: true,
      c9: false,
      c10: false,
    });
    expect(calm.given.clock.slept).toEqual([5_000]);
    const roles = Request.parse(JSON.parse(calm.given.provider.requests.at(-1) ?? '')).messages.map(
      (m) => m.role,
    );
    expect(roles).toEqual([
      'user',
      'user',
      'assistant',
      'tool',
      'assistant',
      'tool',
      'assistant',
      'tool',
      'user',
    ]);
  });

  it('goes on with the same requests wherever it was killed once', async () => {
    const calm = await live([]);
    for (let step = 1; step <= calm.steps.length; step++)
      for (const when of ['before', 'after'] as const) {
        const story = await live([{ step, when }]);
        await expectSameStory(story, calm).catch((error: unknown) => {
          throw new Error(`killed ${when} step ${step} (${calm.steps[step - 1]})`, {
            cause: error,
          });
        });
      }
    expect(calm.steps.length).toBeGreaterThan(30);
  });

  it('goes on with the same requests when it is killed again while it recovers', async () => {
    const calm = await live([]);
    for (let step = 1; step <= calm.steps.length; step++)
      for (const again of [1, 4, 9]) {
        const story = await live([
          { step, when: again % 2 === 0 ? 'before' : 'after' },
          { step: again, when: again % 2 === 0 ? 'after' : 'before' },
        ]);
        await expectSameStory(story, calm).catch((error: unknown) => {
          throw new Error(`killed at step ${step}, then at step ${again}`, { cause: error });
        });
      }
  });

  it('does nothing at all when it had ended', async () => {
    const given = await repairSession();
    const first = await start(given).result;
    const events = given.disk.events.length;
    const requests = given.provider.requests.length;

    const again = start(given);

    expect(await again.result).toEqual(first);
    expect(again.life.steps).toEqual([]);
    expect(again.live).toEqual([]);
    expect([given.disk.events.length, given.provider.requests.length]).toEqual([events, requests]);
  });

  it('never runs an interrupted command again and tells the model what it had written', async () => {
    const calm = await live([]);
    // The last moment at which nothing is recorded: the command has ended, its result is read.
    const step =
      calm.steps.findIndex((name) => name.endsWith('ended run/root/fix@1/1/t1/tool1')) + 1;
    const story = await live([{ step, when: 'before' }]);

    const shell = story.given.disk
      .named('agent.tool.completed')
      .find((event) => event.properties['tool_call_id'] === 'c2');
    expect(shell?.properties['is_error']).toBe(true);
    expect(String(shell?.properties['output']).split('\n').slice(0, 3)).toEqual([
      'interrupted by a restart; effects unknown',
      'stdout:',
      '*** long line',
    ]);
    expect(story.given.world.ledger.filter((act) => act.includes('t1/tool1'))).toHaveLength(1);
  });
});

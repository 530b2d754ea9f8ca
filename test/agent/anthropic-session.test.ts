/** Decision 3 at the wire: what a real client sends after a kill is what it would have sent without. */
import { createAiSdkModels } from '@fabro/models/ai-sdk';
import { callKey } from '@fabro/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Twin, type TwinScript, startAnthropicTwin } from '../twins/index.js';
import { Crash } from '../../packages/agent/test/support/crash.js';
import { makeWorld, removeWorld } from '../../packages/agent/test/support/folder-sandbox.js';
import { provider } from '../../packages/agent/test/support/model.js';
import { type Setting, setting, start } from '../../packages/agent/test/support/process.js';

const SHELL = callKey('run', 'root', 'fix@1', 1, 't1', 'tool1');

const answers: TwinScript = (request) => {
  const turn = request.body.toString('utf8').split('"role":"assistant"').length;
  if (turn === 1)
    return {
      reasoning: { text: 'I should read first.', signature: 'c2lnbmVk' },
      text: 'Reading.',
      toolCalls: [
        { id: 'toolu_1', name: 'read_file', arguments: { file_path: 'sum.js' } },
        { id: 'toolu_2', name: 'shell', arguments: { command: 'node --test' } },
      ],
    };
  if (turn === 2)
    return {
      text: 'Repairing.',
      toolCalls: [
        {
          id: 'toolu_3',
          name: 'edit_file',
          arguments: { file_path: 'sum.js', old_string: 'a - b', new_string: 'a + b' },
        },
      ],
    };
  return { text: 'Repaired.' };
};

async function session(): Promise<{ twin: Twin; given: Setting }> {
  const twin = await startAnthropicTwin(answers);
  const world = await makeWorld({ 'sum.js': 'export const sum = (a, b) => a - b;\n' }, () => ({
    stdout: 'not ok\n',
    exitCode: 1,
  }));
  onTestFinished(async () => {
    await twin.close();
    await removeWorld(world);
  });
  return {
    twin,
    given: setting(
      world,
      provider(() => []),
    ),
  };
}

function run(twin: Twin, given: Setting, step: number) {
  const model = createAiSdkModels({
    env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: twin.url },
    fetch,
  }).resolve({ provider: 'anthropic' });
  return start(given, { ports: { model }, crash: { step, when: 'after' } });
}

/** Bodies by turn; a repeated request of a turn must be the same. */
function bodies(twin: Twin): string[] {
  return [...new Set(twin.requests.map((request) => request.body.toString('utf8')))];
}

describe('a session with Anthropic that is killed', () => {
  it('sends byte for byte what it would have sent, thinking signatures included', async () => {
    const calm = await session();
    const whole = run(calm.twin, calm.given, 0);
    expect((await whole.result).text).toBe('Repaired.');
    expect(bodies(calm.twin)).toHaveLength(3);
    expect(bodies(calm.twin)[1]).toContain('"signature":"c2lnbmVk"');

    let compared = 0;
    for (const [i, name] of whole.life.steps.entries()) {
      const { twin, given } = await session();
      await run(twin, given, i + 1).result.catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      // A command in doubt changes the conversation: the crash schedule covers it.
      if (given.disk.find(SHELL, 'started') && !given.disk.find(SHELL, 'ended')) continue;
      compared += 1;
      expect((await run(twin, given, 0).result).text).toBe('Repaired.');
      expect(bodies(twin), `killed after ${name}`).toEqual(bodies(calm.twin));
    }
    expect(compared).toBeGreaterThan(15);
  });
});

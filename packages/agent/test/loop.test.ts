/** The loop itself: what it asks, records, waits for, and how it ends. */
import { Message, type PauseSignal } from '@fabro/protocol';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Crash } from './support/crash.js';
import { folderSandbox } from './support/folder-sandbox.js';
import { call, fails, modelOf, says } from './support/model.js';
import { SECRET, properties, start } from './support/process.js';
import { given } from './support/session.js';

const look = (id: string) => call(id, 'glob', { pattern: `*.${id}` });

const Request = z.object({ system: z.string(), messages: z.array(Message) });

function requestsOf(source: { readonly requests: readonly string[] }): z.infer<typeof Request>[] {
  return source.requests.map((request) => Request.parse(JSON.parse(request)));
}

describe('a session', () => {
  it('records start, turns, tool calls and end in order, each in the scope of its stage', async () => {
    const session = await given((turn) =>
      turn === 1 ? says('Looking.', look('a')) : says('Done.'),
    );
    await start(session).result;

    expect(
      session.disk.events.map((event) => [
        event.event,
        event.call?.replace('run/root/fix@1/1/', ''),
      ]),
    ).toEqual([
      ['call.started', 'head'],
      ['agent.session.started', 'head'],
      ['agent.turn.started', 't1/model'],
      ['agent.message', 't1/model'],
      ['agent.tool.started', 't1/tool0'],
      ['agent.tool.completed', 't1/tool0'],
      ['agent.turn.started', 't2/model'],
      ['agent.message', 't2/model'],
      ['agent.session.ended', 'end'],
    ]);
    for (const event of session.disk.events)
      expect(event).toMatchObject({ session_id: 'session', node_id: 'fix', stage_id: 'fix@1' });
    expect(properties(session.disk, 'agent.session.ended')).toEqual([
      { visit: 1, turns: 2, tool_calls: 1 },
    ]);
    expect(session.disk.named('agent.tool.started')[0]).toMatchObject({
      tool_call_id: 'a',
      properties: { tool_name: 'glob', arguments: { pattern: '*.a' } },
    });
  });

  it('tells the model where it is', async () => {
    const session = await given(() => says('Done.'));
    await start(session).result;
    const system = requestsOf(session.provider)[0]?.system ?? '';
    expect(system.slice(system.indexOf('<environment>'))).toBe(
      '<environment>\nWorking directory: /work\nGit repository: no\nPlatform: linux\nOS version: 6.1\n' +
        'Date: 2026-01-01\nModel: fake-1\n</environment>',
    );
  });

  it('keeps the system prompt of its start when date and branch have changed since', async () => {
    const session = await given((turn) => (turn === 1 ? says('', look('a')) : says('Done.')));
    await expect(start(session, { crash: { step: 6, when: 'after' } }).result).rejects.toThrow(
      Crash,
    );
    await start(session, {
      ports: {
        environment: () =>
          Promise.resolve({
            platform: 'linux',
            osVersion: '7',
            date: '2027-02-02',
            isGitRepository: true,
            gitBranch: 'x',
          }),
      },
    }).result;
    const systems = new Set(requestsOf(session.provider).map((request) => request.system));
    expect(systems.size).toBe(1);
    expect([...systems][0]).toContain('Date: 2026-01-01');
  });

  it('streams deltas as one numbered block per turn', async () => {
    const session = await given(() => [
      { type: 'reasoning_delta', delta: 'hm' },
      { type: 'activity' },
      ...says('Done.'),
    ]);
    const process = start(session);
    await process.result;
    const block_id = 'run/root/fix@1/1/t1';
    const scope = { session_id: 'session', node_id: 'fix', stage_id: 'fix@1' };
    expect(process.live).toEqual([
      { ...scope, event: 'agent.output.start', properties: { block_id } },
      { ...scope, event: 'agent.reasoning.delta', properties: { block_id, index: 0, delta: 'hm' } },
      { ...scope, event: 'agent.text.delta', properties: { block_id, index: 1, delta: 'Done.' } },
    ]);
  });

  it('takes secrets out before model, journal, blobs and live readers', async () => {
    const session = await given(
      (turn) => (turn === 1 ? says('', call('a', 'shell', { command: 'env' })) : says('Done.')),
      {},
      () => ({ stdout: `KEY=${SECRET}\n`.repeat(400), exitCode: 0 }),
    );
    const process = start(session);
    await process.result;
    const seen = [
      JSON.stringify(session.disk.events),
      ...[...session.disk.blobs.values()].map((bytes) => new TextDecoder().decode(bytes)),
      ...session.provider.requests,
      JSON.stringify(process.live),
    ];
    expect(seen.filter((text) => text.includes('KEY=***'))).toHaveLength(4);
    expect(seen.filter((text) => text.includes(SECRET))).toEqual([]);
  });

  it('runs calls of one turn side by side', async () => {
    const session = await given((turn) =>
      turn === 1 ? says('', look('a'), look('b')) : says('Done.'),
    );
    // Each search ends when both have begun.
    const begun: (() => void)[] = [];
    const glob = (): Promise<readonly string[]> =>
      new Promise((resolve) => {
        begun.push(() => resolve(['met']));
        if (begun.length === 2) for (const end of begun) end();
      });
    await start(session, { ports: { sandbox: { ...folderSandbox(session.world), glob } } }).result;
    expect(properties(session.disk, 'agent.tool.completed').map((p) => p['output'])).toEqual([
      'met',
      'met',
    ]);
  });
});

describe('limits and steering', () => {
  it('ends at the turn limit with the work of the last turn done', async () => {
    const session = await given((turn) => says(`turn ${turn}`, look(`x${turn}`)));
    const result = await start(session, { request: { maxTurns: 2 } }).result;
    expect(result).toMatchObject({
      text: 'turn 2',
      turns: 2,
      toolCalls: 2,
      failure: { failure_class: 'budget_exhausted', retryable: false },
    });
    expect(properties(session.disk, 'agent.turn.limit')).toEqual([{ visit: 1, max_turns: 2 }]);
    expect(session.provider.requests).toHaveLength(2);
  });

  it('warns a model that turns in circles and goes on', async () => {
    const session = await given((turn) => (turn <= 2 ? says('', look('same')) : says('Done.')));
    expect((await start(session).result).failure).toBeUndefined();
    expect(session.disk.named('agent.loop.detected')).toHaveLength(1);
    expect(requestsOf(session.provider)[2]?.messages.at(-1)).toMatchObject({
      role: 'user',
      content: [{ text: expect.stringContaining('repeat without progress') }],
    });
  });

  it('tells the model in its next turn what was steered, and in the same turn after a restart', async () => {
    const session = await given((turn) => {
      if (turn === 2 && session.steered.length === 1) session.steered.push('second');
      return turn <= 3 ? says('', look(`x${turn}`)) : says('Done.');
    });
    session.steered.push('first');
    await expect(start(session, { crash: { step: 14, when: 'before' } }).result).rejects.toThrow(
      Crash,
    );
    await start(session).result;
    const userTexts = requestsOf(session.provider)
      .at(-1)
      ?.messages.map((message) =>
        message.role === 'user' ? message.content[0]?.text : message.role,
      );
    expect(userTexts).toEqual([
      'Repair it.',
      'first',
      'assistant',
      'tool',
      'assistant',
      'tool',
      'second',
      'assistant',
      'tool',
    ]);
  });

  it('says that the last answer was cut', async () => {
    const session = await given(() =>
      says('half').map((event) =>
        event.type === 'finish' ? { ...event, finishReason: 'length' as const } : event,
      ),
    );
    expect((await start(session).result).text).toBe('half');
    expect(properties(session.disk, 'agent.warning')).toMatchObject([{ kind: 'output_limit' }]);
  });
});

describe('pause and cancel', () => {
  it('asks nothing while paused and goes on afterwards, leaving no subscription', async () => {
    const listeners = new Set<(paused: boolean) => void>();
    let subscribed = (): void => {};
    const isWaiting = new Promise<void>((resolve) => (subscribed = resolve));
    const pause: PauseSignal = {
      paused: true,
      subscribe(listener) {
        listeners.add(listener);
        subscribed();
        return () => listeners.delete(listener);
      },
    };
    const session = await given(() => says('Done.'));
    const process = start(session, { ports: { pause } });
    await isWaiting;
    expect(session.provider.requests).toEqual([]);
    for (const listener of listeners) listener(false);
    await process.result;
    expect(session.provider.requests).toHaveLength(1);
    expect(listeners.size).toBe(0);
  });

  it('rejects with the reason of the abort, records no end, and goes on when run again', async () => {
    const stop = new AbortController();
    let stopped = false;
    const session = await given((turn) => {
      if (!stopped) {
        stopped = true;
        stop.abort(new Error('cancelled by test'));
        return fails({ kind: 'canceled', retryable: false });
      }
      return turn === 1 ? says('Done.') : [];
    });
    await expect(start(session, { signal: stop.signal }).result).rejects.toThrow(
      'cancelled by test',
    );
    expect(session.disk.named('agent.message')).toEqual([]);
    expect(session.disk.named('agent.error')).toEqual([]);
    expect((await start(session).result).text).toBe('Done.');
  });
});

describe('a file edit in doubt', () => {
  it('is left alone when something else changed the file meanwhile', async () => {
    const session = await given(
      (turn) => {
        if (turn === 1) return says('', call('a', 'read_file', { file_path: 'f' }));
        if (turn === 2)
          return says(
            '',
            call('b', 'edit_file', { file_path: 'f', old_string: 'one', new_string: 'two' }),
          );
        return says('Done.');
      },
      { f: 'one' },
    );
    const dry = await given(session.provider.play, { f: 'one' });
    const steps = start(dry);
    await steps.result;
    const write = steps.life.steps.indexOf('write f') + 1;

    await expect(start(session, { crash: { step: write, when: 'before' } }).result).rejects.toThrow(
      Crash,
    );
    await writeFile(join(session.world.root, 'f'), 'one, and more of a colleague');
    await start(session).result;

    expect(properties(session.disk, 'agent.tool.completed')[1]).toMatchObject({
      is_error: true,
      output:
        "'f' was changed by something else while this call was interrupted by a restart; " +
        'the call was not repeated. Read the file again before you change it.',
    });
    expect(session.world.ledger).toEqual([]);
    expect(properties(session.disk, 'agent.tool.started')[1]?.['recovery']).toEqual({
      path: 'f',
      before: '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',
      after: '3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',
      result: 'Replaced 1 occurrence in f.',
    });
  });
});

it('asks the model that it was given', async () => {
  const session = await given(() => says('Done.'));
  await start(session, { ports: { model: { ...modelOf(session.provider), id: 'other' } } }).result;
  expect(properties(session.disk, 'agent.message')[0]).toMatchObject({ model: 'other' });
});

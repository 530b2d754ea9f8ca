/** Hooks that are commands: §9.1 "Command", with real processes. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '@fabro/sandbox';
import { afterAll, describe, expect, it } from 'vitest';
import { newProcesses, placeFor } from '../local-place.js';
import { ask } from './hook-world.js';
import { nowhereSandbox } from './nowhere-sandbox.js';

const processes = newProcesses();
afterAll(async () => await processes.close());

describe('§9.1 the exit code of a command', () => {
  it.each([
    ['0 proceeds', 'exit 0', { decision: { decision: 'proceed' }, exitCode: 0 }],
    [
      '2 blocks',
      'echo "not on Fridays" >&2; exit 2',
      {
        decision: { decision: 'block', reason: 'hook exited with code 2' },
        exitCode: 2,
        output: 'not on Fridays\n',
      },
    ],
    [
      '7 blocks',
      'exit 7',
      { decision: { decision: 'block', reason: 'hook exited with code 7' }, exitCode: 7 },
    ],
    [
      '7 blocks, whatever is printed',
      `echo '{"decision":"proceed"}'; exit 7`,
      {
        decision: { decision: 'block', reason: 'hook exited with code 7' },
        exitCode: 7,
        output: '{"decision":"proceed"}\n',
      },
    ],
    [
      '137 blocks, for one that was killed',
      'kill -9 $$',
      {
        decision: { decision: 'block', reason: 'hook exited with code 137' },
        exitCode: 137,
        output: expect.stringContaining('Killed'),
      },
    ],
  ])('%s', async (_title, script, expected) => {
    const { sandbox } = await placeFor(processes);
    expect(await ask(sandbox, { script })).toEqual({ ...expected, durationMs: 0 });
  });
});

describe('§9.1 the JSON that a command prints decides', () => {
  it.each([
    ['skip', `{"decision":"skip","reason":"done yesterday"}`, 0],
    ['block', `{"decision":"block","reason":"frozen"}`, 0],
    ['override', `{"decision":"override","reason":"hurry","edge_to":"deploy"}`, 0],
    ['proceed', `{"decision":"proceed"}`, 0],
    ['with exit code 2 too: skip', `{"decision":"skip"}`, 2],
    ['with exit code 2 too: proceed', `{"decision":"proceed"}`, 2],
  ])('%s', async (_title, json, exitCode) => {
    const { sandbox } = await placeFor(processes);
    const result = await ask(sandbox, { script: `echo '${json}'; exit ${exitCode}` });
    expect(result).toEqual({
      decision: JSON.parse(json),
      exitCode,
      output: `${json}\n`,
      durationMs: 0,
    });
  });
});

describe('a command that prints something else', () => {
  it('proceeds after exit code 0, and the record says what was expected', async () => {
    const { sandbox } = await placeFor(processes);
    expect(await ask(sandbox, { script: 'printf "\\xff lint: ok"' })).toMatchObject({
      decision: { decision: 'proceed' },
      exitCode: 0,
      output: '\u{fffd} lint: ok\n',
      error: expect.stringMatching(
        /^hook "gate" exited with code 0, and its stdout is no decision \(.*\); expected \{"decision": .*\. Print messages to stderr\.$/s,
      ),
    });
  });

  it('says so without complaint on stderr', async () => {
    const { sandbox } = await placeFor(processes);
    const result = await ask(sandbox, { script: 'echo "lint: ok" >&2' });
    expect(result.output).toBe('lint: ok\n');
    expect(result.error).toBeUndefined();
  });

  it('blocks after exit code 2', async () => {
    const { sandbox } = await placeFor(processes);
    expect(await ask(sandbox, { script: 'echo no; exit 2' })).toMatchObject({
      decision: { decision: 'block', reason: 'hook exited with code 2' },
      error: expect.stringContaining('stdout is no decision'),
    });
  });

  it('may print 10 MB; the end is kept', async () => {
    const { sandbox } = await placeFor(processes);
    const result = await ask(sandbox, { script: 'yes 123456789 | head -n 1000000' });
    expect(result).toMatchObject({
      decision: { decision: 'proceed' },
      error: expect.stringContaining('no decision (10000000 bytes; at most 65536 are read)'),
    });
    expect(Buffer.byteLength(result.output ?? '')).toBe(2_048);
    expect(result.output?.endsWith('89\n123456789\n')).toBe(true);
  });

  it('is ended past 16 MiB, and blocks', async () => {
    const { sandbox } = await placeFor(processes);
    expect((await ask(sandbox, { script: 'yes' })).decision).toEqual({
      decision: 'block',
      reason:
        'hook "gate" was ended: it printed more than 16777216 bytes. Send its output to a file.',
    });
  });
});

describe('a command that hangs', () => {
  it('is ended with its children, and blocks with name, limit and remedy', async () => {
    const { sandbox, workdir, temporary } = await placeFor(processes);
    const script = 'sleep 1000 & echo $! > child; cat "$FABRO_HOOK_CONTEXT" >/dev/null; wait';
    const result = await ask(sandbox, { script, timeout: 1_000 });
    expect(result).toEqual({
      decision: {
        decision: 'block',
        reason:
          'hook "gate" was ended: it had not finished after 1000 ms. Raise its timeout in [[run.hooks]], or find out what it waits for.',
      },
      durationMs: 0,
    });
    expect(await readdir(workdir)).toEqual(['child']);
    expect(await readdir(temporary)).toEqual([]);
    const look = 'f=/proc/$(cat child)/stat; [ -e $f ] && ! grep -q ") Z" $f && echo alive; true';
    const alive = await sandbox.exec(
      { key: 'look', command: look },
      { signal: new AbortController().signal },
    );
    expect(await alive.stdout.tail(100)).toBe('');
    await alive.dispose();
  });

  it('is ended when the run is cancelled, and then has no result', async () => {
    const { sandbox, temporary, base } = await placeFor(processes);
    const stop = new AbortController();
    const exec: Sandbox['exec'] = (request, options) =>
      sandbox.exec(request, { ...options, onOutput: () => stop.abort(new Error('cancelled')) });
    const running = ask(
      Object.assign(sandbox.at('.'), { exec }),
      { script: 'echo up; sleep 1000' },
      { signal: stop.signal },
    );
    await expect(running).rejects.toThrow('cancelled');
    expect(await readdir(temporary)).toEqual([]);
    expect(await readdir(join(base, 'scratch'))).toEqual([]);
  });
});

describe('§9.1 in the sandbox a command knows', () => {
  it('event, run, workflow and node by variables, and the rest by a file', async () => {
    const { sandbox, temporary } = await placeFor(processes);
    const result = await ask(
      sandbox,
      {
        script:
          'echo "$FABRO_EVENT $FABRO_RUN_ID $FABRO_WORKFLOW $FABRO_NODE_ID" >&2; cat "$FABRO_HOOK_CONTEXT" >&2; stat -c " %a" "$FABRO_HOOK_CONTEXT" >&2',
      },
      { context: { node_id: 'build', node_label: "It's", attempt: 2 } },
    );
    expect(result.output).toBe(
      'stage_start 01JZ0000000000000000000000 Ship build\n' +
        '{"event":"stage_start","run_id":"01JZ0000000000000000000000","workflow_name":"Ship","node_id":"build","node_label":"It\'s","attempt":2} 600\n',
    );
    expect(await readdir(temporary)).toEqual([]);
  });

  it('no variable for a node when there is none', async () => {
    const { sandbox } = await placeFor(processes);
    const script = 'env | grep -c FABRO_NODE_ID >&2';
    expect((await ask(sandbox, { script })).output).toBe('0\n');
  });

  it('the same on standard input', async () => {
    const { sandbox } = await placeFor(processes);
    const script = 'cmp - "$FABRO_HOOK_CONTEXT" && echo same >&2';
    expect((await ask(sandbox, { script })).output).toBe('same\n');
  });

  it('its working directory by cwd', async () => {
    const { sandbox, workdir } = await placeFor(processes);
    await sandbox.writeFile('branch/x', new Uint8Array());
    const cwd = join(workdir, 'branch');
    expect((await ask(sandbox, { script: 'pwd >&2' }, { context: { cwd } })).output).toBe(
      `${cwd}\n`,
    );
  });

  it('the beginning of a text that is too long, and a whole that is at most 1 MiB', async () => {
    const { sandbox } = await placeFor(processes);
    const script = 'wc -c <"$FABRO_HOOK_CONTEXT" >&2; grep -c omitted "$FABRO_HOOK_CONTEXT" >&2';
    const long = { tool_output: 'x'.repeat(3_000_000), tool_input: ['y'.repeat(60_000)] };
    expect((await ask(sandbox, { script }, { context: long })).output).toBe('125685\n1\n');
    const many = { tool_input: Array.from({ length: 100 }, () => 'y'.repeat(60_000)) };
    expect((await ask(sandbox, { script }, { context: many })).output).toBe('84\n0\n');
  });

  it('the file of a call that was killed is removed when the call is repeated', async () => {
    const { sandbox, temporary } = await placeFor(processes);
    await ask(sandbox, { script: 'cp "$FABRO_HOOK_CONTEXT" "$FABRO_HOOK_CONTEXT.left"' });
    expect(await readdir(temporary)).toHaveLength(1);
    await ask(sandbox, { script: 'true' });
    expect(await readdir(temporary)).toEqual([]);
  });
});

describe('§9.1 on the host', () => {
  it('a command gets the context on standard input, and the variables', async () => {
    const host = await placeFor(processes);
    const result = await ask(
      nowhereSandbox,
      {
        sandbox: false,
        script: 'cat >&2; echo " $FABRO_EVENT $0 ${FABRO_HOOK_CONTEXT-none}" >&2; pwd >&2',
      },
      { context: { cwd: '/elsewhere' }, ports: { host: host.sandbox } },
    );
    expect(result.output).toBe(
      '{"event":"stage_start","run_id":"01JZ0000000000000000000000","workflow_name":"Ship","cwd":"/elsewhere"}' +
        ` stage_start sh none\n${host.workdir}\n`,
    );
  });

  it('a command works where the run does when the sandbox is the host', async () => {
    const { sandbox, workdir } = await placeFor(processes);
    await sandbox.writeFile('branch/x', new Uint8Array());
    const cwd = join(workdir, 'branch');
    const result = await ask(
      sandbox,
      { sandbox: false, script: 'pwd >&2' },
      { context: { cwd }, ports: { host: sandbox } },
    );
    expect(result.output).toBe(`${cwd}\n`);
  });

  it('no command is started for a run that may not, and the hook blocks (design 14)', async () => {
    const { sandbox, workdir } = await placeFor(processes);
    expect(await ask(sandbox, { sandbox: false, script: 'touch ran' })).toMatchObject({
      decision: {
        decision: 'block',
        reason: expect.stringContaining('hook "gate" has sandbox = false, and this run may not'),
      },
    });
    expect(await readdir(workdir)).toEqual([]);
  });
});

describe('a command hook', () => {
  it('that cannot be started blocks and says why', async () => {
    const { sandbox, base } = await placeFor(processes);
    const cwd = join(base, 'missing');
    expect(await ask(sandbox, { script: 'true' }, { context: { cwd } })).toMatchObject({
      decision: {
        decision: 'block',
        reason: expect.stringContaining(`hook "gate" could not be run: `),
      },
    });
  });

  it('keeps secrets out of reason, output and error', async () => {
    const { sandbox } = await placeFor(processes);
    const said = await ask(sandbox, {
      script: `echo 'hunter22' >&2; echo '{"decision":"block","reason":"hunter22 leaks"}'`,
    });
    expect(said).toMatchObject({ decision: { reason: 'REDACTED leaks' } });
    expect(said.output).toBe('{"decision":"block","reason":"REDACTED leaks"}\nREDACTED\n');
    const garbage = await ask(sandbox, { script: 'echo hunter22' });
    expect(JSON.stringify(garbage)).not.toContain('hunter22');
  });

  it('hides a secret at the edge of the kept output whole', async () => {
    const { sandbox } = await placeFor(processes);
    const script = `printf 'hunter22%.2044d' 0 >&2`;
    expect((await ask(sandbox, { script })).output).toBe(`TED${'0'.repeat(2_044)}\n`);
  });

  it('has a reason of at most 2,000 characters', async () => {
    const { sandbox } = await placeFor(processes);
    const script = `printf '{"decision":"block","reason":"%.5000d"}' 0`;
    expect((await ask(sandbox, { script })).decision).toEqual({
      decision: 'block',
      reason: `${'0'.repeat(2_000)}…`,
    });
  });

  it.each(['prompt', 'agent'] as const)(
    'of the transport %s proceeds, and says that it is not run',
    async (kind) => {
      const { sandbox } = await placeFor(processes);
      const entry = kind === 'prompt' ? { prompt: 'Well?' } : { agent: 'enabled' as const };
      expect(await ask(sandbox, entry)).toEqual({
        decision: { decision: 'proceed' },
        durationMs: 0,
        error: expect.stringContaining(
          `hook "gate" has the transport ${kind}, which this release does not run`,
        ),
      });
    },
  );
});

/** The agent's tools on the local sandbox, as the model sees their results. */
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcesses } from '@fabro/process';
import type { JsonValue } from '@fabro/protocol';
import { createLocalSandbox } from '@fabro/sandbox/local';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorld, removeWorld } from '../../packages/agent/test/support/folder-sandbox.js';
import { call, provider, says } from '../../packages/agent/test/support/model.js';
import { type Process, setting, start } from '../../packages/agent/test/support/process.js';

const processes = createProcesses({ rootId: `agent-tools-${randomUUID().slice(0, 8)}` });
let folder = '';

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'fabro-local-tools-')));
});

afterAll(async () => {
  await processes.close();
  await rm(folder, { recursive: true, force: true });
});

async function use(
  name: string,
  steps: readonly (readonly [tool: string, input: JsonValue])[],
): Promise<{ outputs: unknown[]; live: Process['live'] }> {
  const world = await makeWorld({});
  const given = setting(
    world,
    provider((turn) => {
      const step = steps[turn - 1];
      return step === undefined ? says('done') : says('', call(`c${turn}`, ...step));
    }),
  );
  const sandbox = createLocalSandbox({
    processes,
    workdir: folder,
    scratchDir: join(folder, '.scratch', name),
    baseEnv: { PATH: process.env['PATH'], HOME: folder },
  });
  const session = start(given, { ports: { sandbox } });
  await session.result;
  await removeWorld(world);
  return {
    outputs: given.disk.named('agent.tool.completed').map((event) => event.properties['output']),
    live: session.live,
  };
}

it('finds, reads, edits and tests a file', async () => {
  await writeFile(join(folder, 'sum.mjs'), 'export const sum = (a, b) => a - b;\n');
  const { outputs, live } = await use('repair', [
    ['glob', { pattern: '*.mjs' }],
    ['grep', { pattern: 'a - b', glob_filter: '*.mjs' }],
    ['edit_file', { file_path: 'sum.mjs', old_string: 'a - b', new_string: 'a + b' }],
    ['read_file', { file_path: 'sum.mjs' }],
    ['shell', { command: 'cat sum.mjs; echo no >&2; exit 3' }],
    ['write_file', { file_path: 'deep/er/new.txt', content: 'made\n' }],
  ]);
  expect(outputs).toEqual([
    'sum.mjs',
    'sum.mjs:1:export const sum = (a, b) => a - b;',
    'Replaced 1 occurrence in sum.mjs.',
    '1 | export const sum = (a, b) => a + b;',
    'Exit code: 3\nstdout:\nexport const sum = (a, b) => a + b;\n\nstderr:\nno\n',
    'Wrote 5 bytes to deep/er/new.txt.',
  ]);
  expect(await readFile(join(folder, 'deep/er/new.txt'), 'utf8')).toBe('made\n');
  const deltas = live.filter((event) => event.event === 'agent.tool.output.delta');
  expect(deltas.map((event) => event.properties)).toContainEqual({
    stream: 'stderr',
    delta: 'no\n',
  });
});

it('ends a command at its timeout and tells what it wrote', async () => {
  const { outputs } = await use('timeout', [
    ['shell', { command: 'echo begun; sleep 60', timeout_ms: 500 }],
  ]);
  expect(outputs).toEqual([
    expect.stringMatching(/^Command timed out\.\nExit code: .*\nstdout:\nbegun\n\nstderr:\n$/),
  ]);
});

it('answers a bad pattern with what is wrong', async () => {
  const { outputs } = await use('pattern', [['grep', { pattern: '(' }]]);
  expect(outputs).toEqual([expect.stringContaining('grep pattern "("')]);
});

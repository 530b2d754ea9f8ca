import { randomUUID } from 'node:crypto';
import {
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { createProcesses } from '@fabro/process';
import { describeSandboxContract } from '../src/contract/index.js';
import { exec } from '../src/contract/drive.js';
import { type LocalSandboxOptions, createLocalSandbox } from '../src/local/index.js';

const rootId = randomUUID();
const processes = createProcesses({ rootId });
afterAll(async () => await processes.close());

async function folder(): Promise<string> {
  return await realpath(await mkdtemp(join(tmpdir(), 'fabro-sandbox-')));
}

async function local(options: Partial<LocalSandboxOptions> = {}) {
  const base = await folder();
  const workdir = join(base, 'work');
  const sandbox = createLocalSandbox({
    processes,
    workdir,
    scratchDir: join(base, 'scratch'),
    baseEnv: process.env,
    ...options,
  });
  await sandbox.writeFile('x', new Uint8Array());
  await rm(join(workdir, 'x'));
  return { base, sandbox, remove: async () => await rm(base, { recursive: true, force: true }) };
}

async function localForTest(options: Partial<LocalSandboxOptions> = {}) {
  const made = await local(options);
  onTestFinished(made.remove);
  return made;
}

describeSandboxContract('local', async () => await local());

test('§10: commands see the listed variables and the given ones, and no secret of either', async () => {
  const { sandbox } = await localForTest({
    baseEnv: {
      PATH: process.env['PATH'],
      HOME: '/home/x',
      LC_ALL: 'C',
      FABRO_DEV_TOKEN: 'no',
      X: 'no',
    },
  });
  const result = await exec(sandbox, {
    argv: ['env'],
    key: 'k',
    env: { MODE: 'test', MY_API_KEY: 'no' },
  });
  const names = result.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('=')[0]);
  expect(names).toEqual(['PATH', 'HOME', 'LC_ALL', 'MODE', 'FABRO_SPAWN', 'FABRO_SPAWN_INSTANCE']);
});

test('output files lie in the scratch folder, private, and are gone after dispose', async () => {
  const { sandbox, base } = await localForTest();
  const scratch = join(base, 'scratch');
  const result = await sandbox.exec(
    { key: 'k', command: 'echo x' },
    { signal: new AbortController().signal },
  );
  expect((await stat(scratch)).mode & 0o777).toBe(0o700);
  expect(await readdir(scratch)).toHaveLength(2);
  await result.dispose();
  expect(await readdir(scratch)).toEqual([]);
  await expect(result.stdout.read()).rejects.toMatchObject({ code: 'gone' });
});

test('a command that could not be started leaves no output file', async () => {
  const { sandbox, base } = await localForTest();
  await expect(exec(sandbox, { argv: ['no-such-program'] })).rejects.toThrow('no-such-program');
  expect(await readdir(join(base, 'scratch'))).toEqual([]);
});

test('output that a killed server left is found by the key alone, and bounded', async () => {
  const { sandbox, base } = await localForTest();
  const signal = new AbortController().signal;
  await sandbox.exec({ key: 'run/1', command: 'printf 0123456789' }, { signal });
  const later = createLocalSandbox({
    processes,
    workdir: join(base, 'work'),
    scratchDir: join(base, 'scratch'),
    baseEnv: {},
    maxOutputBytes: 4,
  });
  const found = await later.recoveredOutput('run/1');
  expect(found?.stdout.bytes).toBe(4);
  expect(await found?.stdout.tail(100)).toBe('6789');
  expect(found?.stderr.bytes).toBe(0);
});

test('it is no boundary: `..`, absolute paths and links lead out', async () => {
  const { sandbox, base } = await localForTest();
  await writeFile(join(base, 'outside'), 'out');
  await symlink(join(base, 'outside'), join(base, 'work', 'link'));
  const read = async (path: string) =>
    Buffer.from(await sandbox.readFile(path, { maxBytes: 10 })).toString();
  expect(await read('../outside')).toBe('out');
  expect(await read(join(base, 'outside'))).toBe('out');
  expect(await read('link')).toBe('out');
});

test('paths of matches outside the working directory are absolute', async () => {
  const { sandbox, base } = await localForTest();
  await writeFile(join(base, 'outside'), 'needle');
  const signal = new AbortController().signal;
  expect(await sandbox.grep('needle', { path: '..', limit: 5, signal })).toEqual([
    { path: join(base, 'outside'), line: 1, text: 'needle' },
  ]);
});

test('a walk does not follow links to folders, and so ends', async () => {
  const { sandbox, base } = await localForTest();
  await symlink(base, join(base, 'work', 'loop'));
  await sandbox.writeFile('file', new Uint8Array());
  const signal = new AbortController().signal;
  expect(await sandbox.glob('**', { limit: 10, signal })).toEqual(['file']);
});

test('files past the limit of the sandbox are neither read nor written', async () => {
  const { sandbox, base } = await localForTest({ maxFileBytes: 3 });
  await writeFile(join(base, 'work', 'four'), '1234');
  await expect(sandbox.readFile('four', { maxBytes: 100 })).rejects.toMatchObject({
    code: 'too_large',
  });
  await expect(sandbox.writeFile('new', new Uint8Array(4))).rejects.toMatchObject({
    code: 'too_large',
  });
  expect(await readdir(join(base, 'work'))).toEqual(['four']);
});

test('files without a size, as in /proc, are read to their end and bounded', async () => {
  const { sandbox } = await localForTest();
  const bytes = await sandbox.readFile('/proc/self/status', { maxBytes: 100_000 });
  expect(Buffer.from(bytes).toString()).toMatch(/^Name:.*VmRSS:/s);
  await expect(sandbox.readFile('/proc/self/status', { maxBytes: 10 })).rejects.toMatchObject({
    code: 'too_large',
  });
});

test('a long line is cut in a search result, and a pattern that anchors to the text works per line', async () => {
  const { sandbox } = await localForTest();
  await sandbox.writeFile('min.js', Buffer.from(`first\n${'x'.repeat(3_000)}\n`));
  const signal = new AbortController().signal;
  const [match] = await sandbox.grep(String.raw`\Axx`, { limit: 5, signal });
  expect(match).toMatchObject({ path: 'min.js', line: 2, text: `${'x'.repeat(2_000)}…` });
});

test('a pause stops a command between its steps', async () => {
  const { sandbox, base } = await localForTest();
  const listeners = new Set<(paused: boolean) => void>();
  const pause = {
    paused: true,
    subscribe(listener: (paused: boolean) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const running = exec(sandbox, { command: 'touch ran' }, { pause });
  await exec(sandbox, { command: 'true' });
  expect(await readdir(join(base, 'work'))).toEqual([]);
  pause.paused = false;
  for (const listener of listeners) listener(false);
  expect(await running).toMatchObject({ exitCode: 0 });
  expect(await readdir(join(base, 'work'))).toEqual(['ran']);
});

test('leftovers of an earlier server are ended by prefix and named once per key', async () => {
  const { sandbox, base } = await localForTest();
  const earlier = createProcesses({ rootId });
  onTestFinished(async () => await earlier.close());
  const old = createLocalSandbox({
    processes: earlier,
    workdir: join(base, 'work'),
    scratchDir: join(base, 'scratch'),
    baseEnv: process.env,
  });
  let ready: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const running = exec(
    old,
    { key: 'run1/a', command: 'sleep 1000 & sleep 1000 & echo up; wait' },
    { onOutput: () => ready() },
  );
  await started;
  expect(await sandbox.endLeftovers('run2/')).toEqual([]);
  expect(await sandbox.endLeftovers('run1/')).toEqual(['run1/a']);
  expect(await running).toMatchObject({ signal: 'SIGTERM' });
});

test('relative folders are refused when the sandbox is made', () => {
  expect(() =>
    createLocalSandbox({ processes, workdir: 'here', scratchDir: '/tmp', baseEnv: {} }),
  ).toThrow('local sandbox: workdir "here": expected an absolute path.');
});

test('a written file is whole at every moment', async () => {
  const { sandbox, base } = await localForTest();
  const path = join(base, 'work', 'file');
  const texts = ['a', 'b'].map((char) => char.repeat(1_000_000));
  await sandbox.writeFile('file', Buffer.from(texts[0] ?? ''));
  const writing = (async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      await sandbox.writeFile('file', Buffer.from(texts[turn % 2] ?? ''));
    }
  })();
  const seen = new Set<string>();
  for (let turn = 0; turn < 20; turn += 1) seen.add(await readFile(path, 'utf8'));
  await writing;
  expect([...seen].every((text) => texts.includes(text))).toBe(true);
});

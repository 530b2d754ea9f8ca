import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProcesses } from '../src/index.js';
import { bash, bench } from './helpers.js';

test('a program runs with exactly the given environment plus its two marks', async () => {
  const { run, request, rootId } = await bench();
  const asked = request({ argv: ['/usr/bin/env'], key: 'r/root/a@1/1', env: { A: 'b c' } });
  const result = await run(asked);
  expect(result).toMatchObject({ termination: 'exited', exitCode: 0, stderrBytes: 0 });
  const lines = (await readFile(asked.stdoutPath, 'utf8')).trimEnd().split('\n');
  expect(lines).toEqual([
    'A=b c',
    `FABRO_SPAWN=${rootId}/r/root/a@1/1`,
    expect.stringMatching(/^FABRO_SPAWN_INSTANCE=[0-9a-f-]{36}\.1$/),
  ]);
});

test('exit code, folder, arguments and both streams arrive as they are', async () => {
  const { run, request, folder } = await bench();
  const asked = request({
    argv: ['bash', '-c', 'pwd; printf "%s|" "$@"; echo oops >&2; exit 3', 'sh', 'a b', '', '*'],
  });
  expect(await run(asked)).toMatchObject({ termination: 'exited', exitCode: 3, stderrBytes: 5 });
  expect(await readFile(asked.stdoutPath, 'utf8')).toBe(`${folder}\na b||*|`);
  expect(await readFile(asked.stderrPath, 'utf8')).toBe('oops\n');
});

test('output files are readable by the owner only', async () => {
  const { run, request } = await bench();
  const asked = request({ argv: ['true'] });
  await run(asked);
  expect((await stat(asked.stdoutPath)).mode & 0o777).toBe(0o600);
  expect((await stat(asked.stderrPath)).mode & 0o777).toBe(0o600);
});

test('a program that is killed by a signal has its name and no exit code', async () => {
  const { run } = await bench();
  const result = await run({ argv: bash('kill -SEGV $$') });
  expect(result).toMatchObject({ termination: 'exited', signal: 'SIGSEGV' });
  expect(result.exitCode).toBeUndefined();
});

test('standard input is delivered whole and closed; without it the program reads nothing', async () => {
  const { run, request, folder } = await bench();
  const text = 'zeile ü\n'.repeat(200_000);
  const asked = request({ argv: bash('cat /dev/stdin'), stdin: text });
  await run(asked);
  expect(await readFile(asked.stdoutPath, 'utf8')).toBe(text);
  const none = request({ argv: ['wc', '-c'] });
  await run(none);
  expect((await readFile(none.stdoutPath, 'utf8')).trim()).toBe('0');
  expect(await stat(join(folder, 'output-1.out.stdin')).catch(() => 'gone')).toBe('gone');
});

test('a program that never reads its large input still ends', async () => {
  const { run } = await bench();
  expect(await run({ argv: ['true'], stdin: 'x'.repeat(5_000_000) })).toMatchObject({
    exitCode: 0,
  });
});

test('input past 16 MiB is refused with its size and the remedy', async () => {
  const { run } = await bench();
  await expect(
    run({ argv: ['cat'], key: 'k', stdin: 'x'.repeat(16 * 1024 * 1024 + 1) }),
  ).rejects.toMatchObject({
    code: 'too_large',
    message:
      'command k: standard input has 16777217 bytes, at most 16777216 are possible. Write it to a file and pass its path.',
  });
});

test('a missing program is named together with the PATH that was searched', async () => {
  const { run } = await bench();
  await expect(run({ argv: ['no-such-program'], env: { PATH: '/bin' } })).rejects.toMatchObject({
    code: 'missing_program',
    message: 'program no-such-program was not found on PATH (/bin). Install it or extend PATH.',
  });
});

test('a file that is not executable is a missing program, and the message says how to see why', async () => {
  const { run } = await bench();
  await expect(run({ argv: ['/etc/passwd'] })).rejects.toMatchObject({
    code: 'missing_program',
    message: 'program /etc/passwd may not be executed. Check it with ls -l.',
  });
});

test('a missing working directory is told apart from a missing program', async () => {
  const { run } = await bench();
  await expect(run({ argv: ['true'], cwd: '/no/such/folder' })).rejects.toMatchObject({
    code: 'invalid_argument',
    message: 'working directory /no/such/folder does not exist. Create it or name another.',
  });
  await expect(run({ argv: ['true'], cwd: '/etc/passwd' })).rejects.toMatchObject({
    code: 'invalid_argument',
    message: 'working directory /etc/passwd is not a directory. Name a directory.',
  });
});

test('arguments larger than the system allows are refused, and the spawner goes on', async () => {
  const { run } = await bench();
  await expect(run({ argv: ['true', 'x'.repeat(4_000_000)] })).rejects.toMatchObject({
    code: 'invalid_argument',
  });
  expect(await run({ argv: ['true'] })).toMatchObject({ exitCode: 0 });
});

test('a NUL character or a bad variable name is refused before anything starts', async () => {
  const { run } = await bench();
  await expect(run({ argv: ['echo', 'a\0b'], key: 'k' })).rejects.toMatchObject({
    code: 'invalid_argument',
    message:
      'command k: "a\\u0000b" contains a NUL character, which no argument, path or variable can.',
  });
  await expect(run({ argv: ['true'], env: { 'A=B': 'c' } })).rejects.toMatchObject({
    code: 'invalid_argument',
  });
});

test('output files whose folder is missing are reported with their place', async () => {
  const { run } = await bench();
  await expect(run({ argv: ['true'], key: 'k', stdoutPath: '/no/such/x' })).rejects.toMatchObject({
    code: 'storage_unwritable',
    message: 'command k: its files beside /no/such/x cannot be written (ENOENT).',
  });
});

test('a spawner that cannot start is reported with its own words', async () => {
  const { request } = await bench();
  const entry = { path: '/no/such/spawner.js', execArgv: [] };
  const processes = createProcesses({ rootId: 'r', entry });
  await expect(
    processes.run(request({ argv: ['true'] }), { signal: new AbortController().signal }),
  ).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(
      /^the spawner ended with code 1: .*Cannot find module '\/no\/such\/spawner\.js'/s,
    ),
  });
  await processes.close();
});

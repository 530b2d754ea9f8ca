import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bash, bench, eventually } from './helpers.js';

test('output is handed on while the program still runs', async () => {
  const { run, folder } = await bench();
  let seen = '';
  const running = run(
    { argv: bash('echo one; until [ -e go ]; do sleep 0.01; done; echo two') },
    { onOutput: (stream, text) => void (seen += `${stream}:${text}`) },
  );
  await eventually(() => (seen === 'stdout:one\n' ? true : undefined));
  await writeFile(join(folder, 'go'), '');
  await running;
  expect(seen).toBe('stdout:one\nstdout:two\n');
});

test('both streams arrive whole and in order, equal to the files', async () => {
  const { run, request } = await bench();
  const seen = { stdout: '', stderr: '' };
  const asked = request({ argv: bash('for i in {1..20000}; do echo $i; echo e$i >&2; done') });
  const result = await run(asked, { onOutput: (stream, text) => void (seen[stream] += text) });
  expect(seen.stdout).toBe(await readFile(asked.stdoutPath, 'utf8'));
  expect(seen.stderr).toBe(await readFile(asked.stderrPath, 'utf8'));
  expect(result.stdoutBytes).toBe(seen.stdout.length);
  expect(seen.stdout.endsWith('\n20000\n')).toBe(true);
});

test('a character whose bytes arrive apart is handed on as one', async () => {
  const { run, folder } = await bench();
  const pieces: string[] = [];
  const running = run(
    {
      argv: bash(
        String.raw`printf 'a\xf0\x9f'; until [ -e go ]; do sleep 0.01; done; printf '\x98\x80b\xff'`,
      ),
    },
    { onOutput: (_stream, text) => void pieces.push(text) },
  );
  await eventually(() => pieces[0]);
  await writeFile(join(folder, 'go'), '');
  await running;
  expect(pieces).toEqual(['a', '😀b\u{fffd}']);
});

test('a character cut off by the end of the output becomes a replacement character', async () => {
  const { run } = await bench();
  let seen = '';
  await run(
    { argv: bash(String.raw`printf 'a\xf0\x9f'`) },
    { onOutput: (_stream, text) => void (seen += text) },
  );
  expect(seen).toBe('a\u{fffd}');
});

test('a program that prints without end is ended as `output_limit`, and the file is cut to the limit', async () => {
  const { run, request } = await bench();
  const asked = request({ argv: ['yes'], maxOutputBytes: 1_000_000 });
  const result = await run(asked);
  expect(result).toMatchObject({ termination: 'output_limit', stdoutBytes: 1_000_000 });
  expect((await stat(asked.stdoutPath)).size).toBe(1_000_000);
});

test('a printer that ignores TERM is killed without waiting 2 s while it fills the disk', async () => {
  const { run } = await bench();
  const result = await run({
    argv: bash('trap "" TERM; exec yes'),
    maxOutputBytes: 1_000_000,
  });
  expect(result).toMatchObject({ termination: 'output_limit', signal: 'SIGKILL' });
  expect(result.durationMs).toBeLessThan(2_000);
});

test('the limit counts for standard error too, and for a program that ended before anybody looked', async () => {
  const { run } = await bench();
  const result = await run({
    argv: bash('head -c 5000 /dev/zero >&2'),
    maxOutputBytes: 4_999,
  });
  expect(result).toMatchObject({ termination: 'output_limit', exitCode: 0, stderrBytes: 4_999 });
  expect(await run({ argv: bash('head -c 5000 /dev/zero'), maxOutputBytes: 5_000 })).toMatchObject({
    termination: 'exited',
    stdoutBytes: 5_000,
  });
});

test('a listener hears no more than the limit', async () => {
  const { run } = await bench();
  let heard = 0;
  await run(
    { argv: ['yes'], maxOutputBytes: 300_000 },
    { onOutput: (_stream, text) => void (heard += text.length) },
  );
  expect(heard).toBe(300_000);
});

test('a program that prints 100 MB costs the server a few megabytes only', async () => {
  const { run, request } = await bench();
  const asked = request({ argv: bash('yes | head -c 100000000'), maxOutputBytes: 200_000_000 });
  let heard = 0;
  let most = 0;
  const before = process.memoryUsage().arrayBuffers;
  await run(asked, {
    onOutput: (_stream, text) => {
      heard += text.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    },
  });
  expect(heard).toBe(100_000_000);
  expect(most).toBeLessThan(20_000_000);
});

test('an error in the listener ends the group and comes back from the run', async () => {
  const { run } = await bench();
  await expect(
    run(
      { argv: bash('echo x; sleep 1000') },
      {
        onOutput: () => {
          throw new RangeError('listener broke');
        },
      },
    ),
  ).rejects.toThrow('listener broke');
});

test('a program that removes or cuts its own output file does no harm', async () => {
  const { run, request } = await bench();
  const asked = request({
    argv: bash('echo hello; sleep 0.15; : > "$OUT"; sleep 0.15; rm "$OUT"'),
  });
  const env = { ...asked.env, OUT: asked.stdoutPath };
  expect(await run({ ...asked, env }, { onOutput: () => undefined })).toMatchObject({
    exitCode: 0,
  });
});

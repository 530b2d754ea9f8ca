import { expect, it } from 'vitest';
import type { Sandbox } from '../port.js';
import { exec } from './drive.js';

export function outputCases(sandbox: () => Sandbox): void {
  const signal = new AbortController().signal;

  it('hands on output per stream while the command runs', async () => {
    const seen = { stdout: '', stderr: '' };
    await exec(
      sandbox(),
      { command: 'echo out; echo err >&2; echo more' },
      { onOutput: (stream, text) => void (seen[stream] += text) },
    );
    expect(seen).toEqual({ stdout: 'out\nmore\n', stderr: 'err\n' });
  });

  it('gives the whole output, or its end without a broken character', async () => {
    const result = await sandbox().exec(
      { key: 'output/1', command: "printf 'aü€😀z'" },
      { signal },
    );
    expect(result.stdout.bytes).toBe(11);
    expect(await result.stdout.tail(11)).toBe('aü€😀z');
    expect(await result.stdout.tail(5)).toBe('😀z');
    expect(await result.stdout.tail(4)).toBe('z');
    expect(await result.stdout.tail(0)).toBe('');
    expect(new TextDecoder().decode(await result.stdout.read())).toBe('aü€😀z');
    await result.dispose();
  });

  it('gives bytes that are no UTF-8 as they are, and replaced as text', async () => {
    const result = await sandbox().exec(
      { key: 'output/2', command: String.raw`printf 'a\xffb\x00'` },
      { signal },
    );
    expect([...(await result.stdout.read())]).toEqual([0x61, 0xff, 0x62, 0]);
    expect(await result.stdout.tail(10)).toBe('a\u{fffd}b\0');
    await result.dispose();
  });

  it('ends a command that prints more than it may, and keeps what it may', async () => {
    const result = await exec(sandbox(), { command: 'yes', maxOutputBytes: 1_000 });
    expect(result.termination).toBe('output_limit');
    expect(result.stdout).toBe('y\n'.repeat(500));
  });

  it('finds the output of a key again until it is removed', async () => {
    expect(await sandbox().recoveredOutput('output/3')).toBeUndefined();
    const result = await sandbox().exec(
      { key: 'output/3', command: 'echo out; echo err >&2' },
      { signal },
    );
    const found = await sandbox().recoveredOutput('output/3');
    expect(await found?.stdout.tail(100)).toBe('out\n');
    expect(await found?.stderr.tail(100)).toBe('err\n');
    await result.dispose();
    expect(await sandbox().recoveredOutput('output/3')).toBeUndefined();
  });
}

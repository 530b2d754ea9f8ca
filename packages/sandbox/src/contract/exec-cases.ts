import { expect, it } from 'vitest';
import type { Sandbox } from '../port.js';
import { exec, write } from './drive.js';

export function execCases(sandbox: () => Sandbox): void {
  it('runs a command by bash in the working directory', async () => {
    expect(await exec(sandbox(), { command: 'pwd; [[ a == a ]] && exit 4' })).toMatchObject({
      termination: 'exited',
      exitCode: 4,
      stdout: `${sandbox().workdir}\n`,
      stderr: '',
    });
  });

  it('runs a program with arguments that no shell touches', async () => {
    const result = await exec(sandbox(), { argv: ['printf', '%s|', '$HOME', 'a b', ''] });
    expect(result.stdout).toBe('$HOME|a b||');
  });

  it('refuses a request with both a command and arguments, or with neither', async () => {
    await expect(exec(sandbox(), { command: 'true', argv: ['true'] })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    await expect(exec(sandbox(), {})).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  it('takes a folder relative to the working directory, or an absolute one', async () => {
    await write(sandbox(), 'below/x', '');
    const relative = await exec(sandbox(), { command: 'pwd', cwd: 'below' });
    expect(relative.stdout).toBe(`${sandbox().workdir}/below\n`);
    expect((await exec(sandbox(), { command: 'pwd', cwd: '/' })).stdout).toBe('/\n');
  });

  it('names a folder that is missing', async () => {
    await expect(exec(sandbox(), { command: 'true', cwd: 'missing' })).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('/missing'),
    });
  });

  it('names a program that is missing', async () => {
    await expect(exec(sandbox(), { argv: ['no-such-program'] })).rejects.toMatchObject({
      code: 'missing_program',
      message: expect.stringContaining('no-such-program'),
    });
  });

  it('adds the given variables', async () => {
    const result = await exec(sandbox(), { command: 'echo "$ONE"', env: { ONE: 'two  three' } });
    expect(result.stdout).toBe('two  three\n');
  });

  it('delivers standard input, and none when none is given', async () => {
    expect((await exec(sandbox(), { command: 'cat', stdin: 'grüße' })).stdout).toBe('grüße');
    expect((await exec(sandbox(), { command: 'cat' })).stdout).toBe('');
  });

  it('ends a command past its time', async () => {
    const result = await exec(sandbox(), { command: 'sleep 1000', timeoutMs: 100 });
    expect(result.termination).toBe('timed_out');
  });

  it('ends a command whose signal aborts', async () => {
    const stop = new AbortController();
    const result = await exec(
      sandbox(),
      { command: 'echo ready; sleep 1000' },
      { signal: stop.signal, onOutput: () => stop.abort() },
    );
    expect(result).toMatchObject({ termination: 'cancelled', stdout: 'ready\n' });
  });

  it('leaves no background process of a command alive', async () => {
    const result = await exec(sandbox(), { command: 'sleep 1000 >/dev/null 2>&1 & echo $!' });
    const pid = Number(result.stdout);
    expect(pid).toBeGreaterThan(1);
    const look = `[ -e /proc/${pid}/stat ] && ! grep -q ') Z' /proc/${pid}/stat && echo alive`;
    expect((await exec(sandbox(), { command: `${look}; true` })).stdout).toBe('');
  });

  it('sees the same place from another working directory', async () => {
    await write(sandbox(), 'branch/file', 'there');
    const other = sandbox().at(`${sandbox().workdir}/branch`);
    expect(other.workdir).toBe(`${sandbox().workdir}/branch`);
    expect((await exec(other, { command: 'cat file' })).stdout).toBe('there');
  });
}

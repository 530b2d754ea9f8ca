/** What the shells are offered, and the script that asks for it in a real bash. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import type { Clock } from '@fabro/protocol';
import { RUN } from './support/events.js';
import { fakeIo } from './support/fake-io.js';
import { fakeServer } from './support/fake-server.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-completion-'));
  await mkdir(join(folder, '.fabro/workflows/release'), { recursive: true });
  await writeFile(join(folder, '.fabro/project.toml'), '_version = 1\n');
  await writeFile(join(folder, '.fabro/workflows/release/workflow.fabro'), 'digraph R {}\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A clock by which nothing takes too long. */
const patient: Clock = {
  now: () => Date.parse('2026-01-31T12:00:00Z'),
  sleepUntil: (_at, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
};

/** The lines for a cursor at the end of `current`. */
async function complete(before: string[], current: string, env: Record<string, string> = {}) {
  const server = fakeServer();
  const io = {
    ...fakeIo({ cwd: folder, env: { HOME: join(folder, 'home'), ...env }, world: server.world }),
    clock: patient,
  };
  expect(await runCli(['__complete', `--word=${current}`, '--', ...before], io)).toBe(0);
  expect(io.err()).toBe('');
  return {
    lines: io
      .out()
      .split('\n')
      .filter((line) => line !== ''),
    requests: server.requests,
  };
}
const valuesOf = async (...args: Parameters<typeof complete>) =>
  (await complete(...args)).lines.map((line) => line.split('\t')[0]);

describe('completions', () => {
  it('of commands say what each is for and leave out hidden ones', async () => {
    expect((await complete([], 'ser')).lines).toEqual([
      'server\tStart, stop and look at the local server',
    ]);
    expect(await valuesOf(['server'], '')).toEqual(['start', 'stop', 'restart', 'status']);
    expect(await valuesOf([], '__')).toEqual([]);
    expect(await valuesOf(['help', 'server'], 'st')).toEqual(['start', 'stop', 'status']);
  });

  it('of flags are those of the command, of their values the choices', async () => {
    expect(await valuesOf(['run'], '--dry')).toEqual(['--dry-run']);
    expect(await valuesOf(['run'], '--run-id')).toEqual([]);
    expect(await valuesOf(['run', '--sandbox'], 'd')).toEqual(['docker', 'daytona']);
    expect(await valuesOf(['run', '--sandbox', '='], 'd')).toEqual(['docker', 'daytona']);
    expect(await valuesOf(['run'], '--sandbox=d')).toEqual([
      '--sandbox=docker',
      '--sandbox=daytona',
    ]);
    expect(await valuesOf(['completion'], '')).toEqual(['bash', 'zsh', 'fish', 'powershell']);
  });

  it('of models and providers come from the catalogue', async () => {
    expect(await valuesOf(['run', 'x', '--model'], 'claude-sonnet')).toContain('claude-sonnet-4-5');
    expect(await valuesOf(['run', '--provider'], 'anth')).toEqual(['anthropic']);
  });

  it('of workflows are their names, and files beside them', async () => {
    expect(await valuesOf(['run'], 'rel')).toEqual(['release', ':files']);
    expect(await valuesOf(['ps', '--workflow'], 'r')).toEqual(['release']);
    expect(await valuesOf(['run', 'release'], '')).toEqual([]);
  });

  it('of runs come from the server, behind flags with values too, in any case', async () => {
    const env = { FABRO_SERVER: 'http://127.0.0.1:1', FABRO_DEV_TOKEN: 'token' };
    const { lines, requests } = await complete(['logs', '-n', '3'], '01jnq', env);
    expect(lines).toEqual([`${RUN}\tDemo, completed, 1h`]);
    expect(requests).toEqual(['GET /runs?page%5Blimit%5D=30&page%5Boffset%5D=0']);
    expect(await valuesOf(['rm', RUN], '01', env)).toEqual([RUN]);
  });

  it('start no server: without one there are no runs to offer', async () => {
    // The world of this test throws when a server is started.
    expect(await valuesOf(['attach'], '')).toEqual([]);
  });

  it('do not wait for a server that is silent, and leave no request open', async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    // The time is up as soon as the request is on its way.
    let ask = () => {};
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const io = {
      ...fakeIo({
        cwd: folder,
        env: { FABRO_SERVER: 'http://127.0.0.1:1', FABRO_DEV_TOKEN: 'token' },
        world: {
          fetchFor: async () => (_url, init) => {
            signals.push(init?.signal);
            ask();
            return new Promise(() => {});
          },
        },
      }),
      clock: { ...patient, sleepUntil: () => asked },
    };
    expect(await runCli(['__complete', '--word=', '--', 'attach'], io)).toBe(0);
    expect(io.out()).toBe('');
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });

  it('say nothing when the settings cannot be read', async () => {
    const env = { FABRO_CONFIG: join(folder, 'missing.toml') };
    expect(await valuesOf(['attach'], '', env)).toEqual([]);
  });
});

// §13 completion
describe('fabro completion', () => {
  const scriptOf = async (shell: string) => {
    const io = fakeIo();
    expect(await runCli(['completion', shell], io)).toBe(0);
    return io.out();
  };

  it.each([
    ['bash', 'complete -F _fabro fabro'],
    ['zsh', '#compdef fabro'],
    ['fish', 'complete -c fabro'],
    ['powershell', 'Register-ArgumentCompleter'],
  ])('prints a script for %s that asks the program', async (shell, registration) => {
    const script = await scriptOf(shell);
    expect(script).toContain(registration);
    expect(script).toContain('fabro __complete "--word=');
    expect(script).not.toContain('\\${');
  });

  it('refuses a shell that it does not know', async () => {
    const io = fakeIo();
    expect(await runCli(['completion', 'tcsh'], io)).toBe(2);
    expect(io.err()).toContain('Allowed choices are bash, zsh, fish, powershell.');
  });

  it('works in bash: what is typed is passed on as it is and never evaluated', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await writeFile(join(folder, 'notes.md'), '');
    // Stands in for the program: shows its arguments, and asks for files.
    await writeFile(
      join(bin, 'fabro'),
      '#!/bin/bash\nprintf "%s\\tabout\\n" "$(printf "<%s>" "$@")"\necho ":files"\n',
      { mode: 0o755 },
    );
    const lines = [
      await scriptOf('bash'),
      'try() { COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _fabro; printf "%s\\n" "${COMPREPLY[@]}"; }',
      `try fabro run 'no'`,
      `try fabro run '$(touch owned)' --model = ''`,
    ];
    const { stdout, stderr } = await promisify(execFile)(
      'bash',
      ['--norc', '-c', lines.join('\n')],
      { cwd: folder, env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` } },
    );
    expect(stderr).toBe('');
    const [first, files, second, ...rest] = stdout.trimEnd().split('\n');
    expect(first).toBe('<__complete><--word=no><--><run>');
    expect(files).toBe('notes.md');
    expect(second).toBe('<__complete><--word=><--><run><$(touch owned)><--model><=>');
    expect(rest).toContain('notes.md');
    expect(rest).not.toContain('owned');
  });
});

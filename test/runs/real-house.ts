/** A house whose commands and whose git are real, and repositories for it to work in. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGit } from '@fabro/git';
import { createProcesses } from '@fabro/process';
import type { RunServicePorts } from '@fabro/runs';
import { createLocalSandbox } from '@fabro/sandbox/local';
import { afterAll, onTestFinished } from 'vitest';
import { openHouse, type House } from './house.js';

const processes = createProcesses({ rootId: crypto.randomUUID() });
afterAll(() => processes.close());

export const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=U', '-c', 'user.email=u@example.org', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

export async function folder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'fabro-begin-')));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

export async function repository(): Promise<string> {
  const repo = join(await folder(), 'repo');
  await mkdir(join(repo, 'sub'), { recursive: true });
  git(repo, 'init', '-q', '-b', 'main');
  await writeFile(join(repo, 'sub', 'a.txt'), 'one\n');
  git(repo, 'add', '-A');
  git(repo, 'commit', '-q', '-m', 'base');
  return repo;
}

/** A house whose commands are real. */
export async function realHouse(wish: Partial<RunServicePorts> = {}): Promise<House> {
  const sandbox = (request: { readonly workdir: string; readonly scratchDir: string }) =>
    createLocalSandbox({ processes, baseEnv: process.env, ...request });
  const scratch = await folder();
  return openHouse({
    sandbox,
    git: createGit({ sandbox: sandbox({ workdir: scratch, scratchDir: scratch }) }),
    ...wish,
  });
}

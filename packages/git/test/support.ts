/** A tiny runner over child processes, and repositories in temporary folders with an empty HOME. */
import { execFile, spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ExecOptions, ExecOutput, ExecRequest, ExecResult } from '@fabro/sandbox';
import { onTestFinished } from 'vitest';
import { type GitSandbox, createGit } from '../src/index.js';

const run = promisify(execFile);

export interface Bench {
  /** Temporary folder, removed after the test. */
  readonly folder: string;
  /** The caller's repository, one commit on `main`. */
  readonly repo: string;
  /** Where a worktree goes. */
  readonly tree: string;
  readonly sandbox: GitSandbox;
  /** Every command that the sandbox was asked for. */
  readonly requests: ExecRequest[];
  /** The user's own git in a folder. */
  git(cwd: string, ...args: string[]): Promise<string>;
  write(path: string, text: string, mode?: number): Promise<void>;
}

export async function bench(): Promise<Bench> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'fabro-git-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const home = join(folder, 'home');
  const repo = join(folder, 'repo');
  await mkdir(home);
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, LC_ALL: 'C' };
  const requests: ExecRequest[] = [];
  const self: Bench = {
    folder,
    repo,
    tree: join(folder, 'storage', 'run', 'worktree'),
    requests,
    sandbox: {
      exec: (request, options) => {
        requests.push(request);
        return exec(request, options, env);
      },
    },
    git: async (cwd, ...args) => {
      const user = ['-c', 'user.name=User', '-c', 'user.email=user@example.org'];
      return (await run('git', [...user, ...args], { cwd, env })).stdout;
    },
    write: async (path, text, mode = 0o644) => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text, { mode });
    },
  };
  await mkdir(repo);
  await self.git(repo, 'init', '-q', '-b', 'main');
  await self.write(join(repo, 'a.txt'), 'one\n');
  await self.write(join(repo, '.gitignore'), 'ignored/\n');
  await self.git(repo, 'add', '-A');
  await self.git(repo, 'commit', '-q', '-m', 'base');
  return self;
}

/** The commit at a name. */
export async function shaOf(b: Bench, cwd: string, name = 'HEAD'): Promise<string> {
  return (await b.git(cwd, 'rev-parse', name)).trim();
}

export const { signal } = new AbortController();
export const RUN = '01JDXG2T5WJ8Q4S7T9VB3C6D8E';
export const BRANCH = `fabro/run/${RUN}`;

export async function withWorktree(b: Bench) {
  const git = createGit({ sandbox: b.sandbox });
  const base = await shaOf(b, b.repo);
  await git.addWorktree({
    repo: b.repo,
    path: b.tree,
    branch: BRANCH,
    sha: base,
    key: 'w',
    signal,
  });
  return { git, base };
}

export const stage = (b: Bench, key: string) =>
  ({
    dir: b.tree,
    run: RUN,
    node: 'fix',
    status: 'succeeded',
    completed: 2,
    branch: BRANCH,
    key,
    signal,
  }) as const;

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function exec(
  request: ExecRequest,
  { signal }: ExecOptions,
  base: Readonly<Record<string, string>>,
): Promise<ExecResult> {
  const [program, ...args] = request.argv ?? ['bash', '-c', request.command ?? ''];
  const limit = request.maxOutputBytes ?? Number.POSITIVE_INFINITY;
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: request.cwd,
      env: { ...base, ...request.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let bytes = 0;
    let termination: ExecResult['termination'] = 'exited';
    const end = (why: ExecResult['termination']) => (): void => {
      termination = why;
      child.kill('SIGKILL');
    };
    const cancel = end('cancelled');
    signal.addEventListener('abort', cancel, { once: true });
    const timer = setTimeout(end('timed_out'), request.timeoutMs ?? 60_000);
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk.subarray(0, Math.max(0, limit - bytes)));
      bytes += chunk.length;
      if (bytes > limit) end('output_limit')();
    });
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (error) => {
      // Without a program there is no process, and `close` still follows for one that ran.
      if (child.pid === undefined) settle(() => reject(error));
    });
    child.stdin.on('error', () => {
      // A command that ends without reading its input closes the pipe; its exit code says what happened.
    });
    child.stdin.end(request.stdin ?? '');
    child.on('close', (code, killedBy) =>
      settle(() =>
        resolve({
          termination,
          ...(code === null ? {} : { exitCode: code }),
          ...(killedBy === null ? {} : { signal: killedBy }),
          durationMs: performance.now() - startedAt,
          stdout: output(out),
          stderr: output(err),
          dispose: async () => {},
        }),
      ),
    );
    function settle(done: () => void): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      done();
    }
  });
}

function output(chunks: readonly Buffer[]): ExecOutput {
  const all = Buffer.concat(chunks);
  return {
    bytes: all.length,
    tail: async (limit) => all.subarray(Math.max(0, all.length - limit)).toString(),
    read: async () => all,
  };
}

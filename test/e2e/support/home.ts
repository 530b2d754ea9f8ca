/** A HOME of its own for a test: everything below it, and every process that has it, is gone afterwards. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { atHome } from './processes.js';
import { until } from './wait.js';

export interface Home {
  readonly path: string;
  /** Storage root of this home's servers. */
  readonly storage: string;
  /** The environment that servers and commands get: this home, no key of any provider. */
  readonly env: Readonly<Record<string, string>>;
  /** A path below the home. */
  at(...parts: readonly string[]): string;
  /** Writes a file below the home and gives its path. */
  write(path: string, text: string): string;
  /** Lines of a file below the home; none when it does not exist. */
  lines(path: string): readonly string[];
  /** Makes a git repository with one commit of these files and gives its path. */
  repository(name: string, files: Readonly<Record<string, string>>): string;
}

/** To be called inside a test, whose end removes it. */
export function testHome(extra: Readonly<Record<string, string>> = {}): Home {
  const path = mkdtempSync(join(tmpdir(), 'fabro-e2e-'));
  onTestFinished(() => clear(path));
  const at = (...parts: readonly string[]): string => join(path, ...parts);
  const env = {
    HOME: path,
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    FABRO_STORAGE_DIR: at('storage'),
    GIT_CONFIG_NOSYSTEM: '1',
    ...extra,
  };
  const write = (name: string, text: string): string => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
    return at(name);
  };
  return {
    path,
    storage: at('storage'),
    env,
    at,
    write,
    lines(name) {
      try {
        return readFileSync(at(name), 'utf8').split('\n').slice(0, -1);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
        throw error;
      }
    },
    repository(name, files) {
      for (const [file, text] of Object.entries(files)) write(join(name, file), text);
      git(at(name), 'init', '--quiet', '--initial-branch=main');
      git(at(name), 'add', '--all');
      git(at(name), 'commit', '--quiet', '--message=first');
      return at(name);
    },
  };
}

/** Runs git in a folder as a person would, and gives what it prints. */
export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync(
    'git',
    ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
    },
  ).trimEnd();
}

async function clear(path: string): Promise<void> {
  await until(`the processes with HOME=${path} to end`, () => {
    const left = atHome(path);
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself since it was seen.
      }
    }
    return left.length === 0;
  });
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

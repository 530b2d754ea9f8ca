/** Set-up that the tests of this package share: folders that vanish, journals that close, child processes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Journal, JournalOptions } from '../src/index.js';
import { openSqliteJournal } from '../src/sqlite/index.js';
import { CONTRACT_OPTIONS } from '../src/contract/subject.js';

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fabro-journal-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A journal in a file, closed after the test. */
export async function openFile(
  path: string,
  options: JournalOptions = CONTRACT_OPTIONS,
): Promise<Journal> {
  const journal = await openSqliteJournal(path, options);
  onTestFinished(() => journal.close());
  return journal;
}

/** How to run a script of `test/scripts` in a process of its own. */
export function scriptCommand(name: string, args: readonly string[]): readonly string[] {
  const script = fileURLToPath(new URL(`./scripts/${name}.ts`, import.meta.url));
  return [process.execPath, '--import', 'tsx', script, ...args];
}

/** A script of `test/scripts` in a process of its own, ended after the test; its output comes line by line. */
export function startScript(name: string, args: readonly string[]): ChildProcess {
  const [program = '', ...rest] = scriptCommand(name, args);
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => kill(child));
  return child;
}

/** SIGKILL, and the wait until the process is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** The bundled command line as a process of its own. */
import { spawn } from 'node:child_process';
import { expect } from 'vitest';
import type { Home } from './home.js';
import { CLI_PROGRAM } from './server.js';

/** A line of a stack trace: a place in a program, where a diagnostic names one in a workflow. */
export const STACK = /^\s+at .*(?:\.[cm]?[jt]s|node:[\w/]+):\d+:\d+\)?$/m;

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Told all of standard output so far whenever there is more. */
  readonly onStdout?: (text: string) => void;
}

/** Runs one command to its end with nothing on standard input. */
export function fabro(
  home: Home,
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI_PROGRAM, ...args], {
      cwd: options.cwd ?? home.path,
      env: { ...home.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
      options.onStdout?.(stdout);
    });
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/**
 * The command failed with one message, which names all of this, and no stack trace. A workflow's diagnostic
 * counts as that message, its last line `error: Validation failed` does not.
 */
export function expectOneMessage(
  result: CliResult,
  code: number,
  named: readonly (string | RegExp)[],
): void {
  const shown = `${result.stdout}\n${result.stderr}`;
  expect(result.code, shown).toBe(code);
  const messages = shown.match(/^error(?: \[.*\])?: (?!Validation failed$)/gm);
  expect(messages, shown).toHaveLength(1);
  expect(shown).not.toMatch(STACK);
  expect(shown).not.toContain('looks like a defect');
  for (const name of named) expect(shown).toMatch(name instanceof RegExp ? name : literal(name));
}

function literal(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
}

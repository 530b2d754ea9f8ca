/** Measurements run in processes of their own, from the bundled code that ships, so that nothing of the parent disturbs them. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';

export const BUNDLE = fileURLToPath(new URL('../../bench/dist/', import.meta.url));

/** A child that takes longer hangs. */
const CHILD_TIMEOUT_MS = 120_000;

export interface ChildOptions {
  /** A program with arguments that Node is started by, for example strace. */
  readonly under?: readonly string[];
}

/** Runs `children/<name>.ts` with `input` and gives its answer. Rejects with what it wrote when it fails. */
export async function runChild<T>(
  name: string,
  input: Readonly<Record<string, unknown>>,
  answer: z.ZodType<T>,
  options: ChildOptions = {},
): Promise<T> {
  const command = [
    ...(options.under ?? []),
    process.execPath,
    `${BUNDLE}${name}.js`,
    JSON.stringify(input),
  ];
  const child = spawn(command[0] ?? '', command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: CHILD_TIMEOUT_MS,
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code ?? 'a signal'}:\n${err}`);
  return answer.parse(JSON.parse(out));
}

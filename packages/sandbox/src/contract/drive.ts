/** Short forms that the cases of the contract share. */
import type { ExecOptions, ExecRequest, Sandbox } from '../port.js';

let count = 0;

/** Runs a command, reads its output, removes it. */
export async function exec(
  sandbox: Sandbox,
  request: Partial<ExecRequest>,
  options?: Partial<ExecOptions>,
) {
  const key = request.key ?? `contract/${(count += 1)}`;
  const result = await sandbox.exec(
    { ...request, key },
    { signal: new AbortController().signal, ...options },
  );
  try {
    const stdout = await result.stdout.tail(1_000_000);
    const stderr = await result.stderr.tail(1_000_000);
    const { termination, exitCode, signal, durationMs } = result;
    return { termination, exitCode, signal, durationMs, stdout, stderr };
  } finally {
    await result.dispose();
  }
}

export async function write(sandbox: Sandbox, path: string, text: string): Promise<void> {
  await sandbox.writeFile(path, new TextEncoder().encode(text));
}

export async function read(sandbox: Sandbox, path: string): Promise<string> {
  return new TextDecoder().decode(await sandbox.readFile(path, { maxBytes: 1_000_000 }));
}

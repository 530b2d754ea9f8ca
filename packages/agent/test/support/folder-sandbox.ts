/** A sandbox over a real folder that shows as `/work`; commands are functions of the test. */
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { FabroError } from '@fabro/protocol';
import type { ExecOutput, ExecRequest, ExecResult, Sandbox } from '@fabro/sandbox';
import { Life } from './crash.js';

export interface CommandResult {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly termination?: ExecResult['termination'];
}

/** What is left when a process dies: the folder, the output files, and a ledger written by the acts themselves. */
export interface World {
  readonly root: string;
  readonly commands: (request: ExecRequest) => CommandResult;
  readonly ledger: string[];
  readonly outputs: Map<string, CommandResult>;
  readonly disposed: string[];
}

export async function makeWorld(
  files: Readonly<Record<string, string | Uint8Array>>,
  commands: World['commands'] = () => ({ exitCode: 0 }),
): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), 'fabro-agent-'));
  const world: World = { root, commands, ledger: [], outputs: new Map(), disposed: [] };
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), contents);
  }
  return world;
}

export function removeWorld(world: World): Promise<void> {
  return rm(world.root, { recursive: true, force: true });
}

const WORKDIR = '/work';

export function folderSandbox(world: World, life: Life = new Life()): Sandbox {
  const real = (path: string): string =>
    join(world.root, posix.relative(WORKDIR, posix.resolve(WORKDIR, path)));
  return {
    provider: 'folder',
    workdir: WORKDIR,
    async exec(request, options) {
      return life.step(`exec ${request.key}`, () => {
        world.ledger.push(`exec ${request.key}`);
        const result = world.commands(request);
        world.outputs.set(request.key, result);
        if (result.stdout !== undefined) options.onOutput?.('stdout', result.stdout);
        return {
          termination: result.termination ?? 'exited',
          ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
          ...(result.signal === undefined ? {} : { signal: result.signal }),
          durationMs: 1,
          stdout: outputOf(result.stdout ?? ''),
          stderr: outputOf(result.stderr ?? ''),
          async dispose() {
            world.disposed.push(request.key);
            world.outputs.delete(request.key);
          },
        };
      });
    },
    async recoveredOutput(key) {
      const left = world.outputs.get(key);
      if (left === undefined) return undefined;
      return { stdout: outputOf(left.stdout ?? ''), stderr: outputOf(left.stderr ?? '') };
    },
    async readFile(path, { maxBytes }) {
      try {
        const bytes = await readFile(real(path));
        if (bytes.length > maxBytes) throw new FabroError('too_large', `'${path}' is too large`);
        return bytes;
      } catch (error) {
        if (error instanceof FabroError) throw error;
        throw new FabroError('not_found', `'${path}' does not exist`, { cause: error });
      }
    },
    writeFile: (path, bytes) =>
      life.step(`write ${path}`, async () => {
        world.ledger.push(`write ${path}: ${new TextDecoder().decode(bytes)}`);
        await mkdir(dirname(real(path)), { recursive: true });
        await writeFile(real(path), bytes);
      }),
    async stat(path) {
      const found = await stat(real(path)).catch(() => undefined);
      if (found === undefined) return undefined;
      return {
        kind: found.isFile() ? 'file' : 'directory',
        size: found.size,
        mtimeMs: found.mtimeMs,
      };
    },
    async glob(pattern, { path = '.', limit }) {
      const names = await readdir(real(path), { recursive: true });
      const suffix = pattern.replace(/^.*\*/, '');
      return names
        .filter((name) => name.endsWith(suffix))
        .sort()
        .slice(0, limit);
    },
    async grep(pattern, { path = '.', caseInsensitive, limit }) {
      const expression = new RegExp(pattern, caseInsensitive === true ? 'i' : '');
      const matches = [];
      for (const name of (await readdir(real(path), { recursive: true })).sort()) {
        const file = posix.join(path, name);
        if (!(await stat(real(file))).isFile()) continue;
        const lines = (await readFile(real(file), 'utf8')).split('\n');
        for (const [i, text] of lines.entries())
          if (expression.test(text)) matches.push({ path: file, line: i + 1, text });
      }
      return matches.slice(0, limit);
    },
    at: () => {
      throw new Error('not used by the agent');
    },
    endLeftovers: () => Promise.resolve([]),
  };
}

function outputOf(text: string): ExecOutput {
  const bytes = new TextEncoder().encode(text);
  return {
    bytes: bytes.length,
    tail: (limit) => Promise.resolve(new TextDecoder().decode(bytes.slice(-limit))),
    read: () => Promise.resolve(bytes),
  };
}

/** The world that outlives a crash: what commands did, what was committed, what the model was asked. */
import { createHash } from 'node:crypto';
import type { Checkpoints, Hook, HookDecision, HookRunner } from '@fabro/engine';
import type { Model, ModelEvent, ModelRequest, Models } from '@fabro/models';
import { FabroError, type HookContext } from '@fabro/protocol';
import type { ExecOutput, ExecResult, Sandbox } from '@fabro/sandbox';
import type { Port } from './crasher.js';

/** One line of the ledger, written by the act itself and by nobody else. */
export interface LedgerEntry {
  readonly kind:
    | 'exec'
    | 'commit'
    | 'reset'
    | 'write'
    | 'model'
    | 'branch'
    | 'remove'
    | 'forward'
    | 'hook';
  readonly key: string;
  readonly detail: string;
}

interface Worktree {
  head: string;
  headKey: string | undefined;
}

/** What a command comes to at the n-th visit of its node, however often a restart repeats it. */
export type Script = (
  command: string,
  visit: number,
  tries: number,
) => { readonly exit: number; readonly stdout?: string; readonly timedOut?: boolean };

export class World {
  readonly ledger: LedgerEntry[] = [];
  readonly files = new Map<string, string>();
  readonly worktrees = new Map<string, Worktree>();
  readonly requests: { readonly key: string; readonly body: string }[] = [];
  readonly #script: Script;
  readonly #runs = new Map<string, number>();

  constructor(script: Script) {
    this.#script = script;
  }

  /** The sandbox as one process sees it. */
  sandbox(port: Port, workdir = '/work'): Sandbox {
    const sandbox: Sandbox = {
      provider: 'world',
      workdir,
      exec: (request) =>
        port.call(async () => {
          const command = request.command ?? (request.argv ?? []).join(' ');
          const times = (this.#runs.get(command) ?? 0) + 1;
          this.#runs.set(command, times);
          this.ledger.push({ kind: 'exec', key: request.key, detail: command });
          const visit = Number(/@(\d+)\/a\d+[^@]*$/.exec(request.key)?.[1] ?? 1);
          const result = this.#script(command, visit, times);
          return execResult(result.exit, result.stdout ?? '', result.timedOut ?? false);
        }),
      recoveredOutput: async () => undefined,
      readFile: (path) =>
        port.call(async () => {
          const text = this.files.get(path);
          if (text === undefined) throw new FabroError('not_found', `${path} does not exist`);
          return Buffer.from(text);
        }),
      writeFile: (path, bytes) =>
        port.call(async () => {
          this.ledger.push({
            kind: 'write',
            key: path,
            detail: Buffer.from(bytes).toString('utf8'),
          });
          this.files.set(path, Buffer.from(bytes).toString('utf8'));
        }),
      stat: async (path) =>
        this.files.has(path)
          ? { kind: 'file', size: this.files.get(path)?.length ?? 0, mtimeMs: Date.UTC(2026, 0, 1) }
          : undefined,
      glob: async () => [...this.files.keys()],
      grep: async () => [],
      at: (dir) => this.sandbox(port, dir),
      endLeftovers: async () => [],
    };
    return sandbox;
  }

  /** Git as one process sees it: a worktree is its head. */
  git(port: Port): Checkpoints {
    const tree = (dir: string): Worktree => {
      const found = this.worktrees.get(dir);
      if (found === undefined) throw new Error(`no worktree at ${dir}`);
      return found;
    };
    return {
      commit: (request) =>
        port.call(async () => {
          const at = tree(request.dir);
          if (at.headKey === request.key) return { sha: at.head };
          at.head = sha(`${at.head}${request.key}`);
          at.headKey = request.key;
          this.ledger.push({ kind: 'commit', key: request.key, detail: at.head });
          return { sha: at.head };
        }),
      reset: (request) =>
        port.call(async () => {
          tree(request.dir).head = request.sha;
          tree(request.dir).headKey = undefined;
          this.ledger.push({ kind: 'reset', key: request.key, detail: request.sha });
        }),
      addBranch: (request) =>
        port.call(async () => {
          const path = `/branches/${request.frame}`;
          this.worktrees.set(path, { head: request.sha, headKey: undefined });
          this.ledger.push({ kind: 'branch', key: request.key, detail: path });
          return { path, branch: `fabro/run/parallel/${request.frame}` };
        }),
      removeBranch: (request) =>
        port.call(async () => {
          this.worktrees.delete(request.path);
          this.ledger.push({ kind: 'remove', key: request.key, detail: request.path });
        }),
      fastForward: (request) =>
        port.call(async () => {
          tree(request.dir).head = request.sha;
          this.ledger.push({ kind: 'forward', key: request.key, detail: request.sha });
        }),
    };
  }

  /** Hooks that decide by what they are told. */
  hooks(port: Port, decide: (hook: Hook, context: HookContext) => HookDecision): HookRunner {
    return {
      run: ({ key, hook, context }) =>
        port.call(async () => {
          this.ledger.push({ kind: 'hook', key, detail: hook.name });
          return { decision: decide(hook, context), durationMs: 1 };
        }),
    };
  }

  /** A model whose answers depend on the request alone. */
  models(port: Port, answer: (request: ModelRequest) => ModelEvent): Models {
    const model: Model = {
      provider: 'world',
      id: 'world-1',
      scripted: true,
      contextWindow: 100_000,
      stream: (request) => this.#stream(port, request, answer),
    };
    return { resolve: () => model, configured: true };
  }

  async *#stream(
    port: Port,
    request: ModelRequest,
    answer: (request: ModelRequest) => ModelEvent,
  ): AsyncGenerator<ModelEvent> {
    yield await port.call(async () => {
      this.requests.push({ key: 'model', body: JSON.stringify(request) });
      return answer(request);
    });
  }
}

function sha(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

function execResult(exitCode: number, stdout: string, timedOut: boolean): ExecResult {
  const output = (text: string): ExecOutput => ({
    bytes: Buffer.byteLength(text),
    tail: async (limit) => text.slice(-limit),
    read: async () => Buffer.from(text),
  });
  return {
    ...(timedOut
      ? { termination: 'timed_out' as const }
      : { termination: 'exited' as const, exitCode }),
    durationMs: 1,
    stdout: output(stdout),
    stderr: output(''),
    dispose: async () => {},
  };
}

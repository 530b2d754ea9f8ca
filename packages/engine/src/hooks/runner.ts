/** Runs one hook to its result. Which hooks, in which order, and what follows are the kernel's business. */
import type { CallKey, Clock, HookContext } from '@fabro/protocol';
import type { Env } from '@fabro/settings';
import type { Sandbox } from '@fabro/sandbox';
import { HOOK_TAIL_BYTES, MAX_REASON_CHARS } from '../limits.js';
import { askCommand } from './command-hook.js';
import type { HookDecision } from './decision.js';
import type { Hook } from './hook.js';
import { askHttp, type HookFetch } from './http-hook.js';
import { notRun } from './notices.js';
import { lastBytes } from '../keep-output.js';
import { proceedDespite, type HookReply, type HookResult } from './result.js';

export interface HookRequest {
  /** Of the durable call; marks the processes. */
  readonly key: CallKey;
  readonly hook: Hook;
  readonly context: HookContext;
}

export interface HookRunner {
  /**
   * Asks the hook. Whatever goes wrong is a result: commands then block, HTTP proceeds (engine reference
   * §9.1). Rejects only with the signal's reason, after the command's processes have ended.
   */
  run(request: HookRequest, options: { readonly signal: AbortSignal }): Promise<HookResult>;
}

export interface HookRunnerPorts {
  /** The run's sandbox; `cwd` of the context says where in it. */
  readonly sandbox: Sandbox;
  /**
   * Where hooks with `sandbox = false` run: the server's host, as a sandbox without walls. Absent when this
   * run may not start anything there (design 14); such hooks block.
   */
  readonly host?: Sandbox;
  readonly clock: Clock;
  readonly fetch: HookFetch;
  /** The variables that header templates of this run may name (`nameableEnv`). */
  readonly env: Env;
  redact(text: string): string;
}

/** Makes the runner of a run's hooks. */
export function createHookRunner(ports: HookRunnerPorts): HookRunner {
  const { clock } = ports;
  return {
    async run(request, { signal }) {
      const startedMs = clock.now();
      const reply = await ask(ports, request, signal);
      return {
        ...redacted(reply, (text) => ports.redact(text)),
        durationMs: Math.max(0, clock.now() - startedMs),
      };
    },
  };
}

async function ask(
  ports: HookRunnerPorts,
  { key, hook, context }: HookRequest,
  signal: AbortSignal,
): Promise<HookReply> {
  const { transport } = hook;
  switch (transport.kind) {
    case 'command':
      return askCommand(ports, { key, hook, script: transport.script, context }, signal);
    case 'http':
      return askHttp(ports, { hook, transport, context }, signal);
    case 'prompt':
    case 'agent':
      return proceedDespite(notRun(hook) ?? '');
    default:
      return transport satisfies never;
  }
}

/** Redacted first and cut afterwards: half a secret is none to the redactor. */
function redacted(reply: HookReply, redact: (text: string) => string): HookReply {
  const { decision, exitCode, output, error } = reply;
  return {
    decision: redactedDecision(decision, redact),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(output === undefined ? {} : { output: lastBytes(redact(output), HOOK_TAIL_BYTES) }),
    ...(error === undefined ? {} : { error: redact(error) }),
  };
}

function redactedDecision(decision: HookDecision, redact: (text: string) => string): HookDecision {
  if (decision.decision === 'proceed' || decision.reason === undefined) return decision;
  const reason = redact(decision.reason);
  const short =
    reason.length <= MAX_REASON_CHARS ? reason : `${reason.slice(0, MAX_REASON_CHARS)}…`;
  return { ...decision, reason: short };
}

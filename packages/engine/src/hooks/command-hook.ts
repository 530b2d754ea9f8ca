/** The command transport: a shell line in the sandbox or on the host (engine reference §9.1). */
import { createHash } from 'node:crypto';
import { messageOf, type CallKey, type HookContext } from '@fabro/protocol';
import type { ExecOutput, ExecRequest, ExecResult, Sandbox } from '@fabro/sandbox';
import {
  HOOK_CLEAN_TIMEOUT_MS,
  HOOK_TAIL_BYTES,
  MAX_DECISION_BYTES,
  MAX_HOOK_OUTPUT_BYTES,
  REDACT_MARGIN_BYTES,
} from '../limits.js';
import { contextJson, contextVariables } from './context.js';
import { readDecision, type ReadDecision } from './decision.js';
import type { Hook } from './hook.js';
import { blockBecause, PROCEED, type HookReply } from './result.js';

export interface CommandPorts {
  readonly sandbox: Sandbox;
  readonly host?: Sandbox;
}

export interface CommandCall {
  readonly key: CallKey;
  readonly hook: Hook;
  readonly script: string;
  readonly context: HookContext;
}

/** Runs the command. Rejects only with the signal's reason. */
export async function askCommand(
  ports: CommandPorts,
  call: CommandCall,
  signal: AbortSignal,
): Promise<HookReply> {
  const { hook } = call;
  const place = hook.sandbox ? ports.sandbox : ports.host;
  if (place === undefined)
    return blockBecause(
      `hook "${hook.name}" has sandbox = false, and this run may not start commands on the server's host. Set sandbox = true, or let the one who runs the server trust the workflow.`,
    );
  let result: ExecResult | undefined;
  try {
    const request = hook.sandbox
      ? sandboxRequest(call)
      : hostRequest(call, ports.sandbox.provider === 'local');
    result = await place.exec(request, { signal });
    signal.throwIfAborted();
    return { ...(await replyOf(hook, result)), ...(await outputOf(result)) };
  } catch (error) {
    signal.throwIfAborted();
    return blockBecause(`hook "${hook.name}" could not be run: ${messageOf(error)}`);
  } finally {
    // A command that was ended had no time to remove its context file.
    if (hook.sandbox && result?.termination !== 'exited') await removeContext(place, call.key);
    await result?.dispose();
  }
}

function commonRequest({ key, hook, context }: CommandCall) {
  return {
    key,
    stdin: contextJson(context),
    env: contextVariables(context),
    timeoutMs: hook.timeoutMs,
    maxOutputBytes: MAX_HOOK_OUTPUT_BYTES,
  };
}

/** The run's folder is the host's only when the sandbox is the host itself. */
function hostRequest(call: CommandCall, sameFiles: boolean): ExecRequest {
  const { cwd } = call.context;
  return {
    ...commonRequest(call),
    argv: ['sh', '-c', call.script],
    ...(cwd === undefined || !sameFiles ? {} : { cwd }),
  };
}

function sandboxRequest(call: CommandCall): ExecRequest {
  const { cwd } = call.context;
  return {
    ...commonRequest(call),
    command: withContextFile(call.key, call.script),
    ...(cwd === undefined ? {} : { cwd }),
  };
}

/**
 * The script between making and removing its context file. `mktemp` makes it readable to its owner alone and
 * follows no planted link; the prefix is the call's, so that a repeated call removes what a killed one left.
 */
function withContextFile(key: CallKey, script: string): string {
  return [
    `rm -f ${contextFiles(key)}.*`,
    `FABRO_HOOK_CONTEXT=$(mktemp ${contextFiles(key)}.XXXXXX) && cat >"$FABRO_HOOK_CONTEXT" || exit 125`,
    'export FABRO_HOOK_CONTEXT',
    `"\${BASH:-bash}" -c '${script.replaceAll("'", String.raw`'\''`)}' <"$FABRO_HOOK_CONTEXT"`,
    'code=$?',
    'rm -f "$FABRO_HOOK_CONTEXT"',
    'exit $code',
  ].join('\n');
}

function contextFiles(key: CallKey): string {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return `"\${TMPDIR:-/tmp}/fabro-hook-${name}"`;
}

async function removeContext(sandbox: Sandbox, key: CallKey): Promise<void> {
  try {
    const result = await sandbox.exec(
      {
        key: `${key}/clean`,
        command: `rm -f ${contextFiles(key)}.*`,
        timeoutMs: HOOK_CLEAN_TIMEOUT_MS,
      },
      { signal: new AbortController().signal },
    );
    await result.dispose();
  } catch {
    // The sandbox is gone, and its files with it; or the hook could not be started, and made none.
  }
}

async function replyOf(hook: Hook, result: ExecResult): Promise<HookReply> {
  switch (result.termination) {
    case 'exited':
      return exited(hook, result);
    case 'timed_out':
      return blockBecause(
        `hook "${hook.name}" was ended: it had not finished after ${hook.timeoutMs} ms. Raise its timeout in [[run.hooks]], or find out what it waits for.`,
      );
    case 'output_limit':
      return blockBecause(
        `hook "${hook.name}" was ended: it printed more than ${MAX_HOOK_OUTPUT_BYTES} bytes. Send its output to a file.`,
      );
    case 'cancelled':
      return blockBecause(`hook "${hook.name}" was ended by somebody else.`);
    default:
      return result.termination satisfies never;
  }
}

async function exited(hook: Hook, result: ExecResult): Promise<HookReply> {
  const { exitCode } = result;
  if (exitCode === undefined)
    return blockBecause(`hook ended by signal ${result.signal ?? 'unknown'}`);
  const ended = { exitCode };
  const refusal = blockBecause(`hook exited with code ${exitCode}`);
  if (exitCode !== 0 && exitCode !== 2) return { ...ended, ...refusal };
  const read = await decisionOf(result.stdout);
  if (read.kind === 'decided') return { ...ended, decision: read.decision };
  const reply = exitCode === 0 ? { decision: PROCEED } : refusal;
  if (read.kind === 'silent') return { ...ended, ...reply };
  const error = `hook "${hook.name}" exited with code ${exitCode}, and its stdout is ${read.why}. Print messages to stderr.`;
  return { ...ended, ...reply, error };
}

async function decisionOf(stdout: ExecOutput): Promise<ReadDecision> {
  if (stdout.bytes <= MAX_DECISION_BYTES) return readDecision(await stdout.tail(stdout.bytes));
  return {
    kind: 'garbage',
    why: `no decision (${stdout.bytes} bytes; at most ${MAX_DECISION_BYTES} are read)`,
  };
}

/** The ends of both streams, with room before them for the redactor. */
async function outputOf({ stdout, stderr }: ExecResult): Promise<{ readonly output?: string }> {
  const limit = HOOK_TAIL_BYTES + REDACT_MARGIN_BYTES;
  const output = [await stdout.tail(limit), await stderr.tail(limit)]
    .filter((text) => text.trim() !== '')
    .map((text) => (text.endsWith('\n') ? text : `${text}\n`))
    .join('');
  return output === '' ? {} : { output };
}

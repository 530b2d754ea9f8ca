/** `command`: a shell or Python script in the sandbox (engine reference §3.2). */
import { liveLines, type LiveLines } from '@fabro/agent';
import type { EventDraft, EventProperties, Failure } from '@fabro/protocol';
import type { ExecResult } from '@fabro/sandbox';
import { attr, type GraphNode } from '@fabro/workflow';
import { blobReference } from '../blob-reference.js';
import { classifyOutput } from '../failure.js';
import type { ActedHandler, AttemptResult, StageInput, StagePorts } from '../handler.js';
import { keepOutput, lastBytes } from '../keep-output.js';
import { COMMAND_TIMEOUT_MS, FAILURE_TAIL_BYTES } from '../limits.js';
import { stageScope } from '../scope.js';

export const commandHandler: ActedHandler = {
  kind: 'acted',
  onInterrupt: 'repeat',
  keepsTimeout: true,

  starting(input): readonly EventDraft[] {
    const { node, frame, stage } = input;
    const script = scriptOf(node);
    if (script === undefined || commandLine(node, script) === undefined) return [];
    return [
      {
        ...stageScope(frame, stage, node),
        event: 'command.started',
        properties: { script, language: languageOf(node), timeout_ms: timeoutOf(node) },
      },
    ];
  },

  async act(input, ports): Promise<AttemptResult> {
    const { node } = input;
    const script = scriptOf(node);
    if (script === undefined) return refused('No script specified');
    const command = commandLine(node, script);
    if (command === undefined)
      return refused(`Invalid language: ${languageOf(node)} (allowed: shell, python)`);
    const live = { stdout: liveStream(ports, 'stdout'), stderr: liveStream(ports, 'stderr') };
    const result = await ports.sandbox.exec(
      { key: ports.key, command, timeoutMs: timeoutOf(node) },
      {
        signal: ports.calls.signal,
        pause: ports.pause,
        onOutput: (stream, text) => live[stream].push(text),
      },
    );
    live.stdout.end();
    live.stderr.end();
    try {
      return await settle(input, ports, script, result);
    } finally {
      await result.dispose();
    }
  },

  simulate(input) {
    const script = scriptOf(input.node);
    if (script === undefined) return refused('No script specified').outcome;
    return {
      status: 'succeeded',
      notes: `[Simulated] Command skipped: ${script}`,
      context_updates: { 'command.output': '', 'command.stderr': '' },
    };
  },
};

/** Whole lines, so that no secret is cut in two and passes the redactor. */
function liveStream(ports: StagePorts, stream: 'stdout' | 'stderr'): LiveLines {
  return liveLines(ports.redact, (delta) =>
    ports.live({ ...ports.scope, event: 'command.output.delta', properties: { stream, delta } }),
  );
}

function scriptOf(node: GraphNode): string | undefined {
  const written = attr.string(node, 'script') ?? attr.string(node, 'tool_command');
  // In a workflow whose lines end as on Windows, a shell would take each carriage return for part of a word.
  const script = written?.replaceAll('\r\n', '\n');
  return script === undefined || script.trim() === '' ? undefined : script;
}

function languageOf(node: GraphNode): string {
  return attr.string(node, 'language') ?? 'shell';
}

function timeoutOf(node: GraphNode): number {
  return attr.durationMs(node, 'timeout') ?? COMMAND_TIMEOUT_MS;
}

/** The shell line; undefined for an unknown language. */
function commandLine(node: GraphNode, script: string): string | undefined {
  switch (languageOf(node)) {
    case 'shell':
      return script;
    case 'python':
      return `python3 -c '${script.replaceAll("'", `'\\''`)}'`;
    default:
      return undefined;
  }
}

async function settle(
  input: StageInput,
  ports: StagePorts,
  script: string,
  result: ExecResult,
): Promise<AttemptResult> {
  ports.calls.signal.throwIfAborted();
  const keeping = {
    redact: ports.redact,
    blob: ports.calls.blob,
    truncated: result.termination === 'output_limit',
  };
  const stdout = await keepOutput(result.stdout, keeping);
  const stderr = await keepOutput(result.stderr, keeping);
  const completed: EventProperties['command.completed'] = {
    stdout: stdout.ref,
    stderr: stderr.ref,
    duration_ms: Math.round(result.durationMs),
    termination: result.termination,
    ...(result.exitCode === undefined ? {} : { exit_code: result.exitCode }),
    ...(result.signal === undefined ? {} : { signal: result.signal }),
  };
  const context_updates = {
    'command.output': blobReference(await stdout.whole()),
    'command.stderr': blobReference(await stderr.whole()),
  };
  const failure = failureOf(input, script, result, tails(stdout.text, stderr.text));
  return {
    ...(result.termination === 'timed_out'
      ? { retryable: true, broke: true }
      : { retryable: false }),
    events: [{ ...ports.scope, event: 'command.completed', properties: completed }],
    outcome:
      failure === undefined
        ? { status: 'succeeded', notes: `Script completed: ${script}`, context_updates }
        : { status: 'failed', failure, context_updates },
  };
}

function failureOf(
  input: StageInput,
  script: string,
  result: ExecResult,
  output: string,
): Failure | undefined {
  switch (result.termination) {
    case 'exited': {
      if (result.exitCode === 0) return undefined;
      const how =
        result.exitCode === undefined
          ? `signal: ${result.signal ?? 'unknown'}`
          : `exit code: ${result.exitCode}`;
      const message = `Script failed with ${how}${output}`;
      return { message, failure_class: classifyOutput(message) };
    }
    case 'timed_out':
      return {
        message: `Script timed out after ${timeoutOf(input.node)}ms: ${script}${output}`,
        failure_class: 'transient_infra',
        system_actor: 'timeout',
      };
    case 'cancelled':
      return { message: `Script cancelled: ${script}`, failure_class: 'canceled' };
    case 'output_limit':
      return {
        message: `Script printed more than it may (stdout ${result.stdout.bytes} bytes, stderr ${result.stderr.bytes} bytes) and was ended: ${script}. Send its output to a file.`,
        failure_class: 'deterministic',
      };
  }
}

/** The ends of the redacted outputs: cut before redaction, half a secret would be none to the redactor. */
function tails(stdout: string, stderr: string): string {
  return Object.entries({ stdout, stderr })
    .map(([name, text]) => ({ name, tail: lastBytes(text, FAILURE_TAIL_BYTES) }))
    .filter(({ tail }) => tail.trim() !== '')
    .map(({ name, tail }) => `\n\n## ${name}\n${tail}`)
    .join('');
}

function refused(message: string): AttemptResult {
  return {
    retryable: false,
    outcome: { status: 'failed', failure: { message, failure_class: 'deterministic' } },
  };
}

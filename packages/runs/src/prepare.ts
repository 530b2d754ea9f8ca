/**
 * `run.prepare`: commands that make a run's folder ready before its first stage (engine reference §12). Each
 * is a durable call: after a crash the recorded ones are not run again, the interrupted one is.
 */
import {
  MAX_RESTARTS,
  RunSignals,
  createCalls,
  followOutside,
  keepOutput,
  type KeptOutput,
  type RecordedCall,
  type Recorder,
} from '@fabro/engine';
import type { Journal } from '@fabro/journal';
import {
  EVENT_PROPERTIES,
  callKey,
  messageOf,
  type CallKey,
  type CallSpec,
  type DurableCalls,
  type EventProperties,
} from '@fabro/protocol';
import type { ExecResult, Sandbox } from '@fabro/sandbox';
import { resolveEnvTemplates, type Env } from '@fabro/settings';
import { z } from 'zod';
import { BeginFailed } from './begin-failed.js';
import { PREPARE_MS } from './limits.js';
import type { Plan } from './manifest/plan.js';

type Step = NonNullable<Plan['settings']['run']['prepare']['steps']>[number];
type Ended = EventProperties['setup.command.completed'];

export interface PreparePorts {
  readonly recorder: Recorder;
  readonly journal: Journal;
  /** The run's folder. */
  readonly sandbox: Sandbox;
  /** Variables that steps may name in `{{ env.X }}`. */
  readonly env: Env;
  redact(text: string): string;
  /** Calls that an earlier server recorded, by key. */
  readonly recorded: ReadonlyMap<string, RecordedCall>;
  /** Names this preparation: a run whose worktree is made again is prepared again. */
  readonly key: CallKey;
  /** Commits what the steps made, so that going back to the last commit keeps it; undefined when it is nothing. */
  commit?(key: CallKey, signal: AbortSignal): Promise<string | undefined>;
}

/**
 * Runs the steps in order and commits what they made. Resolves to that commit, which is recorded here unless
 * the run has yet to start. Rejects with BeginFailed: `bootstrap_failed` for a step that fails, `cancelled`
 * when the run is cancelled meanwhile, `terminated` when the server has died in here too often.
 */
export async function prepareRun(
  plan: Plan,
  ports: PreparePorts,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { recorder } = ports;
  const steps = prepareSteps(plan);
  if (steps.length === 0) return undefined;
  const { state } = recorder;
  if (state.restarts >= MAX_RESTARTS)
    throw new BeginFailed(
      'terminated',
      `the server died ${state.restarts} times in a row while the run was being prepared; the run is given up. Look at the steps of run.prepare.`,
    );
  const cancelled = new AbortController();
  const onOutside = (): void => {
    if (state.pendingControl === 'cancel') cancelled.abort(new Error('the run was cancelled'));
  };
  onOutside();
  const outside = followOutside({ ...ports, signals: new RunSignals() }, onOutside);
  try {
    const sha = await inOrder(steps, plan, ports, AbortSignal.any([signal, cancelled.signal]));
    outside.check();
    return sha;
  } catch (error) {
    signal.throwIfAborted();
    outside.check();
    if (cancelled.signal.aborted) throw new BeginFailed('cancelled', 'Pipeline cancelled');
    throw error;
  } finally {
    await outside.stop();
  }
}

/** The steps that a run's folder is prepared with. */
export function prepareSteps(plan: Plan): readonly Step[] {
  return plan.run.dryRun ? [] : (plan.settings.run.prepare.steps ?? []);
}

async function inOrder(
  steps: readonly Step[],
  plan: Plan,
  ports: PreparePorts,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { recorder, journal, recorded, key } = ports;
  const calls = createCalls({ recorder, journal, recorded, signal });
  // Steps replace the whole table of an outer layer, its timeout included.
  const timeoutMs = plan.settings.run.prepare.timeout ?? PREPARE_MS;
  let usedMs = 0;
  await calls.note(key, {
    event: 'setup.started',
    properties: { command_count: steps.length },
  });
  for (const [index, step] of steps.entries()) {
    // What recorded steps took counts; the time that a server was down does not.
    const leftMs = Math.max(1, timeoutMs - usedMs);
    const ended = await calls.call(callOf(key, step, index), (abort) =>
      act(step, index, { ...ports, calls, leftMs, of: steps.length }, abort),
    );
    usedMs += ended.duration_ms;
    if (ended.termination === 'exited' && ended.exit_code === 0) continue;
    recorder.record([
      {
        event: 'setup.failed',
        properties: {
          command: ended.command,
          index,
          stderr: ended.stderr.tail,
          ...(ended.exit_code === undefined ? {} : { exit_code: ended.exit_code }),
        },
      },
    ]);
    throw new BeginFailed('bootstrap_failed', failureText(ended, steps.length, timeoutMs));
  }
  const sha = await committed(calls, ports);
  if (sha !== undefined && recorder.state.startedAtMs !== undefined)
    recorder.record([{ event: 'git.commit', properties: { sha } }]);
  await calls.note(callKey(key, 'end'), {
    event: 'setup.completed',
    properties: { duration_ms: usedMs },
  });
  return sha;
}

async function committed(calls: DurableCalls, { key, commit }: PreparePorts) {
  if (commit === undefined) return undefined;
  const own = callKey(key, 'commit');
  const spec: CallSpec<string | null> = {
    key: own,
    started: { event: 'call.started', properties: { kind: 'git.commit' } },
    ended: (result) => ({ event: 'call.ended', properties: { kind: 'git.commit', result } }),
    decode: ({ properties }) => z.string().nullable().parse(properties['result']),
    inDoubt: { rule: 'repeat' },
  };
  const sha = await calls.call(spec, async (signal) => {
    try {
      return (await commit(own, signal)) ?? null;
    } catch (error) {
      signal.throwIfAborted();
      throw new BeginFailed(
        'bootstrap_failed',
        `what the prepare steps made could not be committed: ${messageOf(error)}`,
        { cause: error },
      );
    }
  });
  return sha ?? undefined;
}

function callOf(key: CallKey, step: Step, index: number): CallSpec<Ended> {
  return {
    key: callKey(key, index),
    started: { event: 'setup.command.started', properties: { command: textOf(step), index } },
    ended: (properties) => ({ event: 'setup.command.completed', properties }),
    decode: ({ properties }) => EVENT_PROPERTIES['setup.command.completed'].parse(properties),
    inDoubt: { rule: 'repeat' },
  };
}

interface ActPorts extends PreparePorts {
  readonly calls: DurableCalls;
  readonly leftMs: number;
  /** Number of steps, for messages. */
  readonly of: number;
}

async function act(
  step: Step,
  index: number,
  ports: ActPorts,
  signal: AbortSignal,
): Promise<Ended> {
  const result = await start(step, index, ports, signal);
  try {
    signal.throwIfAborted();
    const keeping = {
      redact: ports.redact,
      blob: ports.calls.blob,
      truncated: result.termination === 'output_limit',
    };
    const stdout: KeptOutput = await keepOutput(result.stdout, keeping);
    const stderr: KeptOutput = await keepOutput(result.stderr, keeping);
    return {
      command: textOf(step),
      index,
      duration_ms: Math.round(result.durationMs),
      termination: result.termination,
      stdout: stdout.ref,
      stderr: stderr.ref,
      ...(result.exitCode === undefined ? {} : { exit_code: result.exitCode }),
      ...(result.signal === undefined ? {} : { signal: result.signal }),
    };
  } finally {
    await result.dispose();
  }
}

async function start(
  step: Step,
  index: number,
  ports: ActPorts,
  signal: AbortSignal,
): Promise<ExecResult> {
  const { key, sandbox, leftMs } = ports;
  const place = `run.prepare.steps[${index}]`;
  try {
    const { script, command, env } = resolveEnvTemplates(
      { script: step.script ?? '', command: step.command ?? [], env: { ...step.env } },
      ports.env,
      place,
    );
    const [program, ...args] = command;
    return await sandbox.exec(
      {
        key: callKey(key, index),
        ...(program === undefined ? { command: script } : { argv: [program, ...args] as const }),
        env,
        timeoutMs: leftMs,
      },
      { signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    throw new BeginFailed(
      'bootstrap_failed',
      `prepare step ${index + 1} of ${ports.of} could not be started (${oneLine(textOf(step))}): ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** The step as people wrote it; a program with arguments as a shell would take it. */
export function textOf(step: Step): string {
  return step.script ?? (step.command ?? []).map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Characters of a command that a message quotes: a line of a wide terminal. */
const QUOTED_COMMAND = 200;

function oneLine(command: string): string {
  const line = command.trim().replaceAll(/\s*\n\s*/g, '; ');
  return line.length > QUOTED_COMMAND ? `${line.slice(0, QUOTED_COMMAND)}…` : line;
}

function failureText(ended: Ended, count: number, timeoutMs: number): string {
  const output = [ended.stdout, ended.stderr]
    .map(({ tail }, i) =>
      tail.trim() === '' ? '' : `\n\n## ${i === 0 ? 'stdout' : 'stderr'}\n${tail.trimEnd()}`,
    )
    .join('');
  const [how, remedy] = failure(ended, timeoutMs);
  return `prepare step ${ended.index + 1} of ${count} ${how}: ${oneLine(ended.command)}\n${remedy}${output}`;
}

function failure(ended: Ended, timeoutMs: number): readonly [string, string] {
  const mend = `Mend the command, or change run.prepare.steps[${ended.index}] in the settings of the workflow or project, and start the run again.`;
  switch (ended.termination) {
    case 'exited':
      return ended.exit_code === undefined
        ? [`was ended by ${ended.signal ?? 'a signal'}`, mend]
        : [`failed with exit code ${ended.exit_code}`, mend];
    case 'timed_out':
      return [
        `did not end in time`,
        `All steps together may take ${timeoutMs / 1000} s; raise run.prepare.timeout, or do less in them.`,
      ];
    case 'output_limit':
      return ['printed more than a command may', 'Send its output to a file.'];
    case 'cancelled':
      return ['was ended from outside', mend];
  }
}

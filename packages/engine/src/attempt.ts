/** One attempt of an acting handler: its ports, its deadline, and what its errors mean. */
import { join } from 'node:path';
import {
  FabroError,
  messageOf,
  type EventDraft,
  type JsonValue,
  type Outcome,
} from '@fabro/protocol';
import { attr } from '@fabro/workflow';
import { captureArtifacts } from './artifacts.js';
import { blobReference } from './blob-reference.js';
import { createCalls } from './calls.js';
import { classifyText } from './failure.js';
import type { ActedHandler, AttemptResult, StageInput, StagePorts } from './handler.js';
import { MAX_CONTEXT_BYTES } from './limits.js';
import { materialiseIn } from './materialise.js';
import { stageScope } from './scope.js';
import { attemptKey } from './state.js';
import type { Walk } from './walk.js';

class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

export interface AttemptOptions {
  /** Called when the handler has recorded a fact: the run may be blocked now. */
  readonly noted: () => void;
  readonly signal: AbortSignal;
}

/**
 * Runs the attempt to its end. Resolves to undefined when the signal aborted: nothing is recorded then, and
 * the attempt stays open. Never rejects but for a journal that cannot be written.
 */
export async function runAttempt(
  walk: Walk,
  handler: ActedHandler,
  input: StageInput,
  options: AttemptOptions,
): Promise<AttemptResult | undefined> {
  const { signal } = options;
  const timeoutMs =
    handler.keepsTimeout === true ? undefined : attr.durationMs(input.node, 'timeout');
  // Signals are dear, and most attempts have no deadline of the loop's.
  const deadline =
    timeoutMs === undefined ? undefined : startDeadline(walk, input, timeoutMs, signal);
  try {
    const ports = stagePorts(walk, input, options.noted, deadline?.signal ?? signal);
    const result = await handler.act(input, ports);
    const made = await artifactsOf(input, ports);
    return {
      ...result,
      events: [...(result.events ?? []), ...made],
      outcome: offload(walk, result.outcome),
    };
  } catch (error) {
    if (walk.recorder.lost.aborted) throw walk.recorder.lost.reason;
    if (signal.aborted) return undefined;
    if (deadline?.passed() === true) return timedOut(timeoutMs ?? 0);
    return failed(error);
  } finally {
    await deadline?.end();
  }
}

/** Files that the attempt made and the run keeps; only where the settings name some. */
function artifactsOf(
  { settings, stage, node }: StageInput,
  ports: StagePorts,
): Promise<readonly EventDraft[]> {
  return captureArtifacts({
    sandbox: ports.sandbox,
    calls: ports.calls,
    key: ports.key,
    scope: ports.scope,
    node: node.id,
    visit: stage.visit,
    attempt: stage.attempt,
    include: settings.artifacts ?? [],
    sinceMs: stage.startedAtMs,
  });
}

interface Deadline {
  /** Aborts when the attempt's own signal does, or when the deadline passes. */
  readonly signal: AbortSignal;
  passed(): boolean;
  /** Stops the watch and waits until it has ended. */
  end(): Promise<void>;
}

function startDeadline(
  walk: Walk,
  input: StageInput,
  timeoutMs: number,
  signal: AbortSignal,
): Deadline {
  const deadline = new AbortController();
  const timer = new AbortController();
  const watch = watchDeadline(walk, input, timeoutMs, deadline, timer.signal);
  return {
    signal: AbortSignal.any([signal, deadline.signal]),
    passed: () => deadline.signal.aborted,
    end: () => {
      timer.abort();
      return watch;
    },
  };
}

/** The deadline counts from the recorded start, so that a restart does not lengthen it. */
async function watchDeadline(
  walk: Walk,
  input: StageInput,
  timeoutMs: number,
  deadline: AbortController,
  signal: AbortSignal,
): Promise<void> {
  try {
    await walk.clock.sleepUntil(input.stage.startedAtMs + timeoutMs, signal);
    deadline.abort(new DeadlinePassed(`handler timed out after ${timeoutMs}ms`));
  } catch {
    // The attempt ended first; its timer is no longer needed.
  }
}

function stagePorts(
  walk: Walk,
  input: StageInput,
  noted: () => void,
  signal: AbortSignal,
): StagePorts {
  const { frame, stage, node, state } = input;
  const { git } = walk;
  const key = attemptKey(state, frame.id, stage);
  const dir = frame.worktreeDir;
  return {
    key,
    scope: stageScope(frame, stage, node),
    calls: createCalls({
      recorder: walk.recorder,
      journal: walk.journal,
      recorded: walk.recorded,
      noted,
      signal,
    }),
    sandbox: dir === undefined ? walk.sandbox : walk.sandbox.at(join(dir, walk.subdirectory)),
    models: walk.models,
    clock: walk.clock,
    ids: walk.ids,
    random: walk.random,
    live: (event) => {
      // What streams is no event, and still the run has not stalled.
      walk.recorder.touch();
      walk.live(event);
    },
    redact: walk.redact,
    pause: walk.signals,
    materialise: materialiseIn(walk),
    openQuestion: () => [...state.questions.values()].find((q) => q.stageId === stage.stageId),
    answered: (id, until) => walk.signals.answered(id, state, until),
    ...(git === undefined || dir === undefined
      ? {}
      : {
          fastForward: (sha: string) =>
            git.fastForward({ key: `${key}/forward`, dir, sha }, signal),
        }),
  };
}

/** Large context values become blobs (engine reference §5.3). */
function offload(walk: Walk, outcome: Outcome): Outcome {
  const updates = outcome.context_updates;
  if (updates === undefined) return outcome;
  const entries = Object.entries(updates).map(([key, value]): [string, JsonValue] => {
    const text = JSON.stringify(value);
    return Buffer.byteLength(text) <= MAX_CONTEXT_BYTES
      ? [key, value]
      : [key, blobReference(walk.recorder.blob(Buffer.from(text)))];
  });
  return { ...outcome, context_updates: Object.fromEntries(entries) };
}

function timedOut(timeoutMs: number): AttemptResult {
  return {
    retryable: true,
    broke: true,
    outcome: {
      status: 'failed',
      failure: {
        message: `handler timed out after ${timeoutMs}ms`,
        failure_class: 'transient_infra',
        system_actor: 'timeout',
      },
    },
  };
}

/** Errors of handlers are tried again, whatever their class (engine reference §4.4); those of validation are not. */
function failed(error: unknown): AttemptResult {
  const message = messageOf(error);
  const retryable = !(
    error instanceof FabroError &&
    (error.code === 'invalid_argument' || error.code === 'missing_program')
  );
  return {
    retryable,
    broke: true,
    outcome: { status: 'failed', failure: { message, failure_class: classifyText(message) } },
  };
}

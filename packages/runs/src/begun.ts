/** What a stream holds of a run's beginning and of its preparation, when a server takes it up. */
import type { RecordedCall, RunState } from '@fabro/engine';
import type { Journal } from '@fabro/journal';
import { AnyEvent, EVENT_PROPERTIES, type EventProperties, type RunId } from '@fabro/protocol';
import { readStream } from './read-stream.js';

export interface Begun {
  /** Where the run works, once that is recorded. */
  readonly workplace?: {
    readonly workdir: string;
    /** Absent without a worktree. */
    readonly git?: NonNullable<EventProperties['sandbox.initialized']['worktree']>;
  };
  /** Calls of the preparation by key. */
  readonly calls: ReadonlyMap<string, RecordedCall>;
}

/** Reads the stream of a run that has no `run.started` yet; it has a few events for each step. */
export async function readBegun(journal: Journal, state: RunState): Promise<Begun> {
  const calls = new Map<string, RecordedCall>();
  if (state.workingDirectory === undefined) return { calls };
  let git: EventProperties['sandbox.initialized']['worktree'];
  for await (const { json } of readStream(journal, state.runId)) {
    const event = AnyEvent.parse(JSON.parse(json));
    if (event.event === 'sandbox.initialized')
      git = EVENT_PROPERTIES['sandbox.initialized'].parse(event.properties).worktree;
    keepCall(calls, event);
  }
  return {
    workplace: { workdir: state.workingDirectory, ...(git === undefined ? {} : { git }) },
    calls,
  };
}

export interface DuePreparation {
  /** Tells this preparation from earlier ones of the run. */
  readonly ordinal: number;
  readonly calls: ReadonlyMap<string, RecordedCall>;
}

const READ: ReadonlySet<string> = new Set([
  'run.started',
  'git.worktree.added',
  'setup.started',
  'setup.command.started',
  'setup.command.completed',
  'setup.completed',
  'setup.failed',
  'call.started',
  'call.ended',
]);

/**
 * A run that has begun is to be prepared again when its worktree was made again since (a fork's first start, a
 * folder that was deleted), or when that preparation has not ended well. Undefined when it is not.
 */
export async function duePreparation(
  journal: Journal,
  run: RunId,
): Promise<DuePreparation | undefined> {
  const calls = new Map<string, RecordedCall>();
  let started = false;
  let due = false;
  let ordinal = 0;
  for await (const { type, json } of readStream(journal, run)) {
    if (!READ.has(type)) continue;
    const event = AnyEvent.parse(JSON.parse(json));
    keepCall(calls, event);
    if (type === 'run.started') started = true;
    else if (type === 'setup.started') due = true;
    else if (type === 'setup.completed') due = false;
    else if (type === 'setup.failed') ordinal++;
    else if (type === 'git.worktree.added' && started && event.frame_id === undefined) {
      due = true;
      ordinal++;
    }
  }
  return due ? { ordinal, calls } : undefined;
}

function keepCall(calls: Map<string, RecordedCall>, event: AnyEvent): void {
  if (event.call === undefined) return;
  const before = calls.get(event.call) ?? {};
  calls.set(
    event.call,
    event.call_phase === 'started' ? { ...before, started: event } : { ...before, ended: event },
  );
}

/** A run's state as text and back: a replaceable short cut of the fold, never the truth. */
import {
  Answer,
  EVENT_PROPERTIES,
  Failure,
  PendingControl,
  RunStatus,
  StageStatus,
  StatusReason,
  Usage,
} from '@fabro/protocol';
import type { FrameId, RunId, StageId } from '@fabro/protocol';
import { z } from 'zod';
import type { BranchResult, Frame, OpenQuestion, RecordedOutcome, RunState } from './state.js';

/** A snapshot of another version is ignored, and the stream is folded from its beginning. */
export const SNAPSHOT_VERSION = 1;

const frameId = z.string().transform((text) => text as FrameId);
const stageId = z.string().transform((text) => text as StageId);
const outcome = z.object({
  status: StageStatus,
  preferredLabel: z.string().optional(),
  suggestedNextIds: z.array(z.string()).optional(),
  jumpToNode: z.string().optional(),
  failure: Failure.optional(),
});
const stage = z.object({
  node: z.string(),
  visit: z.number(),
  stageId,
  handlerType: z.string(),
  attempt: z.number(),
  maxAttempts: z.number(),
  interruptions: z.number(),
  index: z.number(),
  startedAtMs: z.number(),
  epoch: z.number(),
  openedSeq: z.number(),
});
const phase = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('at'), node: z.string() }),
  z.object({ kind: z.literal('preparing') }),
  z.object({ kind: z.literal('running'), stage }),
  z.object({ kind: z.literal('waiting'), stage, dueAtMs: z.number() }),
  z.object({ kind: z.literal('settled'), stage, outcome, committed: z.boolean() }),
  z.object({ kind: z.literal('ended'), status: StageStatus, failure: Failure.optional() }),
]);
const pairs = <T extends z.ZodType>(value: T) => z.array(z.tuple([z.string(), value]));

const Snapshot = z.object({
  seq: z.number(),
  epoch: z.number(),
  status: RunStatus,
  reason: StatusReason.optional(),
  error: z.string().optional(),
  pendingControl: PendingControl.optional(),
  blocked: z.boolean(),
  createdAtMs: z.number(),
  startedAtMs: z.number().optional(),
  name: z.string(),
  goal: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  manifestBlob: z.string(),
  inPlace: z.boolean(),
  local: z.boolean(),
  sourceDirectory: z.string().optional(),
  git: z
    .object({ baseSha: z.string(), runBranch: z.string(), baseBranch: z.string().optional() })
    .optional(),
  workingDirectory: z.string().optional(),
  frames: z.array(
    z.object({
      id: frameId,
      branch: z
        .object({
          frame: frameId,
          stageId,
          index: z.number(),
          startNode: z.string(),
          startedAtMs: z.number(),
        })
        .optional(),
      phase,
      context: pairs(z.json()),
      outcomes: pairs(outcome),
      lastNode: z.string().optional(),
      worktreeDir: z.string().optional(),
      headSha: z.string().optional(),
    }),
  ),
  visits: pairs(z.number()),
  branchResults: pairs(
    z.array(
      z.object({
        id: z.string(),
        index: z.number(),
        status: StageStatus,
        headSha: z.string().optional(),
      }),
    ),
  ),
  completed: z.number(),
  questions: pairs(
    z.object({
      id: z.string(),
      stageId,
      frame: frameId,
      properties: EVENT_PROPERTIES['interview.started'],
      answer: Answer.optional(),
    }),
  ),
  usage: Usage.optional(),
  fatal: z.object({ reason: StatusReason, message: z.string() }).optional(),
  suspended: z.boolean(),
  restarts: z.number(),
  finalSha: z.string().optional(),
});

/** The state as text. */
export function encodeSnapshot(state: RunState): string {
  const { frames, visits, branchResults, questions, runId: _runId, ...scalars } = state;
  return JSON.stringify({
    ...scalars,
    frames: [...frames.values()].map((f) => ({
      ...f,
      context: [...f.context],
      outcomes: [...f.outcomes],
    })),
    visits: [...visits],
    branchResults: [...branchResults],
    questions: [...questions],
  });
}

/** The state of a snapshot; undefined when the text has another shape, which only costs a longer fold. */
export function decodeSnapshot(runId: RunId, text: string): RunState | undefined {
  const parsed = Snapshot.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const s = parsed.data;
  return {
    ...s,
    runId,
    reason: s.reason,
    error: s.error,
    pendingControl: s.pendingControl,
    startedAtMs: s.startedAtMs,
    goal: s.goal,
    sourceDirectory: s.sourceDirectory,
    git: s.git === undefined ? undefined : exact(s.git),
    workingDirectory: s.workingDirectory,
    frames: new Map(
      s.frames.map((f): [FrameId, Frame] => [
        f.id,
        exact<Frame>({
          ...f,
          context: new Map(f.context),
          outcomes: new Map(
            f.outcomes.map(([k, o]): [string, RecordedOutcome] => [k, exact<RecordedOutcome>(o)]),
          ),
          lastNode: f.lastNode,
          worktreeDir: f.worktreeDir,
          headSha: f.headSha,
        }),
      ]),
    ),
    visits: new Map(s.visits),
    branchResults: new Map(
      s.branchResults.map(([k, r]) => [k as StageId, r.map((b) => exact<BranchResult>(b))]),
    ),
    questions: new Map(
      s.questions.map(([k, q]): [string, OpenQuestion] => [k, exact<OpenQuestion>(q)]),
    ),
    usage: s.usage,
    fatal: s.fatal,
    finalSha: s.finalSha,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON is one more shape that is not ours.
  }
}

/** Zod's optional keys are `T | undefined`; after JSON none of them is present and undefined. */
function exact<T>(value: { [K in keyof T]: T[K] | undefined } | object): T {
  return Object.fromEntries(
    Object.entries(value).filter(([key, v]) => v !== undefined || MAYBE.has(key)),
  ) as T;
}

/** Fields that are always present, with or without a value. */
const MAYBE = new Set(['lastNode', 'worktreeDir', 'headSha']);

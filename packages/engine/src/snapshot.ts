/** A run's state as text and back: a replaceable short cut of the fold, never the truth. */
import {
  Answer,
  EVENT_PROPERTIES,
  HookContext,
  OutputRef,
  Failure,
  PendingControl,
  RunStatus,
  StageStatus,
  StatusReason,
  Usage,
} from '@fabro/protocol';
import type { FrameId, RunId, StageId } from '@fabro/protocol';
import { z } from 'zod';
import {
  newCounters,
  type BackgroundHook,
  type BranchResult,
  type Counters,
  type Frame,
  type Gate,
  type OpenQuestion,
  type RecordedDecision,
  type RecordedOutcome,
  type RunState,
} from './state.js';

/** A snapshot of another version is ignored, and the stream is folded from its beginning. */
export const SNAPSHOT_VERSION = 3;

const frameId = z.string().transform((text) => text as FrameId);
const stageId = z.string().transform((text) => text as StageId);
const facts = z.object({
  model: z.string().optional(),
  provider: z.string().optional(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  filesTouched: z.array(z.string()).optional(),
  stdout: OutputRef.optional(),
  stderr: OutputRef.optional(),
});
const outcome = z.object({
  status: StageStatus,
  preferredLabel: z.string().optional(),
  suggestedNextIds: z.array(z.string()).optional(),
  jumpToNode: z.string().optional(),
  failure: Failure.optional(),
  retries: z.number().optional(),
  notes: z.string().optional(),
  facts: facts.optional(),
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
  facts: facts.optional(),
});
const route = z.object({ to: z.string(), edge: z.number().optional() });
const phase = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('at'), node: z.string(), resumed: z.boolean().optional() }),
  z.object({ kind: z.literal('preparing') }),
  z.object({ kind: z.literal('running'), stage }),
  z.object({ kind: z.literal('waiting'), stage, dueAtMs: z.number() }),
  z.object({
    kind: z.literal('settled'),
    stage,
    outcome,
    committed: z.boolean(),
    route: route.optional(),
  }),
  z.object({
    kind: z.literal('ended'),
    status: StageStatus,
    failure: Failure.optional(),
    closed: z.boolean(),
  }),
]);
const pairs = <T extends z.ZodType>(value: T) => z.array(z.tuple([z.string(), value]));

const decision = z.object({
  decision: z.enum(['proceed', 'skip', 'block', 'override']),
  reason: z.string().optional(),
  edgeTo: z.string().optional(),
});
const counters = z.object({
  visits: pairs(z.number()),
  failures: pairs(z.number()),
  restarts: pairs(z.number()),
  steps: z.number(),
});
const gate = z.object({
  started: z.array(z.number()),
  decided: z.array(z.tuple([z.number(), decision])),
});
const background = z.object({
  frame: frameId,
  gate: z.string(),
  index: z.number(),
  context: HookContext,
  stageId: z.string().optional(),
});

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
      graph: z.string(),
      child: z.object({ frame: frameId, stageId, startedAtMs: z.number() }).optional(),
      /** Absent in branches, which share those of the frame above. */
      counters: counters.optional(),
      arrival: z.object({ from: z.string(), edge: z.number().optional() }).optional(),
      phase,
      context: pairs(z.json()),
      threads: pairs(
        z.array(z.object({ blob: z.string(), provider: z.string(), model: z.string() })),
      ),
      outcomes: pairs(outcome),
      lastNode: z.string().optional(),
      lastStage: stageId.optional(),
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
  fatal: z
    .object({ reason: StatusReason, message: z.string(), byHook: z.boolean().optional() })
    .optional(),
  gates: pairs(gate),
  background: pairs(background),
  submissions: z.number(),
  suspended: z.boolean(),
  restarts: z.number(),
  finalSha: z.string().optional(),
});

/** The state as text. */
export function encodeSnapshot(state: RunState): string {
  const { frames, visits, branchResults, questions, gates, background, ...rest } = state;
  const { runId: _runId, ...scalars } = rest;
  return JSON.stringify({
    ...scalars,
    frames: [...frames.values()].map((f) => ({
      ...f,
      counters: f.branch === undefined ? encodeCounters(f.counters) : undefined,
      context: [...f.context],
      threads: [...f.threads],
      outcomes: [...f.outcomes],
    })),
    gates: [...gates].map(([key, g]) => [
      key,
      { started: [...g.started], decided: [...g.decided] },
    ]),
    background: [...background],
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
    frames: decodeFrames(s.frames),
    gates: new Map(s.gates.map(([key, g]): [string, Gate] => [key, decodeGate(g)])),
    background: new Map(
      s.background.map(([key, b]): [string, BackgroundHook] => [key, exact<BackgroundHook>(b)]),
    ),
    visits: new Map(s.visits),
    branchResults: new Map(
      s.branchResults.map(([k, r]) => [k as StageId, r.map((b) => exact<BranchResult>(b))]),
    ),
    questions: new Map(
      s.questions.map(([k, q]): [string, OpenQuestion] => [k, exact<OpenQuestion>(q)]),
    ),
    usage: s.usage,
    fatal: s.fatal === undefined ? undefined : exact(s.fatal),
    finalSha: s.finalSha,
  };
}

function encodeCounters({ visits, failures, restarts, steps }: Counters): object {
  return { visits: [...visits], failures: [...failures], restarts: [...restarts], steps };
}

/** A frame stands before the frames that it opened: whose counters a branch shares is known when it is reached. */
function decodeFrames(frames: z.infer<typeof Snapshot>['frames']): Map<FrameId, Frame> {
  const decoded = new Map<FrameId, Frame>();
  for (const f of frames) {
    const parent = f.branch === undefined ? undefined : decoded.get(f.branch.frame);
    const own = f.counters;
    decoded.set(
      f.id,
      exact<Frame>({
        ...f,
        counters:
          own === undefined
            ? (parent?.counters ?? newCounters())
            : {
                visits: new Map(own.visits),
                failures: new Map(own.failures),
                restarts: new Map(own.restarts),
                steps: own.steps,
              },
        context: new Map(f.context),
        threads: new Map(f.threads),
        outcomes: new Map(
          f.outcomes.map(([k, o]): [string, RecordedOutcome] => [k, exact<RecordedOutcome>(o)]),
        ),
        arrival: f.arrival,
        lastNode: f.lastNode,
        lastStage: f.lastStage,
        worktreeDir: f.worktreeDir,
        headSha: f.headSha,
      }),
    );
  }
  return decoded;
}

function decodeGate(gate: z.infer<typeof Snapshot>['gates'][number][1]): Gate {
  return {
    started: new Set(gate.started),
    decided: new Map(
      gate.decided.map(([index, d]): [number, RecordedDecision] => [
        index,
        exact<RecordedDecision>(d),
      ]),
    ),
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
const MAYBE = new Set(['arrival', 'lastNode', 'lastStage', 'worktreeDir', 'headSha']);

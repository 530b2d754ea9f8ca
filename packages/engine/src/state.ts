/**
 * What a run is, as the fold of its stream: a tree of frames, each a path being walked. Nothing here acts;
 * `fold.ts` is the only file that changes a state, `decide.ts` the only one that draws conclusions from it.
 */
import type {
  Answer,
  CallKey,
  EventProperties,
  Failure,
  FrameId,
  JsonValue,
  PendingControl,
  RunId,
  RunStatus,
  StageId,
  StageStatus,
  StatusReason,
  Usage,
} from '@fabro/protocol';
import { callKey } from '@fabro/protocol';

/** How the latest visit of a node ended, as later decisions need it. */
export interface RecordedOutcome {
  readonly status: StageStatus;
  readonly preferredLabel?: string;
  readonly suggestedNextIds?: readonly string[];
  readonly jumpToNode?: string;
  readonly failure?: Failure;
}

/** A stage that has started and not ended. */
export interface OpenStage {
  readonly node: string;
  readonly visit: number;
  readonly stageId: StageId;
  readonly handlerType: string;
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Attempts that a restart cut short; they do not count against `maxAttempts`. */
  readonly interruptions: number;
  readonly index: number;
  /** Milliseconds since 1970 of this attempt's start. */
  readonly startedAtMs: number;
  /** The lease epoch in which the attempt started; an older one means that the server has died since. */
  readonly epoch: number;
  /** Sequence number of `stage.started`; 0 until it is committed. */
  openedSeq: number;
}

export type Phase =
  /** About to visit `node`. */
  | { readonly kind: 'at'; readonly node: string }
  /** A branch whose worktree is still to be made. */
  | { readonly kind: 'preparing' }
  | { readonly kind: 'running'; readonly stage: OpenStage }
  /** Between two attempts. */
  | { readonly kind: 'waiting'; readonly stage: OpenStage; readonly dueAtMs: number }
  /** The outcome is recorded; commit, edge and checkpoint are not. */
  | {
      readonly kind: 'settled';
      readonly stage: OpenStage;
      readonly outcome: RecordedOutcome;
      readonly committed: boolean;
    }
  /** The path has ended. `failure` only when it ended badly. */
  | { readonly kind: 'ended'; readonly status: StageStatus; readonly failure?: Failure };

/** Where a branch comes from. */
interface BranchOrigin {
  readonly frame: FrameId;
  readonly stageId: StageId;
  readonly index: number;
  readonly startNode: string;
  readonly startedAtMs: number;
}

export interface Frame {
  readonly id: FrameId;
  readonly branch?: BranchOrigin;
  phase: Phase;
  readonly context: Map<string, JsonValue>;
  /** Latest outcome by node. */
  readonly outcomes: Map<string, RecordedOutcome>;
  /** The node visited last, whose outcome a conditional passes on. */
  lastNode: string | undefined;
  /** Where commands of this frame run, and the commit it stands on; only with git. */
  worktreeDir: string | undefined;
  headSha: string | undefined;
}

export interface OpenQuestion {
  readonly id: string;
  readonly stageId: StageId;
  readonly frame: FrameId;
  readonly properties: EventProperties['interview.started'];
  /** Set when the answer is recorded and the stage has not taken it yet. */
  answer?: Answer;
}

/** Results of a parallel stage's branches by index, kept until its fan-in has read them. */
export interface BranchResult {
  readonly id: string;
  readonly index: number;
  readonly status: StageStatus;
  readonly headSha?: string;
}

export interface RunState {
  readonly runId: RunId;
  /** Last committed event that is folded in. */
  seq: number;
  /** Lease epoch of the incarnation that acts now. */
  epoch: number;
  status: RunStatus;
  reason: StatusReason | undefined;
  error: string | undefined;
  pendingControl: PendingControl | undefined;
  blocked: boolean;
  createdAtMs: number;
  startedAtMs: number | undefined;
  name: string;
  goal: string | undefined;
  labels: Readonly<Record<string, string>>;
  manifestBlob: string;
  inPlace: boolean;
  /** The manifest came over the Unix socket. */
  local: boolean;
  sourceDirectory: string | undefined;
  git:
    | { readonly baseSha: string; readonly runBranch: string; readonly baseBranch?: string }
    | undefined;
  workingDirectory: string | undefined;
  readonly frames: Map<FrameId, Frame>;
  /** Visits by node over all frames, so that `node@visit` names one stage of the run. */
  readonly visits: Map<string, number>;
  /** Branch results by parallel stage. */
  readonly branchResults: Map<StageId, BranchResult[]>;
  /** Stages completed so far. */
  completed: number;
  readonly questions: Map<string, OpenQuestion>;
  usage: Usage | undefined;
  /** What ends the run whatever its frames do. */
  fatal: { readonly reason: StatusReason; readonly message: string } | undefined;
  /** The last server let the run go in order. */
  suspended: boolean;
  /** Restarts since the last checkpoint; three of them end the run. */
  restarts: number;
  finalSha: string | undefined;
}

/** An empty state; the first events fill it. */
export function initialState(runId: RunId): RunState {
  return {
    runId,
    seq: 0,
    epoch: 0,
    status: 'submitted',
    reason: undefined,
    error: undefined,
    pendingControl: undefined,
    blocked: false,
    createdAtMs: 0,
    startedAtMs: undefined,
    name: '',
    goal: undefined,
    labels: {},
    manifestBlob: '',
    inPlace: false,
    local: false,
    sourceDirectory: undefined,
    git: undefined,
    workingDirectory: undefined,
    frames: new Map(),
    visits: new Map(),
    branchResults: new Map(),
    completed: 0,
    questions: new Map(),
    usage: undefined,
    fatal: undefined,
    suspended: false,
    restarts: 0,
    finalSha: undefined,
  };
}

/** Prefix of all call keys of an attempt. */
export function attemptKey(
  state: Pick<RunState, 'runId'>,
  frame: FrameId,
  stage: OpenStage,
): CallKey {
  return callKey(state.runId, frame, stage.stageId, `a${stage.attempt}`);
}

/** The frame of an id; throws for one that the stream never opened. */
export function frameOf(state: RunState, id: FrameId): Frame {
  const frame = state.frames.get(id);
  if (frame === undefined) throw new Error(`run ${state.runId} has no frame ${id}`);
  return frame;
}

/** The stage that a frame is in, whatever its phase; undefined between stages. */
export function openStage(frame: Frame): OpenStage | undefined {
  const { phase } = frame;
  return phase.kind === 'running' || phase.kind === 'waiting' || phase.kind === 'settled'
    ? phase.stage
    : undefined;
}

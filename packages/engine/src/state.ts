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
  HookContext,
  JsonValue,
  OutputRef,
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
  /** Attempts after the first; absent when there were none. */
  readonly retries?: number;
  /** What later stages are told of it. */
  readonly notes?: string;
  readonly facts?: StageFacts;
}

/** What a stage used and printed, as preambles quote it. */
export interface StageFacts {
  readonly model?: string;
  readonly provider?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly filesTouched?: readonly string[];
  readonly stdout?: OutputRef;
  readonly stderr?: OutputRef;
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
  /** What the attempt has recorded so far. */
  readonly facts?: StageFacts;
}

/** The way on that was chosen for a settled stage, while its hooks have not all spoken. */
export interface Route {
  readonly to: string;
  /** Position of the edge in the graph; absent for jumps. */
  readonly edge?: number;
}

export type Phase =
  /** About to visit `node`. `resumed`: the run had ended there, and somebody wants it to go on. */
  | { readonly kind: 'at'; readonly node: string; readonly resumed?: boolean }
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
      readonly route?: Route;
    }
  /**
   * The path has ended. `failure` only when it ended badly. `closed` when the end of the whole frame is
   * recorded, as that of a branch always is: a child workflow may still have goal gates to ask.
   */
  | {
      readonly kind: 'ended';
      readonly status: StageStatus;
      readonly failure?: Failure;
      readonly closed: boolean;
    };

/** Where a branch comes from. */
interface BranchOrigin {
  readonly frame: FrameId;
  readonly stageId: StageId;
  readonly index: number;
  readonly startNode: string;
  readonly startedAtMs: number;
}

/** Where a child workflow comes from. */
interface ChildOrigin {
  readonly frame: FrameId;
  readonly stageId: StageId;
  readonly startedAtMs: number;
}

/** What counts against limits. A branch counts where its walk began: in the root, or in a child workflow. */
export interface Counters {
  /** Visits by node. */
  readonly visits: Map<string, number>;
  /** Deterministic and structural failures by signature; never reset. */
  readonly failures: Map<string, number>;
  /** Restarts of a loop by the signature of the failure that they answer. */
  readonly restarts: Map<string, number>;
  /** Stages that were completed. */
  steps: number;
}

/** How a frame came to the node that it is at. */
interface Arrival {
  readonly from: string;
  /** Position of the edge in the graph; absent for jumps and retry targets. */
  readonly edge?: number;
}

/** What one session added to a thread, and who spoke in it. */
interface ThreadPart {
  readonly blob: string;
  readonly provider: string;
  readonly model: string;
}

export interface Frame {
  readonly id: FrameId;
  /** The workflow that is walked: empty for the run's own, else the key of a child workflow. */
  readonly graph: string;
  readonly branch?: BranchOrigin;
  readonly child?: ChildOrigin;
  /** A branch shares those of the frame that it forked from. */
  readonly counters: Counters;
  phase: Phase;
  arrival: Arrival | undefined;
  readonly context: Map<string, JsonValue>;
  /** Conversations under full fidelity: by thread, the blobs of what each session added. */
  readonly threads: Map<string, readonly ThreadPart[]>;
  /** Latest outcome by node. */
  readonly outcomes: Map<string, RecordedOutcome>;
  /** The node visited last, whose outcome a conditional passes on. */
  lastNode: string | undefined;
  /** Its stage. */
  lastStage: StageId | undefined;
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

/** The hooks of one point of a walk: which were begun, and what those that have ended decided. */
export interface Gate {
  readonly started: Set<number>;
  readonly decided: Map<number, RecordedDecision>;
}

/** A hook's decision as it was recorded. */
export interface RecordedDecision {
  readonly decision: 'proceed' | 'skip' | 'block' | 'override';
  readonly reason?: string;
  readonly edgeTo?: string;
}

/** A hook that the walk does not wait for and that has not ended. */
export interface BackgroundHook {
  readonly frame: FrameId;
  readonly gate: string;
  readonly index: number;
  readonly context: HookContext;
  /** The stage that it is told of. */
  readonly stageId?: string;
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
  /** Visits by node over all frames and workflows, so that `node@visit` names one stage of the run. */
  readonly visits: Map<string, number>;
  /** Branch results by parallel stage. */
  readonly branchResults: Map<StageId, BranchResult[]>;
  /** Stages completed so far. */
  completed: number;
  readonly questions: Map<string, OpenQuestion>;
  usage: Usage | undefined;
  /** What ends the run whatever its frames do. */
  fatal:
    | { readonly reason: StatusReason; readonly message: string; readonly byHook?: boolean }
    | undefined;
  /** Hooks of the points that the walk stands at, by `gateKey`. */
  readonly gates: Map<string, Gate>;
  readonly background: Map<string, BackgroundHook>;
  /** The last server let the run go in order. */
  suspended: boolean;
  /** Times that the run was submitted: once, and once for each resume after its end. */
  submissions: number;
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
    gates: new Map(),
    background: new Map(),
    suspended: false,
    submissions: 0,
    restarts: 0,
    finalSha: undefined,
  };
}

/** Counters that have counted nothing. */
export function newCounters(): Counters {
  return { visits: new Map(), failures: new Map(), restarts: new Map(), steps: 0 };
}

/** The frame that a frame was opened by; undefined for the root. */
export function parentOf(frame: Frame): FrameId | undefined {
  return frame.branch?.frame ?? frame.child?.frame;
}

/** True when nothing more happens in the frame. */
export function hasEnded(frame: Frame): boolean {
  return frame.phase.kind === 'ended' && frame.phase.closed;
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

/** Attempts of a stage after its first; those that repeat what a restart cut short are none of them. */
export function retriesIn(stage: Pick<OpenStage, 'attempt' | 'interruptions'>): number {
  return stage.attempt - 1 - stage.interruptions;
}

/** The stage that a frame is in, whatever its phase; undefined between stages. */
export function openStage(frame: Frame): OpenStage | undefined {
  const { phase } = frame;
  return phase.kind === 'running' || phase.kind === 'waiting' || phase.kind === 'settled'
    ? phase.stage
    : undefined;
}

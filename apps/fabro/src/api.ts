/** What commands ask of a server: the client's operations in the words of the command line, pages gathered. */
import type {
  AnswerBody,
  AnyEvent,
  ApiQuestion,
  ForkResult,
  JsonObject,
  RewindResult,
  PreflightReport,
  Retro,
  RunArtifactEntry,
  RunDiff,
  RunManifest,
  RunStage,
  RunStatus,
  RunStatusResponse,
  RunSummary,
  TimelineEntry,
} from '@fabro/protocol';
import type {
  AttachAllOptions,
  DiffOptions,
  DiskUsage,
  PruneBody,
  PruneResult,
  StreamedEvent,
  SystemInfo,
} from '@fabro/client';

interface Page<T> {
  readonly data: readonly T[];
  readonly hasMore: boolean;
}

interface RunQuery {
  readonly status?: readonly RunStatus[];
  readonly workflow?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly includeArchived?: boolean;
}

/** All methods reject with FabroError as the server names it, or `unavailable` when it is out of reach. */
export interface Api {
  /** Rejects with the signal's reason when it aborts first. */
  health(signal: AbortSignal): Promise<void>;
  createRun(manifest: RunManifest): Promise<RunStatusResponse>;
  startRun(id: string, resume: boolean): Promise<RunStatusResponse>;
  controlRun(id: string, action: 'cancel' | 'pause' | 'unpause'): Promise<RunStatusResponse>;
  removeRun(id: string, force: boolean): Promise<void>;
  /** Checkpoints, oldest first. */
  timeline(id: string): Promise<readonly TimelineEntry[]>;
  forkRun(id: string, target: string | undefined): Promise<ForkResult>;
  rewindRun(id: string, target: string | undefined): Promise<RewindResult>;
  archiveRun(id: string): Promise<RunStatusResponse>;
  unarchiveRun(id: string): Promise<RunStatusResponse>;
  run(id: string): Promise<RunSummary>;
  /** By id, unambiguous prefix, or workflow name (newest). */
  resolveRun(selector: string): Promise<RunSummary>;
  runs(
    query: RunQuery,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<Page<RunSummary>>;
  /** All stages, in the order of their starts. */
  stages(id: string): Promise<readonly RunStage[]>;
  /** All open questions. */
  questions(id: string): Promise<readonly ApiQuestion[]>;
  answer(id: string, question: string, body: AnswerBody): Promise<void>;
  state(id: string): Promise<JsonObject>;
  events(id: string, sinceSeq: number, limit: number): Promise<Page<AnyEvent>>;
  /** Replays from `sinceSeq` and follows to the end of the run; reconnects by itself. */
  attach(id: string, sinceSeq: number, signal: AbortSignal): AsyncIterable<StreamedEvent>;
  graphSource(id: string): Promise<string>;
  blob(id: string, hash: string): Promise<Uint8Array>;
  /** The retro of a run; undefined when it has none. */
  retro(id: string): Promise<Retro | undefined>;
  diff(id: string, wish: DiffOptions): Promise<RunDiff>;
  /** In the order of their capture. */
  artifacts(id: string): Promise<readonly RunArtifactEntry[]>;
  artifact(id: string, artifact: RunArtifactEntry): Promise<Uint8Array>;
  preflight(manifest: RunManifest): Promise<PreflightReport>;
  /** Events of these runs, or of all, from now on; ends by the signal only. */
  followAll(options: AttachAllOptions): AsyncIterable<AnyEvent>;
  systemInfo(): Promise<SystemInfo>;
  /** `verbose`: run by run, too. */
  diskUsage(options: { readonly verbose: boolean }): Promise<DiskUsage>;
  prune(body: PruneBody): Promise<PruneResult>;
}

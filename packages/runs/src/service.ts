/** What the HTTP resources are written on: the life of runs, without HTTP and without SQL. */
import type {
  AnswerBody,
  ApiQuestion,
  JsonObject,
  RunManifest,
  RunStage,
  RunStatus,
  RunStatusResponse,
  RunSummary,
} from '@fabro/protocol';
import type { Caller } from './caller.js';
import type { RunReports } from './reports/service.js';
import type { Page, PageRequest, StreamItem } from './request.js';
import type { RunHistory } from './run-history.js';

export type { Caller } from './caller.js';
export type { Page, PageRequest, StreamItem } from './request.js';

export interface RunFilter {
  /** Statuses to keep; absent keeps all. */
  readonly status?: readonly string[];
  readonly workflow?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Archived runs are left out unless this is set. */
  readonly includeArchived?: boolean;
}

export interface AttachRequest {
  /** First sequence number to send, from 1. Absent: what comes after now. */
  readonly sinceSeq?: number;
  readonly signal: AbortSignal;
}

export interface DiskUsage {
  readonly summary: readonly {
    readonly type: 'runs' | 'logs';
    readonly count: number;
    readonly active?: number;
    readonly size_bytes: number;
    readonly reclaimable_bytes?: number;
  }[];
  readonly total_size_bytes: number;
  readonly total_reclaimable_bytes: number;
  /** The largest first; only when asked for. */
  readonly runs?: readonly {
    readonly run_id: string;
    readonly workflow_name: string;
    readonly status: RunStatus;
    /** RFC 3339; of its creation while it has not started. */
    readonly start_time: string;
    readonly size_bytes: number;
    /** A prune may delete it. */
    readonly reclaimable: boolean;
  }[];
}

export interface PruneRequest {
  readonly dryRun: boolean;
  /** RFC 3339; runs created before. */
  readonly before?: string;
  readonly workflow?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Milliseconds; default 24 h when nothing else filters. */
  readonly olderThanMs?: number;
}

export interface PruneResult {
  readonly dry_run: boolean;
  readonly runs?: readonly {
    readonly run_id: string;
    readonly status: string;
    readonly size_bytes: number;
  }[];
  readonly total_count: number;
  readonly total_size_bytes: number;
  readonly deleted_count: number;
  readonly freed_bytes: number;
}

/**
 * All methods reject with FabroError: `not_found` ("Run <id> not found."), `conflict`, `invalid_manifest`,
 * `invalid_workflow`, `forbidden`, `gone`, `unavailable`, `storage_full`. A malformed id is `not_found`.
 */
export interface RunService extends RunHistory, RunReports {
  /** `created` is false when the run_id was used before with the same manifest. */
  create(
    manifest: RunManifest,
    caller: Caller,
  ): Promise<{ readonly created: boolean; readonly run: RunStatusResponse }>;
  start(
    id: string,
    request: { readonly resume: boolean },
    caller: Caller,
  ): Promise<RunStatusResponse>;
  cancel(id: string, caller: Caller): Promise<RunStatusResponse>;
  pause(id: string, caller: Caller): Promise<RunStatusResponse>;
  unpause(id: string, caller: Caller): Promise<RunStatusResponse>;
  /** Rejects with `conflict` for an active run unless `force`, which cancels it first. */
  remove(id: string, request: { readonly force: boolean }, caller: Caller): Promise<void>;
  status(id: string): Promise<RunStatusResponse>;
  get(id: string): Promise<RunSummary>;
  list(page: PageRequest, filter: RunFilter): Promise<Page<RunSummary>>;
  /** By id, unambiguous id prefix, or workflow name (newest). */
  resolve(selector: string): Promise<RunSummary>;
  stages(id: string, page: PageRequest): Promise<Page<RunStage>>;
  questions(id: string, page: PageRequest): Promise<Page<ApiQuestion>>;
  answer(id: string, question: string, body: AnswerBody, caller: Caller): Promise<void>;
  /** The full projection (schema RunProjection of the API reference). */
  state(id: string): Promise<JsonObject>;
  /** DOT that Graphviz accepts, and the text as written. */
  graph(
    id: string,
    direction?: 'TB' | 'LR' | 'BT' | 'RL',
  ): Promise<{ readonly dot: string; readonly source: string }>;
  /** A page of events as JSON lines. */
  events(
    id: string,
    request: { readonly sinceSeq: number; readonly limit: number },
  ): Promise<{ readonly lines: readonly string[]; readonly hasMore: boolean }>;
  /**
   * The stream of a run in batches; ends after the run's last event. Rejects with `gone` on an ended run
   * without a starting point or with one past the last event (decision 10).
   */
  attach(id: string, request: AttachRequest): Promise<AsyncIterable<readonly StreamItem[]>>;
  /** Reads a blob that this run's events name. */
  blob(id: string, hash: string): Promise<Uint8Array>;
  /** `verbose` asks for the sizes of runs, too: of the largest ones when there are many. */
  diskUsage(options: { readonly verbose: boolean }): Promise<DiskUsage>;
  prune(request: PruneRequest, caller: Caller): Promise<PruneResult>;
}

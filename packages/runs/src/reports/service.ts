/** What runs left behind and what they would need: the part of the run service that only looks. */
import type {
  PreflightReport,
  Retro,
  RetroListItem,
  RunArtifactEntry,
  RunDiff,
  RunManifest,
} from '@fabro/protocol';
import type { RetroFilter } from '../retro/read.js';
import type { Caller } from '../caller.js';
import type { Page, PageRequest, StreamItem } from '../request.js';
import type { DiffWish } from './diff.js';

/** Methods reject as those of RunService do. */
export interface RunReports {
  /** The retro of a run; undefined when it has none (yet). */
  retro(id: string): Promise<Retro | undefined>;
  retros(page: PageRequest, filter: RetroFilter): Promise<Page<RetroListItem>>;
  /** The patch of the run, or of one stage. Rejects with `conflict` for a run without git. */
  diff(id: string, wish: DiffWish, signal: AbortSignal): Promise<RunDiff>;
  /** In the order of their capture; of one stage when it is named. */
  artifacts(id: string, stage?: string): Promise<readonly RunArtifactEntry[]>;
  /** Bytes of an artifact; of its latest attempt unless `retry` names one. */
  artifact(
    id: string,
    wish: { readonly stage: string; readonly path: string; readonly retry?: number },
  ): Promise<Uint8Array>;
  preflight(manifest: RunManifest, caller: Caller, signal: AbortSignal): Promise<PreflightReport>;
  /** Events of these runs, or of all, from now or after the `seq` of an earlier item. Ends by the signal only. */
  followAll(request: {
    readonly runs?: readonly string[];
    readonly after?: number;
    readonly signal: AbortSignal;
  }): Promise<AsyncIterable<readonly StreamItem[]>>;
}

/** What the composition root gives the server. */
import type { Authenticate, HttpLogger, OpenStreams } from '@fabro/http';
import type { Clock } from '@fabro/protocol';
import type { RunService } from '@fabro/runs';
import type { GraphRenderer } from './graph/renderer.js';

/** Facts about this server that `/system/info` tells. */
export interface SystemFacts {
  readonly version: string;
  readonly pid: number;
  /** As in `process.platform` and `process.arch`. */
  readonly os: string;
  readonly arch: string;
  readonly storageEngine: string;
  readonly storageDir: string;
  readonly sandboxProvider: string;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  runCounts(): Promise<{ readonly total: number; readonly active: number }>;
}

export interface ServerDeps {
  readonly runs: RunService;
  readonly graphs: GraphRenderer;
  readonly authenticate: Authenticate;
  /** The open event streams; the same object goes to `serve`, which ends them. */
  readonly streams: OpenStreams;
  readonly clock: Clock;
  /** A fresh request id. */
  readonly requestId: () => string;
  readonly logger: HttpLogger;
  readonly system: SystemFacts;
  /** `[server.api].url`, with `/api/v1`; absent takes addresses from each request. */
  readonly apiUrl?: string;
}

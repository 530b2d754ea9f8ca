/** Answers about the server itself. */
import type { Fields } from './fields.js';

export interface Discovery {
  readonly openapiUrl: string;
  readonly currentUserUrl: string;
  readonly healthUrl: string;
}

export interface SystemInfo {
  readonly version: string;
  readonly serverUrl: string;
  readonly pid: number;
  readonly os: string;
  readonly arch: string;
  readonly storageEngine: string;
  readonly storageDir: string;
  readonly uptimeSecs: number;
  readonly runs: { readonly total: number; readonly active: number };
  readonly sandboxProvider: string;
}

export interface DiskUsage {
  readonly summary: readonly {
    readonly type: string;
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
    readonly status: string;
    /** RFC 3339; of its creation while it has not started. */
    readonly start_time: string;
    readonly size_bytes: number;
    /** A prune may delete it. */
    readonly reclaimable: boolean;
  }[];
}

export interface PruneBody {
  /** Default true: nothing is deleted. */
  readonly dry_run?: boolean;
  /** RFC 3339. */
  readonly before?: string;
  readonly workflow?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `24h`, `7d`. */
  readonly older_than?: string;
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

export function readDiscovery(fields: Fields): Discovery {
  const urls = fields.object('urls');
  return {
    openapiUrl: urls.text('openapi_url'),
    currentUserUrl: urls.text('current_user_url'),
    healthUrl: urls.text('health_url'),
  };
}

export function readSystemInfo(fields: Fields): SystemInfo {
  const runs = fields.object('runs');
  return {
    version: fields.text('version'),
    serverUrl: fields.text('server_url'),
    pid: fields.number('pid'),
    os: fields.text('os'),
    arch: fields.text('arch'),
    storageEngine: fields.text('storage_engine'),
    storageDir: fields.text('storage_dir'),
    uptimeSecs: fields.number('uptime_secs'),
    runs: { total: runs.number('total'), active: runs.number('active') },
    sandboxProvider: fields.text('sandbox_provider'),
  };
}

export function readDiskUsage(fields: Fields): DiskUsage {
  const runs = !fields.has('runs')
    ? {}
    : {
        runs: fields.list('runs', (run) => ({
          run_id: run.text('run_id'),
          workflow_name: run.text('workflow_name'),
          status: run.text('status'),
          start_time: run.text('start_time'),
          size_bytes: run.number('size_bytes'),
          reclaimable: run.flag('reclaimable'),
        })),
      };
  return {
    summary: fields.list('summary', (row) => ({
      type: row.text('type'),
      count: row.number('count'),
      ...(row.has('active') ? { active: row.number('active') } : {}),
      size_bytes: row.number('size_bytes'),
      ...(row.has('reclaimable_bytes')
        ? { reclaimable_bytes: row.number('reclaimable_bytes') }
        : {}),
    })),
    total_size_bytes: fields.number('total_size_bytes'),
    total_reclaimable_bytes: fields.number('total_reclaimable_bytes'),
    ...runs,
  };
}

export function readPruneResult(fields: Fields): PruneResult {
  const runs = !fields.has('runs')
    ? {}
    : {
        runs: fields.list('runs', (run) => ({
          run_id: run.text('run_id'),
          status: run.text('status'),
          size_bytes: run.number('size_bytes'),
        })),
      };
  return {
    dry_run: fields.flag('dry_run'),
    ...runs,
    total_count: fields.number('total_count'),
    total_size_bytes: fields.number('total_size_bytes'),
    deleted_count: fields.number('deleted_count'),
    freed_bytes: fields.number('freed_bytes'),
  };
}

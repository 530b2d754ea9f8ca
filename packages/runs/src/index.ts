export {
  type AttachRequest,
  type Caller,
  type DiskUsage,
  type Page,
  type PageRequest,
  type PruneRequest,
  type PruneResult,
  type RunFilter,
  type RunService,
  type StreamItem,
} from './service.js';
export { type RunHistory } from './run-history.js';
export { type RunReports } from './reports/service.js';
export { type DiffWish } from './reports/diff.js';
export { type RetroFilter } from './retro/read.js';
export { CheckpointViews } from './checkpoint-views.js';
export { RUN_PROJECTIONS } from './projections.js';
export { LiveHub } from './live-hub.js';
export { type RunServicePorts, type Runs, createRunService } from './create-run-service.js';
export { DiskGuard, type DiskGuardPorts, type Reserve } from './disk-guard.js';
export { type FileReserveOptions, fileReserve } from './disk-reserve.js';
export { type WriteGate } from './queue.js';

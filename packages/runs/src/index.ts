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
export { RUN_PROJECTIONS } from './projections.js';
export { LiveHub } from './live-hub.js';
export { type RunServicePorts, type Runs, createRunService } from './create-run-service.js';

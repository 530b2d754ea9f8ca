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

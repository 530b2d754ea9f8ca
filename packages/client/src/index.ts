export {
  type Client,
  type ClientOptions,
  type EventPageOptions,
  type GraphDirection,
  type ListRunsOptions,
  type PageOptions,
  createClient,
} from './client.js';
export { type AttachOptions, LiveEnvelope, type StreamedEvent } from './attach.js';
export { type AttachAllOptions } from './attach-all.js';
export { type DiffOptions, type RetroOptions } from './reports.js';
export { type Fetch } from './transport.js';
export {
  type DiskUsage,
  type Discovery,
  type PruneBody,
  type PruneResult,
  type SystemInfo,
} from './system.js';
export {
  FIRST_DELAY_MS,
  MAX_ANSWER_DEPTH,
  MAX_ANSWER_LENGTH,
  MAX_DELAY_MS,
  MAX_FRAME_LENGTH,
  MAX_RECONNECTS,
  STALL_MS,
} from './limits.js';

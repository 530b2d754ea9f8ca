export {
  type AppendRequest,
  type AppendResult,
  type Authority,
  type Blob,
  type Health,
  type Journal,
  type JournalOptions,
  type LeaseResult,
  type EventBody,
  type NewEvent,
  type Origin,
  type Precondition,
  type Projection,
  type ReadOptions,
  type SnapshotDraft,
  type StoredEvent,
  type StreamInfo,
  type SubscribeOptions,
  type Upcasters,
} from './port.js';
export {
  type Cell,
  type ChangeValue,
  type Condition,
  type Row,
  type RowChange,
  SEQ,
  type Selection,
  type TableSpec,
} from './table.js';
export { MAX_READ_EVENTS, MAX_SELECT_ROWS } from './limits.js';
export { blobOf } from './blob.js';

export {
  type BlobHash,
  type CallKey,
  type EventSeq,
  type FrameId,
  type IdSource,
  type QuestionId,
  type RunId,
  type StageId,
  type StreamId,
  ROOT_FRAME,
  branchFrame,
  childFrame,
  callKey,
  eventSeq,
  isUlid,
  parseBlobHash,
  parseQuestionId,
  parseRunId,
  parseStageId,
  runStream,
  stageId,
  streamId,
  systemIds,
} from './ids.js';
export {
  FailureClass,
  PendingControl,
  QuestionType,
  RunStatus,
  StageState,
  StageStatus,
  StatusReason,
  TERMINAL_STATUSES,
  isTerminal,
} from './statuses.js';
export { type JsonLimits, type JsonParse, JsonObject, JsonValue, parseJson } from './json.js';
export { Failure, Outcome, Usage, addUsage } from './outcome.js';
export { type Clock, isoTime } from './clock.js';
export {
  AssistantMessage,
  Message,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolMessage,
  ToolResultPart,
  ToolSpec,
  UserMessage,
} from './messages.js';
export { ERROR_CODES, type ErrorCode, FabroError, messageOf } from './errors.js';
export { Actor } from './principal.js';
export { Retro, RetroListItem, Smoothness, StageRetro } from './retro.js';
export { type PauseSignal } from './pause.js';
export {
  AnyEvent,
  type EventDraft,
  EventScope,
  type LiveEvent,
  type RunEvent,
  isKnownEvent,
  parseRunEvent,
} from './events.js';
export {
  AgentSessionHead,
  Answer,
  EVENT_PROPERTIES,
  type EventProperties,
  type EventType,
  OutputRef,
  QuestionOption,
} from './event-properties.js';
export {
  ForkBody,
  ForkResult,
  ForkSourceRef,
  RewindResult,
  Timeline,
  TimelineEntry,
} from './history.js';
export { HookCompleted, HookContext, HookEvent, HookStarted } from './hook.js';
export { ArtifactCaptured } from './artifact.js';
export { type CallSpec, type DurableCalls, type InDoubt } from './durable-call.js';
export { ManifestArgs, RunManifest } from './manifest.js';
export {
  AnswerBody,
  ApiQuestion,
  ErrorBody,
  ErrorEntry,
  EventPage,
  PageMeta,
  QuestionPage,
  RunPage,
  RunStage,
  RunStatusResponse,
  RunSummary,
  StagePage,
  StartBody,
} from './wire.js';
export {
  ArtifactEntry,
  ArtifactList,
  PreflightCheck,
  PreflightReport,
  RetroPage,
  RunArtifactEntry,
  RunArtifactList,
  RunDiff,
} from './wire-reports.js';

export { type Conclusion, type World, decide } from './decide.js';
export { contextValues } from './context-view.js';
export { type Checkpoints, type CheckpointRequest } from './checkpoints.js';
export {
  type AttemptResult,
  type ActedHandler,
  type DecidedHandler,
  type Handler,
  type StageInput,
  type StagePorts,
} from './handler.js';
export { type RunSettings } from './run-settings.js';
export {
  type Frame,
  type OpenQuestion,
  type OpenStage,
  type Phase,
  type RecordedOutcome,
  type RunState,
  initialState,
} from './state.js';
export { type FoldedEvent, ImpossibleEvent, fold } from './fold.js';
export { type Recovered, foldStream, recoverRun } from './recovery/recover.js';
export { LeaseLost, Recorder } from './recorder.js';
export { RunSignals } from './run-signals.js';
export { type Walk } from './walk.js';
export { type RecordedCall, createCalls } from './calls.js';
export { type KeptOutput, keepOutput, lastBytes } from './keep-output.js';
export { type Outside, followOutside } from './outside.js';
export { MAX_RESTARTS } from './limits.js';
export { walkRun } from './loop.js';
export { handlerOf } from './handlers/registry.js';
export { modelWish } from './handlers/model-wish.js';
export { blobReference, referencedBlob } from './blob-reference.js';
export { type TakenRun, type TakeRunPorts, takeRun } from './recovery/take-run.js';
export { type Hook, type HookEntry, type HookTransport, hooksOf } from './hooks/hook.js';
export { matchingHooks } from './hooks/matching.js';
export { type HookDecision, type HookVote, mergeDecisions } from './hooks/decision.js';
export { hookNotices } from './hooks/notices.js';
export { type HookAnswer, type HookFetch, type HookPost } from './hooks/http-hook.js';
export { type HookResult } from './hooks/result.js';
export {
  type HookRequest,
  type HookRunner,
  type HookRunnerPorts,
  createHookRunner,
} from './hooks/runner.js';
export { type CaptureRequest, captureArtifacts } from './artifacts.js';

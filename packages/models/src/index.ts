export {
  type FinishReason,
  type Model,
  type ModelError,
  type ModelErrorKind,
  type ModelEvent,
  type ModelRequest,
  type Models,
} from './port.js';

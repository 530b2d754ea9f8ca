export {
  type Leftover,
  type ProcessResult,
  type Processes,
  type RunOptions,
  type SpawnRequest,
  type Termination,
} from './port.js';

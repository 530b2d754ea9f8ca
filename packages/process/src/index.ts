export {
  type Leftover,
  type ProcessResult,
  type Processes,
  type RunOptions,
  type SpawnRequest,
  type Termination,
} from './port.js';
export { type ProcessesOptions, createProcesses } from './processes.js';
export { type SpawnerEntry, spawnerEntry } from './spawner-entry.js';

export {
  type AgentEnvironment,
  type AgentPorts,
  type AgentRequest,
  type AgentResult,
  type AgentThread,
  type LiveDraft,
  type RunAgent,
} from './port.js';
export { runAgent } from './loop.js';
export { type LiveLines, liveLines } from './live-lines.js';

/** Twins of model providers: real wire formats on loopback, told what to answer. */
export {
  type TwinAnswer,
  type TwinRefusal,
  type TwinReply,
  type TwinScript,
  type TwinToolCall,
} from './answers.js';
export { type Twin, type TwinRequest } from './http-twin.js';
export { startAnthropicTwin } from './anthropic.js';
export { startOpenAiTwin } from './openai.js';
export { startServiceTwin } from './service.js';

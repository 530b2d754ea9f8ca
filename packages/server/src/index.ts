export { createApp } from './app.js';
export { type Api } from './context.js';
export { type ServerDeps, type SystemFacts } from './deps.js';
export {
  type GraphRenderer,
  type GraphRendererOptions,
  createGraphRenderer,
} from './graph/renderer.js';
export { type BoundAddress, type ListenOn } from './listen/address.js';
export { type FetchApp } from './listen/http-server.js';
export { type RunningServer, type ServeOptions, serve } from './listen/serve.js';
export { NOT_BUILT_OPERATIONS } from './not-built-operations.js';

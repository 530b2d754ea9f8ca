export { childEnvironment } from './environment.js';
export { type LocalSandboxOptions, createLocalSandbox } from './local-sandbox.js';

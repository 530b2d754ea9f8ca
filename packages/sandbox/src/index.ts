export {
  type ExecOptions,
  type ExecOutput,
  type ExecRequest,
  type ExecResult,
  type FileStat,
  type GrepMatch,
  type Sandbox,
} from './port.js';
export { expandBraces } from './glob/expand-braces.js';

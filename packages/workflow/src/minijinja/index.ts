export { type MiniJinjaOptions, createMiniJinja } from './create.js';
export { miniJinjaWasm } from './wasm.js';

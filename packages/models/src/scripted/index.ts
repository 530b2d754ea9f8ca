export { parseScript } from './parse.js';
export { type ScriptedModelOptions, createScriptedModel } from './model.js';
export { type Script, type ScriptTurn } from './script.js';

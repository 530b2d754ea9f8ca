/** One running copy of MiniJinja, replaced when it has panicked or has grown. */
import * as glue from 'minijinja-js/dist/bundler/minijinja_js_bg.js';
import { MAX_IDLE_TEMPLATE_BYTES, MAX_TEMPLATE_PAGES } from '../limits.js';
import { limitMemory } from './limit-memory.js';

/** The copy that the glue talks to: the glue is one for all, and so is this. */
let active: Instance | undefined;

/** Makes `next` the copy that environments are made in; those of another one must not be used meanwhile. */
export function activate(next: Instance): void {
  if (active === next) return;
  active?.detach();
  active = next;
  glue.__wbg_set_wasm(next.exports);
}

export class Instance {
  readonly #module: WebAssembly.Module;
  exports: WebAssembly.Instance['exports'] = {};
  #memory: WebAssembly.Memory | undefined;

  constructor(wasm: Uint8Array) {
    this.#module = new WebAssembly.Module(limitMemory(wasm, MAX_TEMPLATE_PAGES));
    this.restart();
  }

  /** True when it holds more memory than it should keep between two renderings. */
  get isLarge(): boolean {
    return (this.#memory?.buffer.byteLength ?? 0) > MAX_IDLE_TEMPLATE_BYTES;
  }

  /** Begins anew with empty memory; environments that were made before must not be used any more. */
  restart(): void {
    this.detach();
    const imports = { './minijinja_js_bg.js': importsOf(this.#module) };
    const { exports } = new WebAssembly.Instance(this.#module, imports);
    const memory = exports['memory'];
    if (!(memory instanceof WebAssembly.Memory))
      throw new TypeError('the WebAssembly module of MiniJinja exports no memory');
    this.exports = exports;
    this.#memory = memory;
    if (active === this) glue.__wbg_set_wasm(exports);
  }

  /** The glue keeps a view of the memory until its buffer is detached, which is what growing by nothing does. */
  detach(): void {
    this.#memory?.grow(0);
  }
}

/** The glue's functions, but for the one that writes a panic to the console: the panic is an error here. */
function importsOf(module: WebAssembly.Module): WebAssembly.Imports[string] {
  const functions: ReadonlyMap<string, unknown> = new Map(Object.entries(glue));
  const imports: WebAssembly.Imports[string] = {};
  for (const { name } of WebAssembly.Module.imports(module)) {
    const found = functions.get(name);
    if (typeof found !== 'function')
      throw new TypeError(`the glue of MiniJinja has no function ${name}`);
    imports[name] = name.startsWith('__wbg_error_')
      ? () => undefined
      : (...values) => Reflect.apply(found, undefined, values);
  }
  return imports;
}

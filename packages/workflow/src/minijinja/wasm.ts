/** Address of the WebAssembly module of MiniJinja, as it lies in its package; the caller reads it. */
export function miniJinjaWasm(): URL {
  return new URL(import.meta.resolve('minijinja-js/dist/bundler/minijinja_js_bg.wasm'));
}

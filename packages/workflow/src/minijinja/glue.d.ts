/** The part that is used of the glue which wasm-bindgen made for MiniJinja. */
declare module 'minijinja-js/dist/bundler/minijinja_js_bg.js' {
  export class Environment {
    constructor();
    /** Gives the memory back. */
    free(): void;
    /** Address in the memory of the copy of MiniJinja that made it. */
    __wbg_ptr: number;
    /** The address, which is given up together with the finaliser that would free it later. */
    __destroy_into_raw(): number;
    addGlobal(name: string, value: unknown): void;
    renderNamedStr(name: string, source: string, context: object): string;
    debug: boolean;
    undefinedBehavior: 'strict' | 'chainable' | 'lenient' | 'semi_strict';
    fuel: number | undefined;
  }
  /** All instances share the glue, which talks to the one that was set last. */
  export function __wbg_set_wasm(exports: Readonly<Record<string, unknown>>): void;
}

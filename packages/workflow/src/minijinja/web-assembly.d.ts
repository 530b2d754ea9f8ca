/** What is used of WebAssembly's API, which the library for ECMAScript alone does not declare. */
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, (...values: never[]) => unknown>>;
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
    static imports(module: Module): readonly { readonly name: string }[];
  }
  class Instance {
    constructor(module: Module, imports: Imports);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
    /** Adds pages of 64 KiB and detaches the buffer that was there. */
    grow(pages: number): number;
  }
  class RuntimeError extends Error {}
}

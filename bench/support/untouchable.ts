/** Stands for a port that a measurement must not reach for; asking it for anything throws. */
export function untouchable<T extends object>(what: string): T {
  return new Proxy({} as T, {
    get: (_, name) => {
      throw new Error(`the bench asked ${what} for ${String(name)}`);
    },
  });
}

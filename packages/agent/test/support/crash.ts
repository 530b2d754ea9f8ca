/** Ends a process before or after its k-th step on the world. What is dead does nothing more. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

export interface CrashPoint {
  /** From 1; 0 = never. */
  readonly step: number;
  readonly when: 'before' | 'after';
}

const NEVER: CrashPoint = { step: 0, when: 'before' };

/** One life of a process. */
export class Life {
  readonly steps: string[] = [];
  readonly #point: CrashPoint;
  dead = false;

  constructor(point: CrashPoint = NEVER) {
    this.#point = point;
  }

  async step<T>(name: string, effect: () => T | Promise<T>): Promise<T> {
    if (this.dead) throw new Crash(`dead: ${name}`);
    this.steps.push(name);
    const hit = this.steps.length === this.#point.step;
    if (hit && this.#point.when === 'before') this.#die(name);
    const value = await effect();
    if (hit) this.#die(name);
    if (this.dead) throw new Crash(`died during: ${name}`);
    return value;
  }

  #die(name: string): never {
    this.dead = true;
    throw new Crash(`${this.#point.when} ${name}`);
  }
}

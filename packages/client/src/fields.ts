/** Reads typed fields out of a JSON object, for the small answers that have no shared schema. */
import { FabroError, JsonObject, type JsonValue } from '@fabro/protocol';
import { parseAs } from './answer.js';

/** Each method throws `upstream` naming place and field when the value is of another type. */
export class Fields {
  readonly #object: JsonObject;
  readonly #place: string;

  constructor(value: JsonValue | undefined, place: string) {
    this.#object = parseAs(JsonObject, value, place);
    this.#place = place;
  }

  has(key: string): boolean {
    return this.#object[key] !== undefined && this.#object[key] !== null;
  }

  text(key: string): string {
    const value = this.#object[key];
    return typeof value === 'string' ? value : this.#refuse(key, 'a string');
  }

  number(key: string): number {
    const value = this.#object[key];
    return typeof value === 'number' ? value : this.#refuse(key, 'a number');
  }

  flag(key: string): boolean {
    const value = this.#object[key];
    return typeof value === 'boolean' ? value : this.#refuse(key, 'true or false');
  }

  object(key: string): Fields {
    return new Fields(this.#object[key], `${this.#place}: ${key}`);
  }

  list<T>(key: string, read: (item: Fields) => T): readonly T[] {
    const value = this.#object[key];
    if (!Array.isArray(value)) return this.#refuse(key, 'a list');
    return value.map((item: JsonValue, i) =>
      read(new Fields(item, `${this.#place}: ${key}[${i}]`)),
    );
  }

  #refuse(key: string, expected: string): never {
    const value = JSON.stringify(this.#object[key]) ?? 'absent';
    throw new FabroError(
      'upstream',
      `${this.#place}: ${key} is ${value.slice(0, 80)}; expected ${expected}.`,
    );
  }
}

/** JSON as a type, and the one place where unknown text becomes JSON. */
import { z } from 'zod';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | JsonValue[]
  | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** Any JSON value. */
export const JsonValue: z.ZodType<JsonValue> = z.json();
/** A JSON object. */
export const JsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.json());

export type JsonParse =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly message: string };

/** Limits on JSON that comes from outside. */
export interface JsonLimits {
  /** Longest text, in UTF-16 units. */
  readonly maxLength: number;
  /** Deepest nesting of arrays and objects. */
  readonly maxDepth: number;
}

/** Parses JSON from outside within limits; never throws. */
export function parseJson(text: string, limits: JsonLimits): JsonParse {
  if (text.length > limits.maxLength)
    return {
      ok: false,
      message: `JSON of ${text.length} characters; at most ${limits.maxLength} are read`,
    };
  if (depthExceeds(text, limits.maxDepth))
    return { ok: false, message: `JSON is nested deeper than ${limits.maxDepth} levels` };
  try {
    return { ok: true, value: JSON.parse(text) as JsonValue };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** Scans brackets outside strings, so that a hostile text is refused before the parser recurses into it. */
function depthExceeds(text: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x5b || c === 0x7b) {
      if (++depth > maxDepth) return true;
    } else if (c === 0x5d || c === 0x7d) depth--;
  }
  return false;
}

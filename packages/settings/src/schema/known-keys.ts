/** Asks a schema which keys it knows at a path, for "did you mean". */
import { z } from 'zod';

/** Keys that an object at `path` may have; empty where any key may stand or none can. */
export function knownKeys(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): readonly string[] {
  const [first, ...rest] = path;
  if (schema instanceof z.ZodOptional) return knownKeys(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion)
    return [...new Set(schema.options.flatMap((option) => knownKeys(option, path)))];
  if (schema instanceof z.ZodObject) {
    if (first === undefined) return Object.keys(schema.shape);
    const inner: unknown = schema.shape[String(first)];
    return inner instanceof z.ZodType ? knownKeys(inner, rest) : [];
  }
  if (first === undefined) return [];
  if (schema instanceof z.ZodRecord) return knownKeys(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return knownKeys(schema.element, rest);
  return [];
}

/** Asks a schema what it knows at a path, for "did you mean" and for the ways in which values are written. */
import { z } from 'zod';

/** Keys that an object at `path` may have; empty where any key may stand or none can. */
export function knownKeys(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): readonly string[] {
  const keys = schemasAt(schema, path).flatMap((inner) =>
    inner instanceof z.ZodObject ? Object.keys(inner.shape) : [],
  );
  return [...new Set(keys)];
}

/** The schemas that a value at `path` may have: none, one, or those of each form of a table around it. */
export function schemasAt(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return schemasAt(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion)
    return path.length === 0 && schema.options.every((option) => !(option instanceof z.ZodObject))
      ? [schema]
      : schema.options.flatMap((option) => schemasAt(option, path));
  const [first, ...rest] = path;
  if (first === undefined) return [schema];
  if (schema instanceof z.ZodObject) {
    const inner: unknown = Object.hasOwn(schema.shape, first)
      ? schema.shape[String(first)]
      : undefined;
    return inner instanceof z.ZodType ? schemasAt(inner, rest) : [];
  }
  if (schema instanceof z.ZodRecord) return schemasAt(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return schemasAt(schema.element, rest);
  return [];
}

/** Checks answers against the generated OpenAPI document: status, content type and body must be declared. */
import { JsonObject, type JsonValue } from '@fabro/protocol';
import { expect } from 'vitest';

/** Returns the response when it is as the document says; fails the test otherwise. */
export async function expectContract(
  document: JsonObject,
  method: string,
  url: string,
  response: Response,
): Promise<void> {
  const path = new URL(url, 'http://localhost').pathname;
  const operation = operationAt(document, method, path);
  // What no operation declares (404, 405 and 401 of unknown paths) still has the error body.
  const responses = operation === undefined ? undefined : at(operation, 'responses');
  const declared = responses === undefined ? undefined : at(responses, String(response.status));
  if (operation !== undefined)
    expect(declared, `${method} ${path} does not declare ${response.status}`).toBeDefined();
  const content = declared === undefined ? undefined : at(declared, 'content');
  if (response.status === 204) return expect(await response.clone().text()).toBe('');
  const type = response.headers.get('content-type')?.split(';')[0] ?? 'none';
  if (content !== undefined)
    expect(Object.keys(JsonObject.parse(content)), `${method} ${path}`).toContain(type);
  if (type !== 'application/json') return;
  const schema =
    content === undefined
      ? { $ref: '#/components/schemas/ErrorResponse' }
      : (at(at(content, type) ?? {}, 'schema') ?? {});
  const text = await response.clone().text();
  const problems = mismatches(document, schema, JSON.parse(text), '');
  expect(problems, `${method} ${path} answered ${text}`).toEqual([]);
}

function operationAt(document: JsonObject, method: string, path: string): JsonValue | undefined {
  const candidates = Object.entries(JsonObject.parse(document['paths']))
    .filter(([template]) => new RegExp(`^${template.replaceAll(/\{.+?\}/g, '[^/]+')}$`).test(path))
    // `/runs/resolve` before `/runs/{id}`.
    .toSorted(([a], [b]) => a.split('{').length - b.split('{').length);
  for (const [, item] of candidates) {
    const operation = at(item, method.toLowerCase());
    if (operation !== undefined) return operation;
  }
  return undefined;
}

function at(value: JsonValue, key: string): JsonValue | undefined {
  const parsed = JsonObject.safeParse(value);
  return parsed.success && Object.hasOwn(parsed.data, key) ? parsed.data[key] : undefined;
}

const TYPES: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** The JSON Schema subset that the generator emits; fields that the document does not name are mismatches. */
export function mismatches(
  document: JsonObject,
  schema: JsonValue,
  value: JsonValue,
  place: string,
): readonly string[] {
  const sub = (child: JsonValue, childValue: JsonValue, childPlace: string): readonly string[] =>
    mismatches(document, child, childValue, childPlace);
  const ref = at(schema, '$ref');
  if (typeof ref === 'string') return sub(resolve(document, ref), value, place);
  const found: string[] = [];
  const type = at(schema, 'type');
  const types = Array.isArray(type) ? type.map(String) : typeof type === 'string' ? [type] : [];
  if (types.length > 0 && !types.some((name) => TYPES[name]?.(value) === true))
    return [`${place}: ${JSON.stringify(value)} is not ${types.join(' or ')}`];
  const options = at(schema, 'enum');
  if (Array.isArray(options) && !options.includes(value))
    found.push(`${place}: ${JSON.stringify(value)} is not among ${JSON.stringify(options)}`);
  const constant = at(schema, 'const');
  if (constant !== undefined && constant !== value)
    found.push(`${place}: ${JSON.stringify(value)} is not ${JSON.stringify(constant)}`);
  for (const key of ['anyOf', 'oneOf']) {
    const branches = at(schema, key);
    if (Array.isArray(branches) && branches.every((branch) => sub(branch, value, place).length > 0))
      found.push(`${place}: ${JSON.stringify(value)} fits no branch`);
  }
  const minItems = at(schema, 'minItems');
  if (Array.isArray(value)) {
    if (typeof minItems === 'number' && value.length < minItems) found.push(`${place}: too short`);
    value.forEach((item, i) =>
      found.push(...sub(at(schema, 'items') ?? {}, item, `${place}[${i}]`)),
    );
  }
  const parsed = JsonObject.safeParse(value);
  if (parsed.success) found.push(...objectMismatches(document, schema, parsed.data, place));
  return found;
}

function objectMismatches(
  document: JsonObject,
  schema: JsonValue,
  value: JsonObject,
  place: string,
): readonly string[] {
  const parts = [schema, ...branches(schema)].map((part) => {
    const ref = at(part, '$ref');
    return typeof ref === 'string' ? resolve(document, ref) : part;
  });
  const found: string[] = [];
  const declared: Record<string, JsonValue> = {};
  let rest: JsonValue | undefined;
  for (const part of parts) {
    const required = at(part, 'required');
    if (Array.isArray(required))
      for (const key of required)
        if (!Object.hasOwn(value, String(key))) found.push(`${place}: ${String(key)} is absent`);
    Object.assign(declared, at(part, 'properties') ?? {});
    rest ??= at(part, 'additionalProperties');
  }
  for (const [key, field] of Object.entries(value)) {
    const known = Object.hasOwn(declared, key) ? declared[key] : rest;
    const strict = Object.keys(declared).length > 0;
    if (known !== undefined && typeof known !== 'boolean')
      found.push(...mismatches(document, known, field, `${place}.${key}`));
    else if (known !== true && strict) found.push(`${place}.${key} is not declared`);
  }
  return found;
}

function branches(schema: JsonValue): readonly JsonValue[] {
  const all = at(schema, 'allOf');
  return Array.isArray(all) ? all : [];
}

function resolve(document: JsonObject, ref: string): JsonValue {
  const target = ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<JsonValue | undefined>(
      (value, key) => (value === undefined ? value : at(value, key)),
      document,
    );
  if (target === undefined) throw new Error(`the document has no ${ref}`);
  return target;
}

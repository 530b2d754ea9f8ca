/** Kinds of value that several tables use. All keys are optional: a file says only what it changes. */
import { z } from 'zod';
import { DURATION_UNITS, parseDuration } from '../text/duration.js';
import { parseSize, SIZE_UNITS } from '../text/size.js';

export const text = z.string().optional();
export const flag = z.boolean().optional();
export const count = z.number().int().nonnegative().optional();
export const texts = z.array(z.string()).optional();
export const textByName = z.record(z.string(), z.string()).optional();

/** `"5m"`; becomes milliseconds. */
export const duration = z
  .string()
  .transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== undefined) return ms;
    context.addIssue(
      `"${value}" is no duration; write a whole number and one of ${DURATION_UNITS}, for example "5m"`,
    );
    return z.NEVER;
  })
  .optional();

/** `"4GB"`; becomes bytes. */
export const size = z
  .union([z.string(), z.number()])
  .transform((value, context) => {
    const bytes = parseSize(value);
    if (bytes !== undefined) return bytes;
    context.addIssue(
      `"${value}" is no size; write a number and one of ${SIZE_UNITS}, for example "4GB"`,
    );
    return z.NEVER;
  })
  .optional();

export const permissions = z.enum(['read-only', 'read-write', 'full']).optional();

const mcpCommon = {
  enabled: flag,
  startup_timeout: duration,
  tool_timeout: duration,
};
const mcpProgram = {
  script: text,
  command: texts,
  env: textByName,
};

/** MCP servers by name. */
export const mcps = z
  .record(
    z.string(),
    z.discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('http'),
        url: z.string(),
        headers: textByName,
        ...mcpCommon,
      }),
      z.strictObject({ type: z.literal('stdio'), ...mcpProgram, ...mcpCommon }),
      z.strictObject({ type: z.literal('sandbox'), port: count, ...mcpProgram, ...mcpCommon }),
    ]),
  )
  .optional();

/** Says that exactly one of these keys must be given. */
export function exactlyOne(keys: readonly string[]) {
  return {
    check: (value: object) => keys.filter((key) => Object.hasOwn(value, key)).length === 1,
    message: `give exactly one of ${keys.join(', ')}`,
  };
}

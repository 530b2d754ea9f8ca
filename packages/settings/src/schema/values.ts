/**
 * Kinds of value that several tables use, each with the sentence that documents its key. All keys are
 * optional: a file says only what it changes.
 */
import { z } from 'zod';
import { DURATION_UNITS, parseDuration } from '../text/duration.js';
import { parseSize, SIZE_UNITS } from '../text/size.js';
import { KEY_DOCS, type KeyDoc } from './key-docs.js';

/** What may follow a sentence: the default, where it is no constant. */
type More = Pick<KeyDoc, 'default'>;

export const requiredText = (doc: string) => z.string().register(KEY_DOCS, { doc, type: 'text' });
export const text = (doc: string, more: More = {}) =>
  z
    .string()
    .register(KEY_DOCS, { doc, type: 'text', ...more })
    .optional();
export const flag = (doc: string, more: More = {}) =>
  z
    .boolean()
    .register(KEY_DOCS, { doc, type: 'true or false', ...more })
    .optional();
export const count = (doc: string, more: More = {}) =>
  z
    .number()
    .int()
    .nonnegative()
    .register(KEY_DOCS, { doc, type: 'whole number', ...more })
    .optional();
export const texts = (doc: string, more: More = {}) =>
  z
    .array(z.string())
    .register(KEY_DOCS, { doc, type: 'list of texts', ...more })
    .optional();
export const textByName = (doc: string) =>
  z
    .record(z.string(), z.string())
    .register(KEY_DOCS, { doc, type: 'table of texts by name' })
    .optional();

/** One of a few words. */
export const choice = <const W extends readonly string[]>(words: W, doc: string, more: More = {}) =>
  z
    .enum(words)
    .register(KEY_DOCS, { doc, type: words.join(' | '), ...more })
    .optional();

/** `"5m"`; becomes milliseconds. */
export const duration = (doc: string, more: More = {}) =>
  z
    .string()
    .transform((value, context) => {
      const ms = parseDuration(value);
      if (ms !== undefined) return ms;
      context.addIssue(
        `"${value}" is no duration; write a whole number and one of ${DURATION_UNITS}, for example "5m"`,
      );
      return z.NEVER;
    })
    .register(KEY_DOCS, { doc, type: 'duration', unit: 'duration', ...more })
    .optional();

/** `"4GB"`; becomes bytes. */
export const size = (doc: string) =>
  z
    .union([z.string(), z.number()])
    .transform((value, context) => {
      const bytes = parseSize(value);
      if (bytes !== undefined) return bytes;
      context.addIssue(
        `"${value}" is no size; write a number and one of ${SIZE_UNITS}, for example "4GB"`,
      );
      return z.NEVER;
    })
    .register(KEY_DOCS, { doc, type: 'size', unit: 'size' })
    .optional();

export const permissions = (doc: string) => choice(['read-only', 'read-write', 'full'], doc);

/** Says that exactly one of these keys must be given. */
export function exactlyOne(keys: readonly string[]) {
  return {
    check: (value: object) => keys.filter((key) => Object.hasOwn(value, key)).length === 1,
    message: `give exactly one of ${keys.join(', ')}`,
  };
}

const mcpCommon = {
  enabled: flag('Whether agents get this server.', { default: 'true' }),
  startup_timeout: duration('How long the server may take until it answers.', { default: '"10s"' }),
  tool_timeout: duration('How long one call of its tools may take.', { default: '"60s"' }),
};
const oneProgram = exactlyOne(['script', 'command']);
const mcpProgram = {
  script: text('Shell text that starts it; or `command`.'),
  command: texts('Program and arguments that start it; or `script`.'),
  env: textByName('Variables that it gets beside the usual ones.'),
};

/** MCP servers by name. */
export const mcps = z
  .record(
    z.string(),
    z.discriminatedUnion('type', [
      z.strictObject({
        type: z
          .literal('http')
          .register(KEY_DOCS, { doc: 'A server that is reached by HTTP.', type: 'http' }),
        url: requiredText('Its address.'),
        headers: textByName('Headers of every request.'),
        ...mcpCommon,
      }),
      z
        .strictObject({
          type: z.literal('stdio').register(KEY_DOCS, {
            doc: 'A program on the host that speaks over its pipes.',
            type: 'stdio',
          }),
          ...mcpProgram,
          ...mcpCommon,
        })
        .refine(oneProgram.check, oneProgram.message),
      z
        .strictObject({
          type: z.literal('sandbox').register(KEY_DOCS, {
            doc: 'A program inside of the sandbox that listens on a port.',
            type: 'sandbox',
          }),
          port: z
            .number()
            .int()
            .min(1)
            .max(65_535)
            .register(KEY_DOCS, { doc: 'The port on which it listens.', type: 'whole number' }),
          ...mcpProgram,
          ...mcpCommon,
        })
        .refine(oneProgram.check, oneProgram.message),
    ]),
  )
  .optional();

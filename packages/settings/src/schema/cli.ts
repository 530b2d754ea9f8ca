/** The table `cli`: how the command line finds its server and prints (engine reference §12). */
import { z } from 'zod';
import { KEY_DOCS } from './key-docs.js';
import { choice, flag, mcps, permissions, requiredText, text } from './values.js';

export const CliTable = z.strictObject({
  target: z
    .discriminatedUnion('type', [
      z.strictObject({
        type: z
          .literal('http')
          .register(KEY_DOCS, { doc: 'A server at an address.', type: 'http' }),
        url: requiredText('Its address.'),
      }),
      z.strictObject({
        type: z
          .literal('unix')
          .register(KEY_DOCS, { doc: 'A server on this machine.', type: 'unix' }),
        path: requiredText('Path of its socket.'),
      }),
    ])
    .optional(),
  auth: z
    .strictObject({
      strategy: choice(['none', 'jwt'], 'How the command line says who it is.', {
        default: 'the token of the server',
      }),
    })
    .optional(),
  exec: z
    .strictObject({
      prevent_idle_sleep: flag('Keeps the machine awake during `fabro exec`.'),
      model: z
        .strictObject({
          provider: text('Provider of `fabro exec`.', { default: 'anthropic' }),
          name: text('Model of `fabro exec`.', { default: 'that of the provider' }),
        })
        .optional(),
      agent: z
        .strictObject({ permissions: permissions('What its tools may do unasked.'), mcps })
        .optional(),
    })
    .optional(),
  output: z
    .strictObject({
      format: choice(['text', 'json'], 'Form of results.'),
      verbosity: choice(['quiet', 'normal', 'verbose'], 'How much is said.'),
    })
    .optional(),
  updates: z.strictObject({ check: flag('Looks for newer releases.') }).optional(),
  logging: z.strictObject({ level: text('Least level of log lines.') }).optional(),
});

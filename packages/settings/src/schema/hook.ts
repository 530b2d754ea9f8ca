/** One table of `[[run.hooks]]` (engine reference §9.1, §12). */
import { HookEvent } from '@fabro/protocol';
import { z } from 'zod';
import { KEY_DOCS } from './key-docs.js';
import { choice, count, duration, exactlyOne, flag, text, textByName, texts } from './values.js';

/** The keys of which a hook has exactly one. */
const HOOK_ACTIONS = ['script', 'command', 'url', 'prompt', 'agent'] as const;

const oneAction = exactlyOne(HOOK_ACTIONS);

export const HookTable = z
  .strictObject({
    id: text('Takes the place of the hook with this id in a farther file.'),
    name: text('How messages call it.', {
      default: 'the event and the first 20 characters of the action',
    }),
    event: HookEvent.register(KEY_DOCS, {
      doc: 'When it runs.',
      type: HookEvent.options.join(' | '),
    }),
    matcher: text(
      'A regular expression; it runs only when node, handler type, edge or tool match.',
    ),
    blocking: flag('Whether its decision counts.', {
      default: 'true for the events that come before something',
    }),
    timeout: duration('How long it may take.', { default: '"60s"; "30s" for a prompt' }),
    sandbox: flag('Whether it runs in the sandbox; else on the host.', { default: 'true' }),
    script: text('Shell text to run.'),
    command: texts('Program and arguments to run.'),
    url: text('Address to which the context is posted as JSON.'),
    prompt: text('Question to a model, which answers whether to go on.'),
    agent: z
      .literal('enabled')
      .register(KEY_DOCS, { doc: 'An agent decides.', type: 'enabled' })
      .optional(),
    headers: textByName('Headers of the request; `{{ env.NAME }}` is allowed.'),
    allowed_env_vars: texts('Variables that `headers` may name.'),
    tls: choice(['verify', 'no_verify', 'off'], 'How the server is checked: `verify` wants https.'),
    model: text('Model of a prompt or an agent.'),
    max_tool_rounds: count('Most rounds of tools of an agent.', { default: '50' }),
  })
  .refine(oneAction.check, oneAction.message);

/** Questions in the terminal, by @clack/prompts; loaded when the first question is asked. */
import {
  type CANCEL_SYMBOL,
  type Option,
  confirm,
  isCancel,
  multiselect,
  select,
  text,
} from '@clack/prompts';
import type { PromptOption, Prompter } from '../io.js';

/** A prompter on this process's terminal. */
export function terminalPrompter(): Prompter {
  return {
    confirm: (message, outer) => ask(outer, (signal) => confirm({ message, signal })),
    select: (message, options, outer) =>
      ask(outer, (signal) => select<string>({ message, signal, options: shown(options) })),
    multiselect: (message, options, outer) =>
      ask(outer, (signal) =>
        multiselect<string>({ message, signal, options: shown(options), required: false }),
      ),
    text: (message, outer) =>
      ask(outer, (signal) =>
        text({
          message,
          signal,
          validate: (value) =>
            (value ?? '').trim() === '' ? 'Please write something, or press Ctrl-C.' : undefined,
        }),
      ),
  };
}

/**
 * Asks with a signal of the prompt's own: it goes on listening after its answer and would write another line
 * when the outer one aborts later.
 */
async function ask<T>(
  outer: AbortSignal,
  prompt: (signal: AbortSignal) => Promise<T | typeof CANCEL_SYMBOL>,
): Promise<T | undefined> {
  const own = new AbortController();
  const onAbort = (): void => own.abort(outer.reason);
  outer.addEventListener('abort', onAbort, { once: true });
  if (outer.aborted) onAbort();
  try {
    const value = await prompt(own.signal);
    return isCancel(value) ? undefined : value;
  } finally {
    outer.removeEventListener('abort', onAbort);
  }
}

function shown(options: readonly PromptOption[]): Option<string>[] {
  return options.map((option) => ({
    value: option.value,
    label: option.label,
    ...(option.hint === undefined ? {} : { hint: option.hint }),
  }));
}

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
    confirm: async (message, signal) => given(await confirm({ message, signal })),
    select: async (message, options, signal) =>
      given(await select<string>({ message, signal, options: shown(options) })),
    multiselect: async (message, options, signal) =>
      given(
        await multiselect<string>({ message, signal, options: shown(options), required: false }),
      ),
    text: async (message, signal) =>
      given(
        await text({
          message,
          signal,
          validate: (value) =>
            (value ?? '').trim() === '' ? 'Please write something, or press Ctrl-C.' : undefined,
        }),
      ),
  };
}

function given<T>(value: T | typeof CANCEL_SYMBOL): T | undefined {
  return isCancel(value) ? undefined : value;
}

function shown(options: readonly PromptOption[]): Option<string>[] {
  return options.map((option) => ({
    value: option.value,
    label: option.label,
    ...(option.hint === undefined ? {} : { hint: option.hint }),
  }));
}

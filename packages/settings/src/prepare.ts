/** The preparation of a run, in the form in which it is acted on. */
import type { Settings } from './merge.js';

/** A step before the first stage: shell text, or a program with its arguments. */
export type PrepareStep = {
  /** `{{ env.NAME }}` is unresolved. */
  readonly env: Readonly<Record<string, string>>;
} & (
  | { readonly script: string; readonly command?: never }
  | { readonly command: readonly string[]; readonly script?: never }
);

/** What prepares a sandbox before the first stage; the time is that of each step. */
export function prepareOf(settings: Settings): {
  readonly steps: readonly PrepareStep[];
  readonly timeoutMs: number;
} {
  const { steps, timeout } = settings.run.prepare;
  return {
    timeoutMs: timeout,
    steps: steps.map(({ script, command, env = {} }) =>
      // The schema lets through exactly one of the two.
      script === undefined ? { command: command ?? [], env } : { script, env },
    ),
  };
}

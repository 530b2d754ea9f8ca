import type { Hook } from './hooks/hook.js';

/** What a run's settings come to, resolved once when it starts. */
export interface RunSettings {
  readonly dryRun: boolean;
  /** Questions answer themselves. */
  readonly autoApprove: boolean;
  /** Model and provider of agent nodes that name none. */
  readonly model?: string;
  readonly provider?: string;
  /** Default none. */
  readonly hooks?: readonly Hook[];
  /** Globs of files that stages make and the run keeps; default none. */
  readonly artifacts?: readonly string[];
  /** Globs that checkpoint commits leave out. */
  readonly excludeGlobs: readonly string[];
  readonly gitAuthor?: { readonly name: string; readonly email: string };
  /** Typed values of `run.inputs`. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

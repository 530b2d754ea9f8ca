/** What the loop and its acts share for one run in one server. */
import type { LiveDraft } from '@fabro/agent';
import type { Journal } from '@fabro/journal';
import type { Models } from '@fabro/models';
import type { Clock, IdSource, JsonValue } from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';
import type { RecordedCall } from './calls.js';
import type { Checkpoints } from './checkpoints.js';
import type { World } from './decide.js';
import type { HookRunner } from './hooks/runner.js';
import type { Recorder } from './recorder.js';
import type { RunSignals } from './run-signals.js';

export interface Walk {
  readonly world: World;
  readonly recorder: Recorder;
  readonly journal: Journal;
  readonly sandbox: Sandbox;
  readonly git: Checkpoints | undefined;
  /** Folder inside a worktree in which commands run; empty for its root. */
  readonly subdirectory: string;
  readonly models: Models;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly signals: RunSignals;
  /** Asks the hooks of `world.settings`; absent when there are none. */
  readonly hooks?: HookRunner;
  /** Calls of attempts that were open when the last server died, by key. */
  readonly recorded: ReadonlyMap<string, RecordedCall>;
  random(): number;
  live(event: LiveDraft): void;
  redact(text: string): string;
  /** The text of a blob reference; other values unchanged. */
  materialise(value: JsonValue): JsonValue;
}

/** What conducting a run needs, and what it comes to. */
import type { HookFetch } from '@fabro/engine';
import type { Journal } from '@fabro/journal';
import type { Models } from '@fabro/models';
import type { Clock, IdSource } from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';
import type { Env } from '@fabro/settings';
import type { LiveHub } from './live-hub.js';
import type { PlanDefaults } from './manifest/plan.js';

export interface ConductPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly live: LiveHub;
  readonly models: Models;
  readonly storageRoot: string;
  readonly holder: string;
  readonly defaults: PlanDefaults;
  /** The server's environment, for `{{ env.X }}`. */
  readonly env: Env;
  readonly envAllow: readonly string[];
  /** A local sandbox that works in a folder and keeps its output files in another. */
  sandbox(request: { readonly workdir: string; readonly scratchDir: string }): Sandbox;
  /** Asks HTTP hooks. */
  readonly hookFetch: HookFetch;
  random(): number;
  redact(text: string): string;
  log(
    level: 'info' | 'warn' | 'error',
    fields: Readonly<Record<string, unknown>>,
    message: string,
  ): void;
}

/** What became of a run in this server. */
export type Conducted = 'ended' | 'suspended' | 'lost' | 'quarantined';

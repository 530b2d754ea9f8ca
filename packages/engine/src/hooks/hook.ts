/** Hooks as the settings name them, with every default filled in (engine reference §9.1). */
import type { HookEvent } from '@fabro/protocol';
import type { SettingsTables } from '@fabro/settings';
import { HOOK_TIMEOUT_MS, HOOK_TOOL_ROUNDS, PROMPT_HOOK_TIMEOUT_MS } from '../limits.js';

/** How a hook is asked. */
export type HookTransport =
  /** A shell line: its exit code and what it prints decide. */
  | { readonly kind: 'command'; readonly script: string }
  /** A POST of the context as JSON: the body of the answer decides. */
  | {
      readonly kind: 'http';
      readonly url: string;
      /** May hold `{{ env.X }}` for names in `allowedEnvVars`. */
      readonly headers: Readonly<Record<string, string>>;
      readonly allowedEnvVars: readonly string[];
      readonly tls: 'verify' | 'no_verify' | 'off';
    }
  /** A model is asked once. This release does not run it. */
  | { readonly kind: 'prompt'; readonly prompt: string; readonly model?: string }
  /** An agent looks for itself. This release does not run it. */
  | { readonly kind: 'agent'; readonly maxToolRounds: number; readonly model?: string };

export interface Hook {
  /** By which layers of settings replace it. */
  readonly id?: string;
  /** Its `name`, else `event:<first 20 characters of what it runs>`. */
  readonly name: string;
  readonly event: HookEvent;
  /** Regular expression; absent: every such event. */
  readonly matcher?: string;
  /** The run waits for it and does what it decides. */
  readonly blocking: boolean;
  readonly timeoutMs: number;
  /** True: commands run in the run's sandbox; false: on the server's host. */
  readonly sandbox: boolean;
  readonly transport: HookTransport;
}

/** One `[[run.hooks]]` of the settings. */
export type HookEntry = NonNullable<NonNullable<SettingsTables['run']>['hooks']>[number];

const BLOCKING: ReadonlySet<HookEvent> = new Set([
  'run_start',
  'stage_start',
  'edge_selected',
  'sandbox_ready',
  'pre_tool_use',
]);

/** Characters of the command, address or prompt that stand in the name of a hook without one. */
const NAME_CHARS = 20;

/** The hooks of the settings, in their order. */
export function hooksOf(entries: readonly HookEntry[] = []): readonly Hook[] {
  return entries.map((entry) => {
    const transport = transportOf(entry);
    const fallbackMs = transport.kind === 'prompt' ? PROMPT_HOOK_TIMEOUT_MS : HOOK_TIMEOUT_MS;
    return {
      ...(entry.id === undefined ? {} : { id: entry.id }),
      name: entry.name ?? `${entry.event}:${firstCharacters(transport)}`,
      event: entry.event,
      ...(entry.matcher === undefined ? {} : { matcher: entry.matcher }),
      blocking: entry.blocking ?? BLOCKING.has(entry.event),
      timeoutMs: entry.timeout ?? fallbackMs,
      sandbox: entry.sandbox ?? true,
      transport,
    };
  });
}

/** The schema of the settings sees to it that an entry names exactly one. */
function transportOf(entry: HookEntry): HookTransport {
  const model = entry.model === undefined ? {} : { model: entry.model };
  if (entry.url !== undefined)
    return {
      kind: 'http',
      url: entry.url,
      headers: entry.headers ?? {},
      allowedEnvVars: entry.allowed_env_vars ?? [],
      tls: entry.tls ?? 'verify',
    };
  if (entry.prompt !== undefined) return { kind: 'prompt', prompt: entry.prompt, ...model };
  if (entry.agent !== undefined)
    return { kind: 'agent', maxToolRounds: entry.max_tool_rounds ?? HOOK_TOOL_ROUNDS, ...model };
  return { kind: 'command', script: entry.script ?? (entry.command ?? []).map(quoted).join(' ') };
}

/** Programs with arguments become a shell line that no shell expands. */
function quoted(argument: string): string {
  return /^[\w./:=@%+,-]+$/.test(argument)
    ? argument
    : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}

function firstCharacters(transport: HookTransport): string {
  return [...textOf(transport)].slice(0, NAME_CHARS).join('');
}

function textOf(transport: HookTransport): string {
  switch (transport.kind) {
    case 'command':
      return transport.script;
    case 'http':
      return transport.url;
    case 'prompt':
      return transport.prompt;
    case 'agent':
      return 'agent';
    default:
      return transport satisfies never;
  }
}

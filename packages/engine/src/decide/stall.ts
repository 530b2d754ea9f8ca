/** The stall watchdog (engine reference §4.6): a run in which nothing stirs is ended, with its stage named. */
import type { EventDraft } from '@fabro/protocol';
import { attr } from '@fabro/workflow';
import { STALL_TIMEOUT_MS } from '../limits.js';
import { stageScope } from '../scope.js';
import type { RunState } from '../state.js';
import type { DecideFacts, World } from './decision.js';
import { nodeOf } from './stage-input.js';

/** Milliseconds after which a run counts as stalled; undefined when nobody watches. */
export function stallTimeoutMs(world: World): number | undefined {
  const own = attr.durationMs(world.graph, 'stall_timeout') ?? STALL_TIMEOUT_MS;
  return own > 0 ? own : undefined;
}

/** `watchdog.timeout` when a stage is at work and nothing was recorded or streamed for too long. */
export function stallEvents(
  world: World,
  state: RunState,
  facts: DecideFacts,
): readonly EventDraft[] {
  if (facts.inFlight.size === 0 || state.status === 'paused') return [];
  const limitMs = stallTimeoutMs(world);
  if (limitMs === undefined) return [];
  const idleMs = facts.idleMs();
  if (idleMs < limitMs) return [];
  for (const frame of state.frames.values()) {
    // Waiting for a person, for a time or for the frames inside is no stall.
    if (frame.phase.kind !== 'running' || !facts.inFlight.has(frame.id)) continue;
    const { stage } = frame.phase;
    const node = nodeOf(world, frame, stage.node);
    const handler = world.handlerOf(node);
    if (handler.kind !== 'acted' || handler.waits === true) continue;
    return [
      {
        ...stageScope(frame, stage, node),
        actor: { kind: 'system', system_kind: 'watchdog' },
        event: 'watchdog.timeout',
        properties: { idle_seconds: Math.floor(idleMs / 1_000), node: node.id },
      },
    ];
  }
  return [];
}

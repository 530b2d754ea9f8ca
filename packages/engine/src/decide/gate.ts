/**
 * The points at which hooks are asked (engine reference §9.1). Each hook is recorded as started, asked, and
 * recorded with its decision; what they decide together is a pure function of the record. When one of them
 * blocks, all are asked in order and the walk waits; else none is waited for.
 */
import type { EventDraft, EventScope, HookContext } from '@fabro/protocol';
import { gateKey } from '../fold/hooks.js';
import { mergeDecisions, type HookDecision } from '../hooks/decision.js';
import type { Hook } from '../hooks/hook.js';
import { matchingHooks } from '../hooks/matching.js';
import type { Frame, RecordedDecision, RunState } from '../state.js';
import { NOTHING, type Act, type Decision, type Slot, type World } from './decision.js';

/** A point of the walk that hooks may ask about. */
export interface GatePoint {
  readonly context: HookContext;
  /** What the event is about, unique in its frame: `build@2/a1`. */
  readonly subject: string;
  readonly scope: EventScope;
  /** The slot of the act; absent: the frame's. */
  readonly slot?: Slot;
}

export type Passage =
  | { readonly open: true; readonly decision: HookDecision }
  | { readonly open: false; readonly step: Decision };

const OPEN: Passage = { open: true, decision: { decision: 'proceed' } };

/** Whether the walk may pass, and with what; else what is to be done first. */
export function passGate(world: World, state: RunState, frame: Frame, point: GatePoint): Passage {
  const { hooks } = world.settings;
  if (hooks === undefined || hooks.length === 0) return OPEN;
  const matching = matchingHooks(hooks, point.context.event, point.context);
  if (matching.length === 0) return OPEN;
  return matching.some((hook) => hook.blocking)
    ? askInOrder(state, frame, point, matching)
    : tellAll(state, frame, point, matching);
}

/** A point as it was when nobody asks: for walks whose settings name no hooks. */
export function hasHooks(world: World): boolean {
  return (world.settings.hooks?.length ?? 0) > 0;
}

function askInOrder(
  state: RunState,
  frame: Frame,
  point: GatePoint,
  matching: readonly Hook[],
): Passage {
  const name = nameOf(point);
  const gate = state.gates.get(gateKey(frame.id, name));
  const votes: { readonly blocking: boolean; readonly decision: HookDecision }[] = [];
  for (const [index, hook] of matching.entries()) {
    const decided = gate?.decided.get(index);
    if (decided === undefined) {
      const step: Decision =
        gate?.started.has(index) === true
          ? { ...NOTHING, acts: [ask(frame, point, name, index, hook)] }
          : { ...NOTHING, events: [started(point, name, index, hook)] };
      return { open: false, step };
    }
    votes.push({ blocking: hook.blocking, decision: decisionOf(decided) });
    if (hook.blocking && decided.decision === 'block') break;
  }
  return { open: true, decision: mergeDecisions(votes) };
}

/** Records all that is to be told; `backgroundActs` does it while the walk goes on. */
function tellAll(
  state: RunState,
  frame: Frame,
  point: GatePoint,
  matching: readonly Hook[],
): Passage {
  const name = nameOf(point);
  const gate = state.gates.get(gateKey(frame.id, name));
  const events = [...matching.entries()]
    .filter(([index]) => gate?.started.has(index) !== true)
    .map(([index, hook]) => started(point, name, index, hook, point.context));
  return events.length === 0 ? OPEN : { open: false, step: { ...NOTHING, events } };
}

/** Hooks that nobody waits for and that are not under way. Each hears of one event at a time, in their order. */
export function backgroundActs(
  world: World,
  state: RunState,
  inFlight: ReadonlySet<Slot>,
): readonly Act[] {
  const acts: Act[] = [];
  const busy = new Set<Hook>();
  for (const [key, { frame, gate, index, context, stageId }] of state.background) {
    const slot = hookSlot(key);
    const hook = matchingHooks(world.settings.hooks ?? [], context.event, context)[index];
    if (hook === undefined || busy.has(hook)) continue;
    busy.add(hook);
    if (inFlight.has(slot)) continue;
    const scope: EventScope = {
      ...(context.node_id === undefined ? {} : { node_id: context.node_id }),
      ...(stageId === undefined ? {} : { stage_id: stageId }),
    };
    acts.push({ kind: 'hook', frame, slot, gate, index, hook, context, scope, waited: false });
  }
  return acts;
}

const HOOK_SLOT = 'hook#';

/** The slot of a hook that stands beside the walk. */
export function hookSlot(name: string): Slot {
  return `${HOOK_SLOT}${name}`;
}

export function isHookSlot(slot: Slot): boolean {
  return slot.startsWith(HOOK_SLOT);
}

function nameOf(point: GatePoint): string {
  return `${point.context.event}/${point.subject}`;
}

function started(
  point: GatePoint,
  gate: string,
  index: number,
  hook: Hook,
  context?: HookContext,
): EventDraft {
  return {
    ...point.scope,
    event: 'hook.started',
    properties: {
      hook: hook.name,
      hook_event: hook.event,
      transport: hook.transport.kind,
      blocking: hook.blocking,
      index,
      gate,
      ...(context === undefined ? {} : { context }),
    },
  };
}

function ask(frame: Frame, point: GatePoint, gate: string, index: number, hook: Hook): Act {
  return {
    kind: 'hook',
    frame: frame.id,
    ...(point.slot === undefined ? {} : { slot: point.slot }),
    gate,
    index,
    hook,
    context: point.context,
    scope: point.scope,
    waited: true,
  };
}

function decisionOf({ decision, reason, edgeTo }: RecordedDecision): HookDecision {
  const why = reason === undefined ? {} : { reason };
  switch (decision) {
    case 'proceed':
      return { decision };
    case 'override':
      return edgeTo === undefined ? { decision: 'proceed' } : { decision, edge_to: edgeTo, ...why };
    case 'skip':
    case 'block':
      return { decision, ...why };
  }
}

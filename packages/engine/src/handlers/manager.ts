/** `stack.manager_loop`: runs a child workflow as a frame and looks at it from time to time (engine reference §3.2). */
import { childFrame, type EventDraft, type JsonValue, type Outcome } from '@fabro/protocol';
import { attr, conditionHolds, parseCondition } from '@fabro/workflow';
import type { FramedFacts, FramedHandler, FramedStep, StageInput } from '../handler.js';
import { MANAGER_MAX_CYCLES, MANAGER_POLL_MS, MAX_CHILD_DEPTH } from '../limits.js';
import { stageScope } from '../scope.js';
import { frameOf, hasEnded, parentOf, type Frame } from '../state.js';

export const managerHandler: FramedHandler = {
  kind: 'framed',

  step(input, facts) {
    const id = childFrame(input.frame.id, input.stage.stageId);
    const child = input.state.frames.get(id);
    if (child === undefined) return begin(input, facts);
    const cycle = cycleAt(input, facts.nowMs);
    if (hasEnded(child)) return ended(input, child, cycle);
    const failure = failureInside(input, child, facts);
    if (failure !== undefined) return giveUp(child, failed(failure), failure);
    if (cycle > maxCycles(input)) {
      const message = `Max cycles (${maxCycles(input)}) exceeded for manager loop node: ${input.node.id}`;
      return giveUp(child, failed(message), message);
    }
    // The child is looked at between two cycles, the first time when one has passed.
    if (cycle > 1 && stops(input, child, facts)) {
      const notes = `Stop condition satisfied at cycle ${cycle - 1}`;
      return giveUp(child, { ...succeeded(input, child), notes }, notes);
    }
    const looks = attr.string(input.node, 'manager.stop_condition') !== undefined;
    const next = looks ? cycle : maxCycles(input);
    return { kind: 'wait', dueAtMs: input.stage.startedAtMs + next * pollMs(input) };
  },

  simulate: (input) => ({ status: 'succeeded', notes: `[Simulated] ${input.node.id}` }),
};

function begin(input: StageInput, facts: FramedFacts): FramedStep {
  const child = facts.child();
  if (child === undefined)
    return refused('Failed to parse child pipeline: the node names no child');
  const { startId } = child.graph;
  if (startId === undefined)
    return refused(`Failed to parse child pipeline: ${child.graph.name} has no start node`);
  const depth = childDepth(input);
  if (depth >= MAX_CHILD_DEPTH)
    return refused(
      `child workflows are nested ${depth} deep, which is the limit: ${child.graph.name} calls itself without an end`,
    );
  const started: EventDraft = {
    ...stageScope(input.frame, input.stage, input.node),
    frame_id: childFrame(input.frame.id, input.stage.stageId),
    event: 'subgraph.started',
    properties: { start_node: startId, graph: child.key },
  };
  return { kind: 'events', events: [started] };
}

function childDepth(input: StageInput): number {
  let depth = 0;
  for (let frame: Frame | undefined = input.frame; frame !== undefined;) {
    if (frame.child !== undefined) depth++;
    const parent = parentOf(frame);
    frame = parent === undefined ? undefined : frameOf(input.state, parent);
  }
  return depth;
}

/** From 1. */
function cycleAt(input: StageInput, nowMs: number): number {
  return Math.floor(Math.max(0, nowMs - input.stage.startedAtMs) / pollMs(input)) + 1;
}

function pollMs(input: StageInput): number {
  return Math.max(1, attr.durationMs(input.node, 'manager.poll_interval') ?? MANAGER_POLL_MS);
}

function maxCycles(input: StageInput): number {
  return Math.max(1, attr.integer(input.node, 'manager.max_cycles') ?? MANAGER_MAX_CYCLES);
}

function ended(input: StageInput, child: Frame, cycle: number): FramedStep {
  if (child.phase.kind !== 'ended') throw new Error(`frame ${child.id} has not ended`);
  const { status, failure } = child.phase;
  return {
    kind: 'joined',
    closing: [],
    outcome: {
      status,
      notes: `Child completed at cycle ${cycle}`,
      context_updates: changes(input.frame, child),
      ...(failure === undefined ? {} : { failure: { ...failure, failure_signature: undefined } }),
    },
  };
}

/** A limit that a frame of the child has reached ends the child and not the run. */
function failureInside(input: StageInput, child: Frame, facts: FramedFacts): string | undefined {
  for (const frame of input.state.frames.values()) {
    if (frame.counters !== child.counters) continue;
    const failure = facts.limitFailure(frame);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** The condition is asked about the parent's context as it would be if the child ended now. */
function stops(input: StageInput, child: Frame, facts: FramedFacts): boolean {
  const text = attr.string(input.node, 'manager.stop_condition');
  if (text === undefined || text.trim() === '') return false;
  const changed = changes(input.frame, child);
  const last = child.lastNode === undefined ? undefined : child.outcomes.get(child.lastNode);
  return conditionHolds(parseCondition(text), {
    outcome: last?.status ?? 'succeeded',
    preferredLabel: last?.preferredLabel,
    context: (key) => {
      const value = changed[key];
      return value === undefined ? facts.context(key) : facts.materialise(value);
    },
  });
}

const OWN_KEYS = /^(internal\.|graph\.|thread\.|current|outcome$|preferred_label$|failure_)/;

/** Context that the child changed; keys that every walk keeps for itself stay inside. */
function changes(parent: Frame, child: Frame): Record<string, JsonValue> {
  const updates: Record<string, JsonValue> = {};
  for (const [key, value] of child.context) {
    if (OWN_KEYS.test(key)) continue;
    const before = parent.context.get(key);
    if (before === undefined || JSON.stringify(before) !== JSON.stringify(value))
      updates[key] = value;
  }
  return updates;
}

function succeeded(input: StageInput, child: Frame): Outcome {
  return { status: 'succeeded', context_updates: changes(input.frame, child) };
}

function failed(message: string): Outcome {
  return { status: 'failed', failure: { message, failure_class: 'deterministic' } };
}

function refused(message: string): FramedStep {
  return { kind: 'joined', closing: [], outcome: failed(message) };
}

function giveUp(child: Frame, outcome: Outcome, reason: string): FramedStep {
  return { kind: 'give_up', frames: [child], reason, result: { outcome, retryable: false } };
}

/** Walks a run by hand: decisions and folds are the engine's, acts are the test's. */
import { parseRunId, isoTime, type EventDraft, type FrameId, type RunId } from '@fabro/protocol';
import { attr, buildGraph, parseDot, type Graph, type GraphNode } from '@fabro/workflow';
import { stageInput } from '../src/decide/stage-input.js';
import { decide, type Act, type Conclusion, type Decision, type World } from '../src/decide.js';
import { fold, type FoldedEvent } from '../src/fold.js';
import { hookCompleted } from '../src/hook-act.js';
import type { HookDecision } from '../src/hooks/decision.js';
import { handlerOf } from '../src/handlers/registry.js';
import type { AttemptResult, StageInput } from '../src/handler.js';
import type { RunSettings } from '../src/run-settings.js';
import { settleAttempt } from '../src/settle.js';
import { frameOf, initialState, openStage, type Frame, type RunState } from '../src/state.js';

export const RUN = parseRunId('01JZ0000000000000000000000') as RunId;
export const ROOT = 'root' as FrameId;

const SETTINGS: RunSettings = {
  dryRun: false,
  autoApprove: false,
  excludeGlobs: [],
  inputs: {},
};

/** The graph of statements between a start and an exit. */
export function graphOf(body: string): Graph {
  return buildGraph(parseDot(`digraph T { start [shape=Mdiamond] exit [shape=Msquare] ${body} }`));
}

export function nodeOf(graph: Graph, id: string): GraphNode {
  const node = graph.nodes.get(id);
  if (node === undefined) throw new Error(`the graph has no node ${id}`);
  return node;
}

export interface HandWalkOptions {
  readonly git?: boolean;
  readonly inPlace?: boolean;
  readonly settings?: Partial<RunSettings>;
  /** Bodies of child workflows by the `stack.child_workflow` that names them. */
  readonly children?: Readonly<Record<string, string>>;
}

export class HandWalk {
  readonly world: World;
  readonly state: RunState = initialState(RUN);
  readonly events: FoldedEvent[] = [];
  /** Frames whose act the test has begun and not settled. */
  readonly inFlight = new Set<string>();
  nowMs = Date.UTC(2026, 0, 1);
  random = 0.5;
  /** Milliseconds since anything stirred. */
  idleMs = 0;

  constructor(body: string, options: HandWalkOptions = {}) {
    const git = options.git === true;
    this.world = {
      graph: graphOf(body),
      settings: { ...SETTINGS, ...options.settings },
      handlerOf,
      git,
      children: {
        graphs: new Map(
          Object.entries(options.children ?? {}).map(([key, child]) => [key, graphOf(child)]),
        ),
        keyOf: (node) => attr.string(node, 'stack.child_workflow'),
      },
    };
    this.record(
      {
        event: 'run.created',
        properties: { manifest_blob: '', labels: {}, in_place: options.inPlace === true },
      },
      {
        event: 'run.started',
        properties: {
          name: 'T',
          ...(git ? { base_sha: 'base', run_branch: 'fabro/run/x', worktree_dir: '/work' } : {}),
        },
      },
      { event: 'run.running', properties: {} },
    );
  }

  get names(): readonly string[] {
    return this.events.map((e) => `${e.event}${e.stage_id === undefined ? '' : ` ${e.stage_id}`}`);
  }

  record(...drafts: readonly EventDraft[]): void {
    for (const draft of drafts) {
      const event: FoldedEvent = {
        ...draft,
        ts: isoTime(this.nowMs),
        seq: this.events.length + 1,
      };
      fold(this.state, event);
      this.events.push(event);
    }
  }

  /** One decision; fails when it has both events and something to do. */
  decide(): Decision {
    const decision = decide(this.world, this.state, {
      nowMs: this.nowMs,
      random: () => this.random,
      inFlight: this.inFlight,
      idleMs: () => this.idleMs,
      materialise: (value) => value,
    });
    const does =
      decision.acts.length + decision.cancel.length + (decision.conclusion === undefined ? 0 : 1);
    if (decision.events.length > 0 && does > 0)
      throw new Error('a decision has events and something to do');
    return decision;
  }

  /** Records what is decided until something is to be done, or nothing is. */
  advance(): Decision {
    for (let decisions = 0; decisions < 10_000; decisions++) {
      const decision = this.decide();
      if (decision.events.length === 0) return decision;
      this.record(...decision.events);
    }
    throw new Error('the decisions never come to an act');
  }

  acts(): readonly Act[] {
    return this.advance().acts;
  }

  conclusion(): Conclusion | undefined {
    return this.advance().conclusion;
  }

  frame(id: string = ROOT): Frame {
    return frameOf(this.state, id as FrameId);
  }

  input(id: string = ROOT): StageInput {
    const frame = this.frame(id);
    const stage = openStage(frame);
    if (stage === undefined) throw new Error(`frame ${id} is in no stage`);
    return stageInput(this.world, this.state, frame, stage);
  }

  /** Ends the attempt of a frame. */
  settle(result: AttemptResult, id: string = ROOT): void {
    this.inFlight.delete(id);
    this.record(
      ...settleAttempt(this.input(id), result, { nowMs: this.nowMs, random: () => this.random }),
    );
  }

  succeed(id: string = ROOT): void {
    this.settle({ outcome: { status: 'succeeded' }, retryable: false }, id);
  }

  fail(id: string = ROOT, message = 'exit code: 1'): void {
    this.settle(
      {
        outcome: { status: 'failed', failure: { message, failure_class: 'deterministic' } },
        retryable: false,
      },
      id,
    );
  }

  /** The hook that is being asked ends with a decision. */
  answerHook(act: Act, decision: HookDecision): void {
    if (act.kind !== 'hook') throw new Error(`act ${act.kind} is no hook`);
    this.record(hookCompleted(act, { decision, durationMs: 1 }, this.state));
  }

  /** The server dies and another takes the run over. */
  restart(clean = false): void {
    this.inFlight.clear();
    if (clean) this.record({ event: 'run.suspended', properties: {} });
    this.record({ event: 'run.resumed', properties: { epoch: this.state.epoch + 1 } });
  }
}

/** A command node. */
export function command(id: string, attributes = ''): string {
  return `${id} [shape=parallelogram, script="${id}"${attributes === '' ? '' : `, ${attributes}`}]`;
}

/** A run whose stages do nothing: what is left is the engine and the journal. */
import {
  type ActedHandler,
  type Handler,
  type Walk,
  RunSignals,
  handlerOf,
  takeRun,
  walkRun,
} from '@fabro/engine';
import type { Journal } from '@fabro/journal';
import type { Models } from '@fabro/models';
import { type RunId, isoTime, parseRunId, runStream, systemIds } from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';
import { type Graph, type GraphNode, prepare } from '@fabro/workflow';
import { steadyClock } from './steady-clock.js';

/** Nodes of the ring that a trivial run walks. */
const RING = 10;

/** Called in each stage with its number, from 1. */
export type OnStage = (stage: number) => Promise<void> | void;

export interface TrivialRun {
  /** A multiple of ten. */
  readonly stages: number;
  readonly onStage?: OnStage;
}

/** Walks one run to its end. Rejects when it does not complete, or with other stages than were asked for. */
export async function walkTrivialRun(journal: Journal, run: TrivialRun): Promise<void> {
  let stage = 0;
  const acted: ActedHandler = {
    kind: 'acted',
    onInterrupt: 'repeat',
    act: async () => {
      stage++;
      await run.onStage?.(stage);
      const label = stage >= run.stages ? 'done' : 'again';
      return { outcome: { status: 'succeeded', preferred_label: label }, retryable: false };
    },
    simulate: () => ({ status: 'succeeded' }),
  };
  const trivial = (node: GraphNode): Handler =>
    node.handler === 'start' || node.handler === 'exit' ? handlerOf(node) : acted;
  await walkGraph(journal, ringGraph(), { handlerOf: trivial });
  if (stage !== run.stages) throw new Error(`the run walked ${stage} of ${run.stages} stages`);
}

/** What a walk may bring of its own. */
export interface WalkParts {
  readonly handlerOf: (node: GraphNode) => Handler;
  readonly sandbox?: Sandbox;
}

/** Creates a run of the graph in the journal and walks it to its end. Rejects unless it completes. */
export async function walkGraph(journal: Journal, graph: Graph, parts: WalkParts): Promise<void> {
  const runId = freshRunId();
  await createRun(journal, runId);
  const { recorder, recorded } = await takeRun(runId, {
    journal,
    clock: steadyClock,
    ids: systemIds,
    holder: 'bench',
  });
  recorder.record([
    { event: 'run.starting', properties: {} },
    { event: 'run.started', properties: { name: graph.name } },
    { event: 'run.running', properties: {} },
  ]);
  const walk: Walk = {
    world: {
      graph,
      settings: { dryRun: false, autoApprove: false, env: {}, excludeGlobs: [], inputs: {} },
      handlerOf: parts.handlerOf,
      git: false,
    },
    recorder,
    journal,
    sandbox: parts.sandbox ?? untouchable('a sandbox'),
    git: undefined,
    models: untouchable<Models>('models'),
    clock: steadyClock,
    ids: systemIds,
    signals: new RunSignals(),
    recorded,
    random: Math.random,
    live: () => {},
    redact: (text) => text,
    materialise: (value) => value,
  };
  const ended = await walkRun(walk, new AbortController().signal);
  if (ended === 'suspended' || ended.status !== 'completed')
    throw new Error(`the run did not complete: ${JSON.stringify(ended)}`);
}

/** The graph of a workflow's text. */
export function graphOf(source: string): Graph {
  const prepared = prepare({ source, path: 'bench.fabro' });
  if (!prepared.ok) throw new Error(prepared.diagnostics.map((d) => d.message).join('; '));
  return prepared.graph;
}

function ringGraph(): Graph {
  const names = Array.from({ length: RING }, (_, i) => `n${i}`);
  const nodes = names.map((name) => `${name} [shape=parallelogram, script="true"]`).join(' ');
  const last = names.at(-1) ?? '';
  return graphOf(
    `digraph Ring { start [shape=Mdiamond] exit [shape=Msquare] ${nodes} start -> ${names.join(' -> ')}
     ${last} -> n0 [label="again"] ${last} -> exit [label="done"] }`,
  );
}

function freshRunId(): RunId {
  const id = parseRunId(systemIds.ulid());
  if (id === undefined) throw new Error('a fresh ULID is no run id');
  return id;
}

async function createRun(journal: Journal, runId: RunId): Promise<void> {
  const body = {
    id: systemIds.uuid(),
    ts: isoTime(Date.now()),
    run_id: runId,
    event: 'run.created',
    properties: { manifest_blob: '', labels: {}, in_place: false },
  };
  await journal.append({
    stream: runStream(runId),
    authority: { kind: 'outside', preconditions: [{ kind: 'stream_empty' }] },
    events: [{ type: 'run.created', body }],
  });
}

/** A port that a trivial run must not reach for. */
function untouchable<T extends object>(what: string): T {
  return new Proxy({} as T, {
    get: (_, name) => {
      throw new Error(`a trivial run asked ${what} for ${String(name)}`);
    },
  });
}

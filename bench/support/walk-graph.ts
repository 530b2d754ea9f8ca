/** Walks a graph the way the server does, without the server. */
import { type Handler, type Walk, RunSignals, takeRun, walkRun } from '@fabro/engine';
import type { Journal } from '@fabro/journal';
import type { Models } from '@fabro/models';
import { type RunId, isoTime, parseRunId, runStream, systemIds } from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';
import { type Graph, type GraphNode, prepare } from '@fabro/workflow';
import { steadyClock } from './steady-clock.js';
import { untouchable } from './untouchable.js';

/** What a walk may bring of its own. */
export interface WalkParts {
  readonly handlerOf: (node: GraphNode) => Handler;
  readonly sandbox?: Sandbox;
  /** What every manager node of the graph runs. */
  readonly child?: Graph;
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
      settings: { dryRun: false, autoApprove: false, excludeGlobs: [], inputs: {} },
      handlerOf: parts.handlerOf,
      git: false,
      ...(parts.child === undefined
        ? {}
        : { children: { graphs: new Map([['child', parts.child]]), keyOf: () => 'child' } }),
    },
    recorder,
    journal,
    sandbox: parts.sandbox ?? untouchable('a sandbox'),
    git: undefined,
    subdirectory: '',
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

/** A run id that nobody has. */
export function freshRunId(): RunId {
  const id = parseRunId(systemIds.ulid());
  if (id === undefined) throw new Error('a fresh ULID is no run id');
  return id;
}

/** Appends the event that a run begins with. */
export async function createRun(journal: Journal, runId: RunId): Promise<void> {
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

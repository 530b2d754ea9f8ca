/** One process that walks a run over a memory journal, with its live state and its stream at hand. */
import {
  type Conclusion,
  type RunState,
  type Walk,
  RunSignals,
  handlerOf,
  takeRun,
  walkRun,
} from '@fabro/engine';
import type { Journal } from '@fabro/journal';
import { createMemoryJournal } from '@fabro/journal/memory';
import {
  AnyEvent,
  eventSeq,
  isoTime,
  parseRunId,
  runStream,
  type EventDraft,
  type EventSeq,
  type IdSource,
  type RunId,
} from '@fabro/protocol';
import { prepare } from '@fabro/workflow';
import { IdleClock } from '../crash/idle-clock.js';
import { World, type Script } from '../crash/world.js';

export const RUN = parseRunId('01JZ0000000000000000000000') as RunId;

export interface LiveScenario {
  readonly source: string;
  readonly script: Script;
  readonly git?: boolean;
  /** What others append when they see an event; a draft, or the type of an event that nobody knows. */
  readonly others?: (event: AnyEvent) => EventDraft | string | undefined;
  /** Sees the state each time an owner's append has been committed. */
  readonly committed?: (state: RunState, journal: Journal) => void;
}

export interface LiveRun {
  readonly conclusion: Conclusion | 'suspended';
  readonly state: RunState;
  readonly journal: Journal;
  readonly world: World;
  readonly events: readonly AnyEvent[];
}

function seqOf(value: number): EventSeq {
  const seq = eventSeq(value);
  if (seq === undefined) throw new RangeError(`${value} is no sequence number`);
  return seq;
}

export async function walk(scenario: LiveScenario): Promise<LiveRun> {
  const prepared = prepare({ source: scenario.source, path: 'workflow.fabro' });
  if (!prepared.ok) throw new Error(prepared.diagnostics.map((d) => d.message).join('; '));
  const clock = new IdleClock();
  const journal = createMemoryJournal({ projections: [] });
  const world = new World(scenario.script);
  const git = scenario.git === true;
  let n = 0;
  const ids: IdSource = {
    ulid: () => `01JZ${String(++n).padStart(22, '0')}`,
    uuid: () => `event-${++n}`,
  };
  const append = async (draft: EventDraft | string): Promise<void> => {
    const { event, properties, ...scope } =
      typeof draft === 'string' ? { event: draft, properties: {} } : draft;
    const ts = isoTime(clock.now());
    const body = { id: ids.uuid(), ts, run_id: RUN, event, ...scope, properties };
    await journal.append({
      stream: runStream(RUN),
      authority: { kind: 'outside', preconditions: [] },
      events: [{ type: event, body }],
    });
  };
  if (git) world.worktrees.set('/work', { head: 'base', headKey: undefined });
  await append({
    event: 'run.created',
    properties: { manifest_blob: '', labels: {}, in_place: false },
  });
  const leaving = new AbortController();
  const watching = (async () => {
    const events = journal.subscribe(runStream(RUN), { after: seqOf(0), signal: leaving.signal });
    for await (const batch of events)
      for (const stored of batch) {
        const reaction = scenario.others?.(AnyEvent.parse(JSON.parse(stored.json)));
        if (reaction !== undefined) await append(reaction);
      }
  })();
  const { recorder, recorded } = await takeRun(RUN, { journal, clock, ids, holder: 'test' });
  recorder.record([
    {
      event: 'run.started',
      properties: {
        name: 'G',
        ...(git ? { base_sha: 'base', run_branch: 'fabro/run/x', worktree_dir: '/work' } : {}),
      },
    },
    { event: 'run.running', properties: {} },
  ]);
  await recorder.commit();
  const port = { call: <T>(act: () => Promise<T>): Promise<T> => (clock.busy(), act()) };
  const walked: Walk = {
    world: {
      graph: prepared.graph,
      settings: { dryRun: false, autoApprove: false, excludeGlobs: [], inputs: {} },
      handlerOf,
      git,
    },
    recorder,
    journal,
    sandbox: world.sandbox(port),
    git: git ? world.git(port) : undefined,
    models: world.models(port, () => {
      throw new Error('this scenario has no model');
    }),
    clock,
    ids,
    signals: new RunSignals(),
    subdirectory: '',
    recorded,
    random: () => 0.5,
    live: () => undefined,
    redact: (text) => text,
    materialise: (value) => value,
  };
  try {
    const conclusion = await walkRun(walked, new AbortController().signal);
    return { conclusion, state: recorder.state, journal, world, events: readAll(journal) };
  } finally {
    leaving.abort();
    await watching;
  }
}

function readAll(journal: Journal): readonly AnyEvent[] {
  const events: AnyEvent[] = [];
  for (let after = seqOf(0); ;) {
    const page = journal.read(runStream(RUN), { after, limit: 500 });
    events.push(...page.map((e) => AnyEvent.parse(JSON.parse(e.json))));
    const last = page.at(-1);
    if (last === undefined) return events;
    after = last.seq;
  }
}

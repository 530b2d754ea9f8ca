/** Runs a workflow in a world, with the process ended where a schedule says, and again until it is done. */
import {
  type Conclusion,
  type Handler,
  type Hook,
  type HookDecision,
  type RunSettings,
  type Walk,
  RunSignals,
  handlerOf,
  referencedBlob,
  takeRun,
  walkRun,
} from '@fabro/engine';
import type { Journal } from '@fabro/journal';
import { createMemoryJournal } from '@fabro/journal/memory';
import type { ModelEvent, ModelRequest } from '@fabro/models';
import {
  AnyEvent,
  JsonValue,
  eventSeq,
  isoTime,
  parseBlobHash,
  parseRunId,
  runStream,
  type EventDraft,
  type EventSeq,
  type HookContext,
  type IdSource,
  type RunId,
} from '@fabro/protocol';
import { childKeyOf, prepareAll, type Graph, type PreparedAll } from '@fabro/workflow';
import { Crasher, type CrashPoint } from './crasher.js';
import { IdleClock } from './idle-clock.js';
import { World, type Script } from './world.js';

export interface Scenario {
  readonly source: string;
  readonly script: Script;
  readonly git?: boolean;
  readonly settings?: Partial<RunSettings>;
  /** Child workflows by the path that `stack.child_workflow` names. */
  readonly children?: Readonly<Record<string, string>>;
  /** What a hook decides, by what it is told. */
  readonly hook?: (hook: Hook, context: HookContext) => HookDecision;
  readonly files?: Readonly<Record<string, string>>;
  readonly answer?: (request: ModelRequest) => ModelEvent;
  /** Handlers in the place of the engine's, by node. */
  readonly handlers?: Readonly<Record<string, Handler>>;
  /** What a person does when they see an event; outside of every process. */
  readonly person?: (event: AnyEvent) => EventDraft | undefined;
}

export interface Outcome {
  readonly conclusion: Conclusion;
  readonly events: readonly AnyEvent[];
  /** The events as a client saw them arrive. */
  readonly seen: readonly AnyEvent[];
  readonly world: World;
  /** Port calls of each process, the last one's included. */
  readonly calls: readonly number[];
}

const RUN = parseRunId('01JZ0000000000000000000000') as RunId;
/** Turns after which a run that does nothing is stuck. */
const STUCK_TURNS = 2_000;

function counterIds(): IdSource {
  let n = 0;
  return {
    ulid: () => `01JZ${String(++n).padStart(22, '0')}`,
    uuid: () => `event-${++n}`,
  };
}

/** Plays a scenario; process i ends at `crashes[i]`, the one after the last crash runs to the end. */
export async function play(scenario: Scenario, crashes: readonly CrashPoint[]): Promise<Outcome> {
  const prepared = preparedOf(scenario);
  const clock = new IdleClock();
  const ids = counterIds();
  const journal = createMemoryJournal({ projections: [] });
  const world = new World(scenario.script);
  for (const [path, text] of Object.entries(scenario.files ?? {})) world.files.set(path, text);
  const client = new AbortController();
  const seen: AnyEvent[] = [];
  const watching = watch(journal, seen, clock, scenario, client.signal);
  await createRun(journal, scenario, world, ids, clock);
  const calls: number[] = [];
  try {
    for (let process = 0; ; process++) {
      const crasher = new Crasher(crashes[process], () => clock.busy());
      const ended = live(scenario, prepared, world, journal, clock, ids, crasher);
      const result = await Promise.race([
        ended,
        crasher.died.then(() => undefined),
        stuck(clock, crasher),
      ]);
      calls.push(crasher.calls);
      if (result !== undefined) {
        const events = readAll(journal);
        return { conclusion: result, events, seen, world, calls };
      }
      clock.forget();
    }
  } finally {
    client.abort();
    await watching;
  }
}

const PATH = 'workflow.fabro';

interface Workflows {
  readonly graph: Graph;
  readonly children: PreparedAll['children'];
}

function preparedOf({ source, children = {} }: Scenario): Workflows {
  const workflows = new Map(
    Object.entries(children).map(([path, text]) => [path, { source: text }]),
  );
  const { root, children: graphs } = prepareAll({ source, path: PATH, workflows });
  if (!root.ok) throw new Error(root.diagnostics.map((d) => d.message).join('; '));
  return { graph: root.graph, children: graphs };
}

/** One process: takes the run over and walks it. */
async function live(
  scenario: Scenario,
  prepared: Workflows,
  world: World,
  journal: Journal,
  clock: IdleClock,
  ids: IdSource,
  crasher: Crasher,
): Promise<Conclusion> {
  const { graph } = prepared;
  const ported = portedJournal(journal, crasher);
  const { recorder, recorded } = await takeRun(RUN, {
    journal: ported,
    clock,
    ids,
    holder: 'test',
  });
  if (recorder.state.startedAtMs === undefined) {
    recorder.record([
      { event: 'run.starting', properties: {} },
      {
        event: 'run.started',
        properties: {
          name: graph.name,
          ...(scenario.git === true
            ? { base_sha: 'base', run_branch: 'fabro/run/x', worktree_dir: '/work' }
            : {}),
        },
      },
      { event: 'run.running', properties: {} },
    ]);
    await recorder.commit();
  }
  const walk: Walk = {
    world: {
      graph,
      settings: {
        dryRun: false,
        autoApprove: false,
        excludeGlobs: [],
        inputs: {},
        ...scenario.settings,
      },
      handlerOf: (node) => scenario.handlers?.[node.id] ?? handlerOf(node),
      git: scenario.git === true,
      children: {
        graphs: prepared.children,
        keyOf: (node, within) => childKeyOf(node, within === '' ? PATH : within),
      },
    },
    hooks: world.hooks(crasher, scenario.hook ?? (() => ({ decision: 'proceed' }))),
    recorder,
    journal: ported,
    subdirectory: '',
    sandbox: world.sandbox(crasher),
    git: scenario.git === true ? world.git(crasher) : undefined,
    models: world.models(crasher, scenario.answer ?? noModel),
    clock,
    ids,
    signals: new RunSignals(),
    recorded,
    random: () => 0.5,
    live: () => {},
    redact: (text) => text,
    materialise: (value) => {
      const hash = referencedBlob(value);
      const parsed = hash === undefined ? undefined : parseBlobHash(hash);
      const bytes = parsed === undefined ? undefined : journal.blob(parsed);
      return bytes === undefined
        ? value
        : JsonValue.parse(JSON.parse(new TextDecoder().decode(bytes)));
    },
  };
  const result = await walkRun(walk, crasher.death);
  if (result === 'suspended') return new Promise(() => {});
  return result;
}

function noModel(): ModelEvent {
  throw new Error('this scenario has no model');
}

/** The journal of one process: its appends are port calls, and its subscriptions end with it. */
function portedJournal(journal: Journal, crasher: Crasher): Journal {
  return {
    ...bind(journal),
    append: (request) => crasher.call(() => journal.append(request)),
    acquireLease: (stream, request) => crasher.call(() => journal.acquireLease(stream, request)),
    subscribe: (stream, options) =>
      journal.subscribe(stream, {
        ...options,
        signal: AbortSignal.any([options.signal, crasher.death]),
      }),
    get health() {
      return journal.health;
    },
  };
}

function bind(journal: Journal): Journal {
  return {
    append: (r) => journal.append(r),
    read: (s, o) => journal.read(s, o),
    readAll: (o) => journal.readAll(o),
    lastSeq: (s) => journal.lastSeq(s),
    subscribe: (s, o) => journal.subscribe(s, o),
    subscribeAll: (o) => journal.subscribeAll(o),
    lastPosition: () => journal.lastPosition(),
    snapshot: (s) => journal.snapshot(s),
    blob: (h) => journal.blob(h),
    refersTo: (s, h) => journal.refersTo(s, h),
    select: (s) => journal.select(s),
    count: (s) => journal.count(s),
    acquireLease: (s, r) => journal.acquireLease(s, r),
    renewLease: (s, r) => journal.renewLease(s, r),
    releaseLease: (s, e) => journal.releaseLease(s, e),
    deleteStream: (s) => journal.deleteStream(s),
    streams: (p) => journal.streams(p),
    compact: () => journal.compact(),
    health: journal.health,
    close: () => journal.close(),
  };
}

async function createRun(
  journal: Journal,
  scenario: Scenario,
  world: World,
  ids: IdSource,
  clock: IdleClock,
): Promise<void> {
  if (scenario.git === true) world.worktrees.set('/work', { head: 'base', headKey: undefined });
  await appendOutside(journal, ids, clock, {
    event: 'run.created',
    properties: { manifest_blob: '', labels: {}, in_place: false },
  });
}

async function appendOutside(
  journal: Journal,
  ids: IdSource,
  clock: IdleClock,
  draft: EventDraft,
): Promise<void> {
  const { event, properties, ...scope } = draft;
  const body = {
    id: ids.uuid(),
    ts: isoTime(clock.now()),
    run_id: RUN,
    event,
    ...scope,
    properties,
  };
  await journal.append({
    stream: runStream(RUN),
    authority: { kind: 'outside', preconditions: [] },
    events: [{ type: event, body }],
  });
}

/** The client and the person: both stand outside of the processes. */
async function watch(
  journal: Journal,
  seen: AnyEvent[],
  clock: IdleClock,
  scenario: Scenario,
  signal: AbortSignal,
): Promise<void> {
  const ids: IdSource = { ulid: () => '', uuid: () => `person-${seen.length}` };
  for await (const batch of journal.subscribe(runStream(RUN), { after: first(), signal }))
    for (const stored of batch) {
      clock.busy();
      const event = AnyEvent.parse(JSON.parse(stored.json));
      seen.push(event);
      const reaction = scenario.person?.(event);
      if (reaction !== undefined) await appendOutside(journal, ids, clock, reaction);
    }
}

function first(): EventSeq {
  const seq = eventSeq(0);
  if (seq === undefined) throw new Error('0 is a sequence number');
  return seq;
}

function readAll(journal: Journal): readonly AnyEvent[] {
  const events: AnyEvent[] = [];
  for (let after = first(); ;) {
    const page = journal.read(runStream(RUN), { after, limit: 500 });
    events.push(...page.map((e) => AnyEvent.parse(JSON.parse(e.json))));
    const last = page.at(-1);
    if (last === undefined) return events;
    after = last.seq;
  }
}

/** Rejects when nothing has happened for long: a run that hangs is a defect, not a slow test. */
async function stuck(clock: IdleClock, crasher: Crasher): Promise<never> {
  let calls = -1;
  let now = -1;
  for (let quiet = 0; quiet < STUCK_TURNS; quiet++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (crasher.death.aborted) return new Promise(() => {});
    if (crasher.calls !== calls || clock.now() !== now) quiet = 0;
    calls = crasher.calls;
    now = clock.now();
  }
  throw new Error(`the run is stuck after ${calls} port calls`);
}

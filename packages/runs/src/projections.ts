/** The tables that lists and preconditions are answered from: pure `event → row changes`, rebuilt when the version changes. */
import {
  EVENT_PROPERTIES,
  isKnownEvent,
  type EventProperties,
  type EventType,
} from '@fabro/protocol';
import { SEQ, type NewEvent, type Projection, type RowChange } from '@fabro/journal';
import { z } from 'zod';
import { ARTIFACT_PROJECTION } from './reports/artifacts.js';
import { RETRO_PROJECTION } from './retro/rows.js';

const Envelope = z.looseObject({
  ts: z.string(),
  event: z.string(),
  stage_id: z.string().optional(),
  node_id: z.string().optional(),
  node_label: z.string().optional(),
  parallel_branch_id: z.string().optional(),
  actor: z.looseObject({ kind: z.string() }).optional(),
});
type Envelope = z.infer<typeof Envelope>;

type Cells = Extract<RowChange, { op: 'upsert' }>['set'];

const run = (set: Cells): RowChange => ({ op: 'upsert', table: 'runs', key: {}, set });
const stage = (e: Envelope, set: Cells): RowChange[] =>
  e.stage_id === undefined
    ? []
    : [{ op: 'update', table: 'stages', key: { stage_id: e.stage_id }, set }];
const question = (id: string, set: Cells): RowChange => ({
  op: 'update',
  table: 'questions',
  key: { question_id: id },
  set,
});

type Apply<T extends EventType> = (
  properties: EventProperties[T],
  envelope: Envelope,
) => readonly RowChange[];

const APPLY: { readonly [T in EventType]?: Apply<T> } = {
  'run.created': (p, e) => [
    run({
      status: 'submitted',
      created_at: e.ts,
      manifest_blob: p.manifest_blob,
      labels: JSON.stringify(p.labels),
      in_place: p.in_place ? 1 : 0,
      workflow_name: p.workflow_name ?? null,
      workflow_slug: p.workflow_slug ?? null,
      goal: p.goal ?? null,
      source_directory: p.source_directory ?? null,
      open_questions: 0,
      // A fork is no run before its history is whole; its last event says so.
      forking: p.fork_source_ref === undefined ? 0 : 1,
      fork_source: p.fork_source_ref?.source_run_id ?? null,
      fork_sha: p.fork_source_ref?.checkpoint_sha ?? null,
      archived: 0,
    }),
  ],
  'run.submitted': () => [
    run({
      status: 'submitted',
      forking: 0,
      reason: null,
      error: null,
      ended_at: null,
      duration_ms: null,
      final_sha: null,
      usage: null,
    }),
  ],
  'run.queued': (_p, e) => [run({ status: 'queued', queued_at: e.ts })],
  'run.starting': () => [run({ status: 'starting', reason: 'sandbox_initializing' })],
  'run.started': (p, e) =>
    p.restarted === true
      ? []
      : [
          run({
            started_at: e.ts,
            run_branch: p.run_branch ?? null,
            base_sha: p.base_sha ?? null,
          }),
        ],
  'sandbox.initialized': (p) => [run({ working_directory: p.working_directory })],
  'run.running': () => [run({ status: 'running', reason: null })],
  'run.paused': () => [run({ status: 'paused', pending: null })],
  'run.unpaused': () => [run({ status: 'running', pending: null })],
  // In a column of its own: a pause that is acted on while the cancel arrives must not take it back.
  'run.cancel.requested': () => [run({ cancelling: 1 })],
  'run.pause.requested': () => [run({ pending: 'pause' })],
  'run.unpause.requested': () => [run({ pending: 'unpause' })],
  'run.blocked': () => [run({ blocked: 1 })],
  'run.unblocked': () => [run({ blocked: 0 })],
  'run.completed': (p, e) => [
    run({
      status: 'completed',
      reason: p.reason,
      pending: null,
      cancelling: 0,
      blocked: 0,
      open_questions: 0,
      ended_at: e.ts,
      duration_ms: p.duration_ms,
      final_sha: p.final_git_commit_sha ?? null,
      usage: p.billing === undefined ? null : JSON.stringify(p.billing),
    }),
  ],
  'run.failed': (p, e) => [
    run({
      status: p.reason === 'cancelled' ? 'cancelled' : 'failed',
      reason: p.reason,
      error: p.error,
      pending: null,
      cancelling: 0,
      blocked: 0,
      open_questions: 0,
      ended_at: e.ts,
      duration_ms: p.duration_ms,
      final_sha: p.git_commit_sha ?? null,
      usage: p.billing === undefined ? null : JSON.stringify(p.billing),
    }),
  ],
  'run.archived': (_p, e) => [run({ archived: 1, archived_at: e.ts })],
  'run.unarchived': () => [run({ archived: 0, archived_at: null })],
  'run.superseded_by': (p) => [run({ superseded_by: p.new_run_id })],
  'stage.started': (p, e) =>
    e.stage_id === undefined
      ? []
      : [
          {
            op: 'upsert',
            table: 'stages',
            key: { stage_id: e.stage_id },
            set: {
              node_id: e.node_id ?? '',
              name: e.node_label ?? e.node_id ?? '',
              status: 'running',
              handler_type: p.handler_type,
              attempt: p.attempt,
              ...(p.attempt === 1 ? { opened_seq: SEQ, started_at: e.ts } : {}),
              parallel_branch_id: e.parallel_branch_id ?? null,
              // What an earlier attempt came to is no fact about this one.
              duration_ms: null,
              failure: null,
            },
          },
        ],
  'stage.retrying': (_p, e) => stage(e, { status: 'retrying' }),
  'stage.interrupted': (_p, e) => stage(e, { status: 'retrying' }),
  'stage.completed': (p, e) =>
    stage(e, {
      status: p.status,
      duration_ms: p.duration_ms,
      ...(p.usage === undefined ? {} : { usage: JSON.stringify(p.usage) }),
      ...(p.failure === undefined ? {} : { failure: JSON.stringify(p.failure) }),
    }),
  'stage.failed': (p, e) =>
    stage(e, {
      status: p.will_retry
        ? 'retrying'
        : p.failure.system_actor === 'engine'
          ? 'cancelled'
          : 'failed',
      duration_ms: p.duration_ms,
      failure: JSON.stringify(p.failure),
      ...(p.usage === undefined ? {} : { usage: JSON.stringify(p.usage) }),
    }),
  'agent.message': (p, e) =>
    stage(e, { turns: { increment: 1 }, tool_calls: { increment: p.tool_call_count } }),
  'interview.started': (p) => [
    {
      op: 'upsert',
      table: 'questions',
      key: { question_id: p.question_id },
      set: {
        status: 'open',
        asked_seq: SEQ,
        text: p.question,
        stage: p.stage,
        question_type: p.question_type,
        options: JSON.stringify(p.options),
        allow_freeform: p.allow_freeform ? 1 : 0,
        context_display: p.context_display ?? null,
        due_at: p.due_at ?? null,
      },
    },
    run({ open_questions: { increment: 1 } }),
  ],
  'interview.completed': (p) => [
    question(p.question_id, { status: 'answered' }),
    run({ open_questions: { increment: -1 } }),
  ],
  'interview.timeout': (p) => [
    question(p.question_id, { status: 'timeout' }),
    run({ open_questions: { increment: -1 } }),
  ],
  'interview.interrupted': (p) => [
    question(p.question_id, { status: 'interrupted' }),
    run({ open_questions: { increment: -1 } }),
  ],
};

/** Applies one event; unknown ones change nothing. */
function apply(event: NewEvent, fresh: boolean): readonly RowChange[] {
  const { type } = event;
  if (!isKnownEvent(type) || APPLY[type] === undefined) return [];
  return applyKnown(type, event, fresh);
}

function applyKnown<T extends EventType>(
  type: T,
  { body }: NewEvent,
  fresh: boolean,
): readonly RowChange[] {
  const handler: Apply<T> | undefined = APPLY[type];
  if (handler === undefined) return [];
  // What is being appended has the types of its draft; only what was read back needs the schema.
  const properties = (
    fresh ? body['properties'] : EVENT_PROPERTIES[type].parse(body['properties'])
  ) as EventProperties[T];
  return handler(properties, fresh ? (body as Envelope) : Envelope.parse(body));
}

/** All projections over run streams. */
export const RUN_PROJECTIONS: readonly Projection[] = [
  {
    name: 'runs',
    version: 3,
    tables: [
      {
        name: 'runs',
        key: {},
        columns: {
          status: 'text',
          reason: 'text',
          error: 'text',
          pending: 'text',
          cancelling: 'integer',
          blocked: 'integer',
          created_at: 'text',
          queued_at: 'text',
          started_at: 'text',
          ended_at: 'text',
          duration_ms: 'real',
          manifest_blob: 'text',
          labels: 'text',
          in_place: 'integer',
          workflow_name: 'text',
          workflow_slug: 'text',
          goal: 'text',
          source_directory: 'text',
          working_directory: 'text',
          run_branch: 'text',
          base_sha: 'text',
          final_sha: 'text',
          usage: 'text',
          open_questions: 'integer',
          forking: 'integer',
          fork_source: 'text',
          fork_sha: 'text',
          archived: 'integer',
          archived_at: 'text',
          superseded_by: 'text',
        },
        indexes: [['created_at'], ['status', 'queued_at']],
      },
      {
        name: 'stages',
        key: { stage_id: 'text' },
        columns: {
          node_id: 'text',
          name: 'text',
          status: 'text',
          handler_type: 'text',
          attempt: 'integer',
          opened_seq: 'integer',
          started_at: 'text',
          duration_ms: 'real',
          parallel_branch_id: 'text',
          turns: 'integer',
          tool_calls: 'integer',
          usage: 'text',
          failure: 'text',
        },
      },
      {
        name: 'questions',
        key: { question_id: 'text' },
        columns: {
          status: 'text',
          asked_seq: 'integer',
          text: 'text',
          stage: 'text',
          question_type: 'text',
          options: 'text',
          allow_freeform: 'integer',
          context_display: 'text',
          due_at: 'real',
        },
      },
    ],
    apply,
  },
  RETRO_PROJECTION,
  ARTIFACT_PROJECTION,
];

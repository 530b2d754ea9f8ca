/** Rows of the projections, parsed into the bodies of the API. */
import {
  FabroError,
  QuestionOption,
  QuestionType,
  RunStatus,
  StageState,
  StatusReason,
  Usage,
  parseStageId,
  type ApiQuestion,
  type PendingControl,
  type RunStage,
  type RunStatusResponse,
  type RunSummary,
} from '@fabro/protocol';
import type { Row } from '@fabro/journal';
import { z } from 'zod';

const text = z.string().nullable();
const number = z.number().nullable();

const RunRow = z.object({
  status: RunStatus,
  reason: StatusReason.nullable(),
  error: text,
  pending: z.enum(['pause', 'unpause']).nullable(),
  cancelling: number,
  blocked: number,
  created_at: z.string(),
  queued_at: text,
  started_at: text,
  duration_ms: number,
  manifest_blob: z.string(),
  labels: z.string(),
  workflow_name: text,
  workflow_slug: text,
  goal: text,
  source_directory: text,
  working_directory: text,
  run_branch: text,
  base_sha: text,
  final_sha: text,
  usage: text,
  fork_source: text,
  fork_sha: text,
  archived_at: text,
  superseded_by: text,
});
export type RunRow = z.infer<typeof RunRow> & { readonly id: string };

const StageRow = z.object({
  stage_id: z.string(),
  node_id: z.string(),
  name: z.string(),
  status: StageState,
  handler_type: z.string(),
  attempt: z.number(),
  started_at: text,
  duration_ms: number,
  parallel_branch_id: text,
  turns: number,
  tool_calls: number,
  usage: text,
  failure: text,
});

const QuestionRow = z.object({
  question_id: z.string(),
  status: z.string(),
  text: z.string(),
  stage: z.string(),
  question_type: QuestionType,
  options: z.string(),
  allow_freeform: z.number(),
  context_display: text,
  due_at: number,
});

const Labels = z.record(z.string(), z.string());
const Failure = z.looseObject({ message: z.string(), failure_class: z.string() });

/** Longest title of a run, in characters. */
const TITLE_LENGTH = 100;

/** A row of `runs`. Throws a ZodError for a row that this release did not write. */
export function runRow(row: Row): RunRow {
  return { ...RunRow.parse(row.cells), id: row.stream };
}

/** True when the run has every one of these labels. */
export function hasLabels(row: RunRow, labels: Readonly<Record<string, string>>): boolean {
  const own = new Map(Object.entries(Labels.parse(JSON.parse(row.labels))));
  return Object.entries(labels).every(([name, value]) => own.get(name) === value);
}

/** Leaves out what is null. */
function present<K extends string, V>(
  key: K,
  value: V | null | undefined,
): { readonly [P in K]?: V } {
  return value === null || value === undefined
    ? {}
    : ({ [key]: value } as { readonly [P in K]?: V });
}

/** A cancel stands before whatever else was asked for. */
function pendingControl(row: RunRow): PendingControl | null {
  return row.cancelling === 1 ? 'cancel' : row.pending;
}

/** The status of a run (seed 002). @param position place in the queue from 1, for a queued run. */
export function statusOf(row: RunRow, position: number | undefined): RunStatusResponse {
  return {
    id: row.id,
    status: row.status,
    created_at: row.created_at,
    ...(row.status === 'failed' || row.status === 'cancelled'
      ? { error: { message: row.error ?? 'the run failed' } }
      : {}),
    ...(row.status === 'queued' ? present('queue_position', position) : {}),
    ...present('status_reason', row.reason),
    ...present('pending_control', pendingControl(row)),
    ...present('archived_at', row.archived_at),
  };
}

/**
 * What a list shows of a run.
 * @param position place in the queue from 1, for a queued run.
 * @param active rows of the stages under way, newest first.
 */
export function summaryOf(
  row: RunRow,
  position: number | undefined,
  active: readonly Row[],
): RunSummary {
  const usage = row.usage === null ? undefined : Usage.parse(JSON.parse(row.usage));
  const goal = row.goal ?? '';
  return {
    ...statusOf(row, position),
    run_id: row.id,
    labels: Labels.parse(JSON.parse(row.labels)),
    ...present('workflow_name', row.workflow_name),
    ...present('workflow_slug', row.workflow_slug),
    ...present('goal', row.goal),
    ...(goal === ''
      ? {}
      : { title: goal.length > TITLE_LENGTH ? `${goal.slice(0, TITLE_LENGTH)}...` : goal }),
    ...present('host_repo_path', row.source_directory),
    ...present('start_time', row.started_at),
    ...present('duration_ms', row.duration_ms),
    ...present('total_usd_micros', usage?.total_usd_micros),
    ...(row.blocked === 1 ? { blocked: true } : {}),
    ...present('run_branch', row.run_branch),
    ...present('base_sha', row.base_sha),
    ...present('working_directory', row.working_directory),
    ...present('final_git_commit_sha', row.final_sha),
    ...present('usage', usage),
    ...(row.fork_source === null || row.fork_sha === null
      ? {}
      : { fork_source_ref: { source_run_id: row.fork_source, checkpoint_sha: row.fork_sha } }),
    ...present('superseded_by', row.superseded_by),
    ...(active.length === 0 ? {} : { active_stages: active.toReversed().map(activeStage) }),
  };
}

function activeStage(row: Row): NonNullable<RunSummary['active_stages']>[number] {
  const { stage_id: id, name, handler_type } = StageRow.parse(row.cells);
  return { id, name, handler_type };
}

/** A row of `stages`. @param ended the run has ended: what is still open was cut short. */
export function stageOf(row: Row, ended: boolean): RunStage {
  const cells = StageRow.parse(row.cells);
  const id = parseStageId(cells.stage_id);
  if (id === undefined) throw new FabroError('internal', `stage "${cells.stage_id}" has no visit`);
  const open = cells.status === 'running' || cells.status === 'retrying';
  const failure =
    cells.failure === null || cells.status === 'succeeded'
      ? undefined
      : Failure.parse(JSON.parse(cells.failure));
  return {
    id: cells.stage_id,
    name: cells.name,
    status: ended && open ? 'cancelled' : cells.status,
    node_id: cells.node_id,
    visit: id.visit,
    handler_type: cells.handler_type,
    attempt: cells.attempt,
    ...present('started_at', cells.started_at),
    ...present('duration_secs', cells.duration_ms === null ? null : cells.duration_ms / 1000),
    ...present('parallel_branch_id', cells.parallel_branch_id),
    ...present('turns', cells.turns),
    ...present('tool_calls', cells.tool_calls),
    ...present('usage', cells.usage === null ? null : Usage.parse(JSON.parse(cells.usage))),
    ...(failure === undefined
      ? {}
      : { failure: { message: failure.message, failure_class: failure.failure_class } }),
  };
}

export function questionOf(row: Row, nowMs: number): ApiQuestion {
  const cells = QuestionRow.parse(row.cells);
  return {
    id: cells.question_id,
    text: cells.text,
    question_type: cells.question_type,
    options: z.array(QuestionOption).parse(JSON.parse(cells.options)),
    allow_freeform: cells.allow_freeform === 1,
    stage: cells.stage,
    ...present(
      'timeout_seconds',
      cells.due_at === null ? null : Math.max(0, Math.round((cells.due_at - nowMs) / 1000)),
    ),
    ...present('context_display', cells.context_display),
  };
}

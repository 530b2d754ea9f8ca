/** Bodies of the HTTP API under `/api/v1` (api reference; seeds 001 and 002). */
import { z } from 'zod';
import { QuestionOption } from './event-properties.js';
import { ForkSourceRef } from './history.js';
import { Usage } from './outcome.js';
import { PendingControl, QuestionType, RunStatus, StageState, StatusReason } from './statuses.js';

export const ErrorEntry = z.looseObject({
  status: z.string(),
  title: z.string(),
  detail: z.string(),
});
/** The body of every failure (seed 001). */
export const ErrorBody = z.looseObject({ errors: z.array(ErrorEntry).min(1) });
export type ErrorBody = z.infer<typeof ErrorBody>;

export const PageMeta = z.object({ has_more: z.boolean() });

/** Status of a run (seed 002); optional fields are absent when they do not apply. */
export const RunStatusResponse = z.object({
  id: z.string(),
  status: RunStatus,
  created_at: z.string(),
  error: z.object({ message: z.string() }).optional(),
  /** From 1; only while the status is queued. */
  queue_position: z.number().int().positive().optional(),
  status_reason: StatusReason.optional(),
  pending_control: PendingControl.optional(),
  /** Present while the run is archived. */
  archived_at: z.string().optional(),
});
export type RunStatusResponse = z.infer<typeof RunStatusResponse>;

/** A run in lists and by itself: its status and what is known about it. */
export const RunSummary = RunStatusResponse.extend({
  run_id: z.string(),
  workflow_name: z.string().optional(),
  workflow_slug: z.string().optional(),
  goal: z.string().optional(),
  title: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  host_repo_path: z.string().optional(),
  start_time: z.string().optional(),
  duration_ms: z.number().optional(),
  total_usd_micros: z.number().optional(),
  blocked: z.boolean().optional(),
  run_branch: z.string().optional(),
  working_directory: z.string().optional(),
  final_git_commit_sha: z.string().optional(),
  usage: Usage.optional(),
  fork_source_ref: ForkSourceRef.optional(),
  /** The run that goes on in place of this one, which was rewound. */
  superseded_by: z.string().optional(),
  /** Stages under way in a run that has not ended, oldest first; of very many only the latest. */
  active_stages: z
    .array(z.object({ id: z.string(), name: z.string(), handler_type: z.string() }))
    .optional(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const RunPage = z.object({ data: z.array(RunSummary), meta: PageMeta });
export type RunPage = z.infer<typeof RunPage>;

/** One visit of a node. */
export const RunStage = z.object({
  id: z.string(),
  name: z.string(),
  status: StageState,
  node_id: z.string(),
  visit: z.number().int().positive(),
  handler_type: z.string(),
  attempt: z.number().int().positive(),
  started_at: z.string().optional(),
  duration_secs: z.number().optional(),
  parallel_branch_id: z.string().optional(),
  turns: z.number().int().optional(),
  tool_calls: z.number().int().optional(),
  usage: Usage.optional(),
  failure: z.object({ message: z.string(), failure_class: z.string() }).optional(),
});
export type RunStage = z.infer<typeof RunStage>;
export const StagePage = z.object({ data: z.array(RunStage), meta: PageMeta });

/** A question that waits for an answer. */
export const ApiQuestion = z.object({
  id: z.string(),
  text: z.string(),
  question_type: QuestionType,
  options: z.array(QuestionOption),
  allow_freeform: z.boolean(),
  stage: z.string(),
  timeout_seconds: z.number().optional(),
  context_display: z.string().optional(),
});
export type ApiQuestion = z.infer<typeof ApiQuestion>;
export const QuestionPage = z.object({ data: z.array(ApiQuestion), meta: PageMeta });

/**
 * An answer. Taken in the order key, keys, value. yes_no and confirmation take the keys `yes` and `no`
 * (or value "yes", "no", "true", "false").
 */
export const AnswerBody = z.object({
  value: z.string().nullish(),
  selected_option_key: z.string().nullish(),
  selected_option_keys: z.array(z.string()).nullish(),
});
export type AnswerBody = z.infer<typeof AnswerBody>;

export const StartBody = z.object({ resume: z.boolean().nullish() });
export const EventPage = z.object({
  data: z.array(z.looseObject({ seq: z.number().int(), event: z.string() })),
  meta: PageMeta,
});

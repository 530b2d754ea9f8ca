/** The closed sets of the product's vocabulary, each as a schema and the type inferred from it. */
import { z } from 'zod';

/** Status of a run in every answer and event page (seed 002). */
export const RunStatus = z.enum([
  'submitted',
  'queued',
  'starting',
  'running',
  'completed',
  'failed',
  'cancelled',
  'paused',
]);
export type RunStatus = z.infer<typeof RunStatus>;

/** Statuses after which a run never changes again by itself. */
export const TERMINAL_STATUSES = [
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly RunStatus[];

/** True when the run has ended. */
export function isTerminal(status: RunStatus): boolean {
  return (TERMINAL_STATUSES as readonly RunStatus[]).includes(status);
}

/** Why a run has its status (seed 002). */
export const StatusReason = z.enum([
  'completed',
  'partial_success',
  'workflow_error',
  'cancelled',
  'terminated',
  'transient_infra',
  'budget_exhausted',
  'launch_failed',
  'bootstrap_failed',
  'sandbox_init_failed',
  'sandbox_initializing',
]);
export type StatusReason = z.infer<typeof StatusReason>;

/** A control request that the run has not acted on yet. */
export const PendingControl = z.enum(['cancel', 'pause', 'unpause']);
export type PendingControl = z.infer<typeof PendingControl>;

/** How a stage ended. There is no alias: `outcome=success` never matches. */
export const StageStatus = z.enum(['succeeded', 'partially_succeeded', 'failed', 'skipped']);
export type StageStatus = z.infer<typeof StageStatus>;

/** What a stage is doing, as lists show it. */
export const StageState = z.enum([
  'pending',
  'running',
  'retrying',
  'succeeded',
  'partially_succeeded',
  'failed',
  'skipped',
  'cancelled',
]);
export type StageState = z.infer<typeof StageState>;

/** Why a stage failed; decides whether it is tried again (engine reference §4.5). */
export const FailureClass = z.enum([
  'transient_infra',
  'deterministic',
  'structural',
  'budget_exhausted',
  'canceled',
  'compilation_loop',
]);
export type FailureClass = z.infer<typeof FailureClass>;

/** The five kinds of question. */
export const QuestionType = z.enum([
  'yes_no',
  'multiple_choice',
  'multi_select',
  'freeform',
  'confirmation',
]);
export type QuestionType = z.infer<typeof QuestionType>;

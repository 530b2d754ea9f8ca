/** What a run came to, in hindsight (engine reference §11): figures always, a narrative when somebody wrote one. */
import { z } from 'zod';
import { StageStatus } from './statuses.js';

const count = z.number().int().nonnegative();
const ms = z.number().nonnegative();

/** How a run went, by the one who looked back at it. */
export const Smoothness = z.enum(['effortless', 'smooth', 'bumpy', 'struggled', 'failed']);
export type Smoothness = z.infer<typeof Smoothness>;

/** One stage in a retro; durations are those of its attempts, without the waits in between. */
export const StageRetro = z.object({
  /** `node@visit`. */
  stage_id: z.string(),
  stage_label: z.string(),
  status: StageStatus,
  duration_ms: ms,
  retries: count,
  billing_usd_micros: count.optional(),
  notes: z.string().optional(),
  failure_reason: z.string().optional(),
  files_touched: z.array(z.string()).optional(),
});
export type StageRetro = z.infer<typeof StageRetro>;

export const Retro = z.object({
  run_id: z.string(),
  workflow_name: z.string(),
  goal: z.string(),
  /** RFC 3339. */
  timestamp: z.string(),
  smoothness: Smoothness.optional(),
  stages: z.array(StageRetro),
  stats: z.object({
    total_duration_ms: ms,
    total_billing_usd_micros: count.optional(),
    total_retries: count,
    files_touched: z.array(z.string()).optional(),
    stages_completed: count,
    stages_failed: count,
    /** Stages that the figures count and the list leaves out, because a retro has a largest size. */
    stages_omitted: count.optional(),
  }),
  intent: z.string().optional(),
  outcome: z.string().optional(),
  learnings: z
    .array(z.object({ category: z.enum(['repo', 'code', 'workflow', 'tool']), text: z.string() }))
    .optional(),
  friction_points: z
    .array(
      z.object({
        kind: z.enum(['retry', 'timeout', 'wrong_approach', 'tool_failure', 'ambiguity']),
        description: z.string(),
        stage_id: z.string().optional(),
      }),
    )
    .optional(),
  open_items: z
    .array(
      z.object({
        kind: z.enum(['tech_debt', 'follow_up', 'investigation', 'test_gap']),
        description: z.string(),
      }),
    )
    .optional(),
});
export type Retro = z.infer<typeof Retro>;

/** A retro in the list of all (`GET /retros`). */
export const RetroListItem = z.object({
  run: z.object({ id: z.string(), title: z.string() }),
  workflow: z.object({ slug: z.string() }),
  timestamp: z.string(),
  smoothness: Smoothness.optional(),
  stats: Retro.shape.stats,
  friction_point_count: count,
});
export type RetroListItem = z.infer<typeof RetroListItem>;

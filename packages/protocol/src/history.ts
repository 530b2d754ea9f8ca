/** What the API says of a run's checkpoints, and of the runs that are made from them. */
import { z } from 'zod';

/** Where a fork was taken from. */
export const ForkSourceRef = z.object({ source_run_id: z.string(), checkpoint_sha: z.string() });
export type ForkSourceRef = z.infer<typeof ForkSourceRef>;

/** Properties of `run.superseded_by`. */
export const SupersededBy = z.looseObject({
  new_run_id: z.string(),
  target_checkpoint_ordinal: z.number().int().positive(),
  target_node_id: z.string(),
  target_visit: z.number().int().positive(),
});

/** A checkpoint of a run's root path (engine reference §6). */
export const TimelineEntry = z.object({
  /** From 1, in the order in which the checkpoints were made. */
  ordinal: z.number().int().positive(),
  node_name: z.string(),
  visit: z.number().int().positive(),
  /** The event that is the checkpoint. */
  checkpoint_seq: z.number().int().positive(),
  /** Absent without git. */
  run_commit_sha: z.string().optional(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;
/** All checkpoints of a run, oldest first. */
export const Timeline = z.array(TimelineEntry);

/** `@N` (ordinal), `node@visit`, or `node` (its latest visit); absent or null: the latest checkpoint. */
export const ForkBody = z.object({ target: z.string().min(1).nullish() });

export const ForkResult = z.object({
  source_run_id: z.string(),
  new_run_id: z.string(),
  /** The checkpoint as `node@visit`. */
  target: z.string(),
});
export type ForkResult = z.infer<typeof ForkResult>;

export const RewindResult = ForkResult.extend({
  archived: z.boolean(),
  /** Why the source run is not archived although the new run is there. */
  archive_error: z.string().optional(),
});
export type RewindResult = z.infer<typeof RewindResult>;

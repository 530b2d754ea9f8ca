/** A file that a stage made and the run keeps (engine reference §5.3). */
import { z } from 'zod';

/** Properties of `artifact.captured`. */
export const ArtifactCaptured = z.looseObject({
  attempt: z.number().int().positive(),
  /** `<node>`, or `<node>-visit_<N>` from the second visit on. */
  node_slug: z.string(),
  /** Relative to the directory in which the stage worked. */
  path: z.string(),
  mime: z.string(),
  content_md5: z.string(),
  content_sha256: z.string(),
  bytes: z.number().int().nonnegative(),
  /** Hash of the blob that holds the file. */
  blob: z.string(),
});
export type ArtifactCaptured = z.infer<typeof ArtifactCaptured>;

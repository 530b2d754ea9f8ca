/** Bodies of the HTTP API about what a run left behind, and about what it would need (api reference). */
import { z } from 'zod';
import { PageMeta } from './wire.js';
import { RetroListItem } from './retro.js';

const count = z.number().int().nonnegative();

/** The patch of a run or of one of its stages. */
export const RunDiff = z.object({
  run_id: z.string(),
  /** The stage whose patch it is; absent for that of the whole run. */
  stage_id: z.string().optional(),
  from_sha: z.string(),
  to_sha: z.string(),
  patch: z.string(),
  /** The patch was longer and ends at the last whole line within the limit. */
  truncated: z.boolean(),
});
export type RunDiff = z.infer<typeof RunDiff>;

export const RetroPage = z.object({ data: z.array(RetroListItem), meta: PageMeta });

/** A file that a stage left behind; `retry` is the attempt that wrote it, from 1. */
export const RunArtifactEntry = z.object({
  stage_id: z.string(),
  node_slug: z.string(),
  retry: count,
  relative_path: z.string(),
  size: count,
  mime: z.string().optional(),
  content_sha256: z.string().optional(),
});
export type RunArtifactEntry = z.infer<typeof RunArtifactEntry>;
export const RunArtifactList = z.object({ data: z.array(RunArtifactEntry) });

export const ArtifactEntry = z.object({ filename: z.string(), retry: count, size: count });
export const ArtifactList = z.object({ data: z.array(ArtifactEntry) });

export const PreflightCheck = z.object({
  name: z.string(),
  status: z.enum(['pass', 'warning', 'error']),
  summary: z.string(),
  details: z.array(z.object({ text: z.string(), warn: z.boolean() })),
  remediation: z.string().nullish(),
});
export type PreflightCheck = z.infer<typeof PreflightCheck>;

const PreflightDiagnostic = z.looseObject({
  rule: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  node_id: z.string().nullish(),
  edge: z.tuple([z.string(), z.string()]).nullish(),
  fix: z.string().nullish(),
});

/** What a run of a manifest would need, and whether it is there. */
export const PreflightReport = z.object({
  ok: z.boolean(),
  workflow: z.object({
    name: z.string(),
    nodes: count,
    edges: count,
    goal: z.string(),
    graph_path: z.string().nullish(),
    diagnostics: z.array(PreflightDiagnostic),
  }),
  checks: z.object({
    title: z.string(),
    sections: z.array(z.object({ title: z.string(), checks: z.array(PreflightCheck) })),
  }),
});
export type PreflightReport = z.infer<typeof PreflightReport>;

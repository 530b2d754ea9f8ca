/** The wire schemas with the names they have in the OpenAPI document. */
import { z } from '@hono/zod-openapi';
import * as wire from '@fabro/protocol';

export const ErrorResponse = wire.ErrorBody.meta({ id: 'ErrorResponse' });
export const RunManifest = wire.RunManifest.meta({ id: 'RunManifest' });
export const RunStatusResponse = wire.RunStatusResponse.meta({ id: 'RunStatusResponse' });
export const RunSummary = wire.RunSummary.meta({ id: 'RunSummary' });
export const RunPage = wire.RunPage.meta({ id: 'PaginatedRunList' });
export const StagePage = wire.StagePage.meta({ id: 'PaginatedRunStageList' });
export const QuestionPage = wire.QuestionPage.meta({ id: 'PaginatedQuestionList' });
export const EventPage = wire.EventPage.meta({ id: 'PaginatedEventList' });
export const AnswerBody = wire.AnswerBody.meta({ id: 'SubmitAnswerRequest' });
export const Retro = wire.Retro.meta({ id: 'Retro' });
export const RetroPage = wire.RetroPage.meta({ id: 'PaginatedRetroList' });
export const Smoothness = wire.Smoothness.meta({ id: 'SmoothnessRating' });
export const RunDiff = wire.RunDiff.meta({ id: 'RunDiff' });
export const RunArtifactList = wire.RunArtifactList.meta({ id: 'RunArtifactListResponse' });
export const ArtifactList = wire.ArtifactList.meta({ id: 'ArtifactListResponse' });
export const PreflightReport = wire.PreflightReport.meta({ id: 'PreflightResponse' });
export const StartBody = wire.StartBody.meta({ id: 'StartRunRequest' });

export const Timeline = z.array(wire.TimelineEntry.meta({ id: 'TimelineEntryResponse' }));
export const ForkBody = wire.ForkBody.meta({ id: 'ForkRequest' });
export const ForkResult = wire.ForkResult.meta({ id: 'ForkResponse' });
export const RewindResult = wire.RewindResult.meta({ id: 'RewindResponse' });

/** The projection of a run: its fields are those of the run's life and grow with it. */
export const RunProjection = z.looseObject({}).meta({ id: 'RunProjection' });

export const Discovery = z
  .object({
    urls: z.object({
      openapi_url: z.string(),
      current_user_url: z.string(),
      health_url: z.string(),
    }),
  })
  .meta({ id: 'RootResponse' });

export const Health = z
  .object({ status: z.literal('ok'), version: z.string() })
  .meta({ id: 'HealthResponse' });

export const User = z.object({ login: z.string() }).meta({ id: 'User' });

export const SystemInfo = z
  .object({
    version: z.string(),
    server_url: z.string(),
    pid: z.number().int(),
    os: z.string(),
    arch: z.string(),
    storage_engine: z.string(),
    storage_dir: z.string(),
    uptime_secs: z.number().int().nonnegative(),
    runs: z.object({ total: z.number().int(), active: z.number().int() }),
    sandbox_provider: z.string(),
  })
  .meta({ id: 'SystemInfoResponse' });

const bytes = z.number().int().nonnegative();

export const DiskUsage = z
  .object({
    summary: z.array(
      z.object({
        type: z.enum(['runs', 'logs']),
        count: z.number().int(),
        active: z.number().int().optional(),
        size_bytes: bytes,
        reclaimable_bytes: bytes.optional(),
      }),
    ),
    total_size_bytes: bytes,
    total_reclaimable_bytes: bytes,
    runs: z
      .array(
        z.object({
          run_id: z.string(),
          workflow_name: z.string(),
          status: z.string(),
          start_time: z.string(),
          size_bytes: bytes,
          reclaimable: z.boolean(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'DiskUsageResponse' });

export const PruneBody = z
  .object({
    dry_run: z.boolean().nullish().meta({ description: 'Default true: nothing is deleted.' }),
    before: z.iso.datetime({ offset: true }).nullish(),
    workflow: z.string().nullish(),
    labels: z.record(z.string(), z.string()).nullish(),
    orphans: z.boolean().nullish(),
    older_than: z
      .string()
      .regex(/^\d{1,6}[hd]$/, 'expected hours or days such as "24h" or "7d"')
      .nullish(),
  })
  .meta({ id: 'PruneRunsRequest' });

export const PruneResult = z
  .object({
    dry_run: z.boolean(),
    runs: z
      .array(z.object({ run_id: z.string(), status: z.string(), size_bytes: bytes }))
      .optional(),
    total_count: z.number().int(),
    total_size_bytes: bytes,
    deleted_count: z.number().int(),
    freed_bytes: bytes,
  })
  .meta({ id: 'PruneRunsResponse' });

export const RunParams = z.object({ id: z.string().meta({ description: 'Run id (ULID).' }) });

export const PageQuery = z.object({
  'page[limit]': z
    .string()
    .optional()
    .meta({ type: 'integer', default: 20, description: 'Clamped to 1..100.' }),
  'page[offset]': z.string().optional().meta({ type: 'integer', default: 0 }),
});

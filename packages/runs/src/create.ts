/** Creating a run: check, plan, append; the same manifest again finds the run that it made. */
import { FabroError, parseRunId, runStream, type RunId, type RunManifest } from '@fabro/protocol';
import { blobOf } from '@fabro/journal';
import { appendOutside, type OutsidePorts } from './append.js';
import { checkManifest } from './manifest/check.js';
import { planRun, type PlanDefaults } from './manifest/plan.js';
import type { Caller } from './service.js';

export interface CreatePorts extends OutsidePorts {
  readonly defaults: PlanDefaults;
}

/** Rejects with `invalid_manifest`, `invalid_workflow`, `invalid_settings`, or `conflict` for a used run id. */
export async function createRun(
  manifest: RunManifest,
  caller: Caller,
  ports: CreatePorts,
): Promise<{ readonly created: boolean; readonly runId: RunId }> {
  const checked = checkManifest(manifest);
  const runId = checked.runId ?? freshRunId(ports);
  const blob = blobOf(Buffer.from(canonical(manifest)));
  if (checked.runId !== undefined && ports.journal.lastSeq(runStream(runId)) > 0)
    return existing(runId, blob.hash, ports);
  const plan = planRun(checked, ports.defaults);
  const result = await appendOutside(ports, {
    run: runId,
    actor: caller.actor,
    preconditions: [{ kind: 'stream_empty' }],
    blobs: [blob],
    drafts: [
      {
        event: 'run.created',
        properties: {
          manifest_blob: blob.hash,
          workflow_name: plan.name,
          ...(plan.slug === undefined ? {} : { workflow_slug: plan.slug }),
          ...(plan.goal === undefined ? {} : { goal: plan.goal }),
          labels: plan.labels,
          in_place: plan.inPlace,
          source_directory: manifest.cwd,
          local: caller.transport === 'unix',
        },
      },
      { event: 'run.submitted', properties: {} },
    ],
  });
  return result.ok ? { created: true, runId } : existing(runId, blob.hash, ports);
}

function existing(
  runId: RunId,
  hash: string,
  ports: CreatePorts,
): { readonly created: false; readonly runId: RunId } {
  const [row] = ports.journal.select({
    table: 'runs',
    where: [{ column: 'stream', in: [runId] }],
    limit: 1,
  });
  if (row?.cells['manifest_blob'] === hash) return { created: false, runId };
  throw new FabroError(
    'conflict',
    `run_id ${runId} is taken by a run with another manifest; leave run_id out or choose another`,
  );
}

/** An id that no run has. */
export function freshRunId(ports: Pick<OutsidePorts, 'ids'>): RunId {
  const id = parseRunId(ports.ids.ulid());
  if (id === undefined) throw new Error('the id source gave no ULID');
  return id;
}

/** The manifest with sorted keys and without its run id, so that equal manifests have equal bytes. */
function canonical(manifest: RunManifest): string {
  const { run_id: _runId, ...rest } = manifest;
  return JSON.stringify(sorted(rest));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== null && v !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  );
}

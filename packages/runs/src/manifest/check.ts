/** A manifest made canonical: paths normalised, inconsistencies refused (API reference §5; decision 7). */
import { FabroError, parseRunId, type RunId, type RunManifest } from '@fabro/protocol';
import { normaliseManifestPath, type WorkflowText } from '@fabro/workflow';

export interface CheckedManifest {
  readonly manifest: RunManifest;
  readonly runId: RunId | undefined;
  /** Normalised path of the workflow to run. */
  readonly path: string;
  readonly source: string;
  readonly files: ReadonlyMap<string, string>;
  /** The other workflows, which child workflows are found among, by normalised path. */
  readonly workflows: ReadonlyMap<string, WorkflowText>;
  readonly config: { readonly path: string; readonly source: string } | undefined;
}

/** Throws FabroError `invalid_manifest` naming the path and the value. */
export function checkManifest(manifest: RunManifest): CheckedManifest {
  if (manifest.version !== 1)
    throw refused(`unsupported manifest version ${manifest.version}; this server takes version 1`);
  const runId = manifest.run_id == null ? undefined : parseRunId(manifest.run_id);
  if (manifest.run_id != null && runId === undefined)
    throw refused(`invalid run ID "${manifest.run_id}": expected a ULID of 26 characters`);
  const path = normalised(manifest.target.path, 'target path');
  const workflows = new Map<string, RunManifest['workflows'][string]>();
  for (const [key, workflow] of Object.entries(manifest.workflows)) {
    const canonical = normalised(key, 'workflow key');
    if (workflows.has(canonical)) throw refused(`duplicate canonical workflow key "${canonical}"`);
    workflows.set(canonical, workflow);
  }
  const target = workflows.get(path);
  if (target === undefined) {
    const known = [...workflows.keys()];
    throw refused(
      `manifest target path is missing from workflows map: "${path}" (${known.length === 0 ? 'the map is empty' : `it has ${known.join(', ')}`})`,
    );
  }
  const others = new Map<string, WorkflowText>();
  for (const [key, workflow] of workflows)
    if (key !== path) others.set(key, { source: workflow.source, files: filesOf(workflow) });
  return {
    manifest,
    runId,
    path,
    source: target.source,
    files: filesOf(target),
    workflows: others,
    config: target.config ?? undefined,
  };
}

function filesOf(workflow: RunManifest['workflows'][string]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [key, file] of Object.entries(workflow.files ?? {})) {
    const canonical = normalised(key, 'file key');
    if (files.has(canonical)) throw refused(`duplicate canonical file key "${canonical}"`);
    files.set(canonical, file.content);
  }
  return files;
}

function normalised(path: string, what: string): string {
  try {
    return normaliseManifestPath(path);
  } catch (error) {
    throw refused(`invalid manifest ${what}: ${path}`, error);
  }
}

function refused(message: string, cause?: unknown): FabroError {
  return new FabroError('invalid_manifest', message, cause === undefined ? {} : { cause });
}

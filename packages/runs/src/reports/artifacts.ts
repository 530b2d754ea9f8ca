/** Artifacts: files that stages left behind, as rows over their events; the bytes are blobs. */
import { MAX_SELECT_ROWS, type Journal, type Projection, type Row } from '@fabro/journal';
import {
  EVENT_PROPERTIES,
  FabroError,
  parseBlobHash,
  type RunArtifactEntry,
  type RunId,
} from '@fabro/protocol';
import { z } from 'zod';
import { MAX_LISTED_ARTIFACTS } from '../limits.js';

export const ARTIFACT_PROJECTION: Projection = {
  name: 'artifacts',
  version: 1,
  tables: [
    {
      name: 'artifacts',
      key: { stage_id: 'text', attempt: 'integer', path: 'text' },
      columns: {
        node_slug: 'text',
        mime: 'text',
        sha256: 'text',
        bytes: 'integer',
        blob: 'text',
        captured_at: 'text',
      },
    },
  ],
  apply({ type, body }) {
    if (type !== 'artifact.captured') return [];
    const p = EVENT_PROPERTIES['artifact.captured'].parse(body['properties']);
    const { stage_id: stage, ts } = Scope.parse(body);
    return [
      {
        op: 'upsert',
        table: 'artifacts',
        key: { stage_id: stage, attempt: p.attempt, path: p.path },
        set: {
          node_slug: p.node_slug,
          mime: p.mime,
          sha256: p.content_sha256,
          bytes: p.bytes,
          blob: p.blob,
          captured_at: ts,
        },
      },
    ];
  },
};

const Scope = z.looseObject({ stage_id: z.string(), ts: z.string() });
const Cells = z.object({
  stage_id: z.string(),
  attempt: z.number(),
  path: z.string(),
  node_slug: z.string(),
  mime: z.string(),
  sha256: z.string(),
  bytes: z.number(),
  blob: z.string(),
});

/** Artifacts in the order of their capture; of one stage when it is named. */
export function listArtifacts(
  journal: Journal,
  run: RunId,
  stage?: string,
): readonly RunArtifactEntry[] {
  return rowsOf(journal, run, stage === undefined ? [] : [{ column: 'stage_id', in: [stage] }]).map(
    (row) => {
      const cells = Cells.parse(row.cells);
      return {
        stage_id: cells.stage_id,
        node_slug: cells.node_slug,
        retry: cells.attempt,
        relative_path: cells.path,
        size: cells.bytes,
        mime: cells.mime,
        content_sha256: cells.sha256,
      };
    },
  );
}

/** The bytes of one artifact; of its latest attempt unless one is named. Throws `not_found`. */
export function readArtifact(
  journal: Journal,
  run: RunId,
  wish: { readonly stage: string; readonly path: string; readonly retry?: number },
): Uint8Array {
  const found = rowsOf(journal, run, [
    { column: 'stage_id', in: [wish.stage] },
    { column: 'path', in: [wish.path] },
    ...(wish.retry === undefined ? [] : [{ column: 'attempt', in: [wish.retry] }]),
  ])
    .map((row) => Cells.parse(row.cells))
    .toSorted((a, b) => a.attempt - b.attempt)
    .at(-1);
  const hash = found === undefined ? undefined : parseBlobHash(found.blob);
  const bytes = hash === undefined ? undefined : journal.blob(hash);
  if (bytes === undefined)
    throw new FabroError(
      'not_found',
      `Artifact not found: ${wish.path} of stage ${wish.stage}${wish.retry === undefined ? '' : `, attempt ${wish.retry}`}.`,
    );
  return bytes;
}

function rowsOf(
  journal: Journal,
  run: RunId,
  where: readonly { readonly column: string; readonly in: readonly (string | number)[] }[],
): readonly Row[] {
  const rows: Row[] = [];
  while (rows.length < MAX_LISTED_ARTIFACTS) {
    const page = journal.select({
      table: 'artifacts',
      where: [{ column: 'stream', in: [run] }, ...where],
      orderBy: [{ column: 'captured_at' }, { column: 'stage_id' }, { column: 'path' }],
      limit: MAX_SELECT_ROWS,
      offset: rows.length,
    });
    rows.push(...page);
    if (page.length < MAX_SELECT_ROWS) break;
  }
  return rows;
}

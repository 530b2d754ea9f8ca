/**
 * Keeps the files that an attempt made, where the settings name some (engine reference §5.3). Nothing that
 * goes wrong here changes the outcome of the stage: it becomes a notice.
 */
import { createHash } from 'node:crypto';
import {
  callKey,
  messageOf,
  type CallKey,
  type DurableCalls,
  type EventDraft,
  type EventScope,
} from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';
import { chooseArtifacts, type Choice } from './artifacts/choose.js';
import { findArtifacts, type FoundFile } from './artifacts/find.js';
import { mimeOf } from './artifacts/mime.js';
import { MAX_ARTIFACT_BYTES, MAX_NAMED_ARTIFACTS } from './limits.js';

export interface CaptureRequest {
  /** At the directory in which the attempt worked. */
  readonly sandbox: Sandbox;
  readonly calls: Pick<DurableCalls, 'blob' | 'signal'>;
  /** Of the attempt. */
  readonly key: CallKey;
  /** Envelope fields of the stage's events. */
  readonly scope: EventScope;
  readonly node: string;
  readonly visit: number;
  readonly attempt: number;
  /** `run.artifacts.include`; nothing is looked for when it is empty. */
  readonly include: readonly string[];
  /** Milliseconds since 1970 at which the attempt began; older files are not its own. */
  readonly sinceMs: number;
}

/**
 * Resolves to an `artifact.captured` per file, whose bytes are blobs already, and to a `run.notice` for what
 * could not be kept. Record them with the attempt's outcome. Rejects with the signal's reason, or when blobs
 * cannot be stored.
 */
export async function captureArtifacts(request: CaptureRequest): Promise<readonly EventDraft[]> {
  const { sandbox, calls, include, sinceMs } = request;
  if (include.length === 0) return [];
  let choice: Choice;
  try {
    const key = callKey(request.key, 'artifacts');
    const found = await findArtifacts(sandbox, { key, include }, calls.signal);
    choice = chooseArtifacts(found, sinceMs);
  } catch (error) {
    calls.signal.throwIfAborted();
    return [failure(request, messageOf(error))];
  }
  const events: EventDraft[] = [];
  for (const file of choice.chosen) events.push(await capture(request, file));
  return [...events, ...leftOut(request, choice)];
}

async function capture(request: CaptureRequest, file: FoundFile): Promise<EventDraft> {
  const { sandbox, calls, scope, node, visit, attempt } = request;
  let bytes: Uint8Array;
  try {
    bytes = await sandbox.readFile(file.path, { maxBytes: MAX_ARTIFACT_BYTES });
    calls.signal.throwIfAborted();
  } catch (error) {
    calls.signal.throwIfAborted();
    return failure(request, messageOf(error));
  }
  return {
    ...scope,
    event: 'artifact.captured',
    properties: {
      attempt,
      node_slug: visit > 1 ? `${node}-visit_${visit}` : node,
      path: file.path,
      mime: mimeOf(file.path),
      content_md5: createHash('md5').update(bytes).digest('hex'),
      content_sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.byteLength,
      blob: await calls.blob(bytes),
    },
  };
}

function failure(request: CaptureRequest, why: string): EventDraft {
  return notice(
    request,
    'artifact_collection_failed',
    `artifacts of ${request.node}@${request.visit} could not be collected: ${why}`,
  );
}

function leftOut(request: CaptureRequest, choice: Choice): readonly EventDraft[] {
  if (choice.leftOut.length === 0) return [];
  const named = choice.leftOut
    .slice(0, MAX_NAMED_ARTIFACTS)
    .map(({ file, why }) => `${file.path} (${file.bytes} bytes; ${why})`);
  const more = choice.leftOut.length - named.length;
  return [
    notice(
      request,
      'artifacts_left_out',
      `artifacts of ${request.node}@${request.visit}: ${choice.leftOut.length} left out: ${named.join(', ')}${more === 0 ? '' : `, and ${more} more`}. Narrow run.artifacts.include, or write smaller files.`,
    ),
  ];
}

function notice({ scope }: CaptureRequest, code: string, message: string): EventDraft {
  return { ...scope, event: 'run.notice', properties: { level: 'warn', code, message } };
}

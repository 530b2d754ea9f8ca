/** The checkpoints of a run's root path, and which of them a target means (engine reference §6). */
import {
  AnyEvent,
  FabroError,
  ROOT_FRAME,
  parseStageId,
  stageId,
  type RunId,
  type StageId,
  type TimelineEntry,
} from '@fabro/protocol';
import type { Journal, StoredEvent } from '@fabro/journal';
import { conflict } from './append.js';
import { MAX_LISTED_TARGETS } from './limits.js';
import { readStream } from './read-stream.js';

/** Checkpoints of parallel branches and child workflows are not in it: those paths end inside a stage of it. */
export async function readTimeline(journal: Journal, run: RunId): Promise<TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for await (const stored of readStream(journal, run)) {
    if (stored.type !== 'checkpoint.completed') continue;
    const event = parsed(stored);
    const stage = parseStageId(event.stage_id ?? '');
    if (stage === undefined || (event.frame_id ?? ROOT_FRAME) !== ROOT_FRAME) continue;
    const sha = event.properties['git_commit_sha'];
    entries.push({
      ordinal: entries.length + 1,
      node_name: stage.node,
      visit: stage.visit,
      checkpoint_seq: stored.seq,
      ...(typeof sha === 'string' ? { run_commit_sha: sha } : {}),
    });
  }
  return entries;
}

/** `node@visit` of a checkpoint. */
export function targetOf(entry: TimelineEntry): StageId {
  return stageId(entry.node_name, entry.visit);
}

/**
 * The checkpoint that `@ordinal`, `node@visit` or `node` (its latest visit) means; the latest one without a
 * target. Rejects with `conflict` for a run without checkpoints, with `invalid_argument` for an unknown target.
 */
export async function findTarget(
  journal: Journal,
  run: RunId,
  target: string | undefined,
): Promise<TimelineEntry> {
  const entries = await readTimeline(journal, run);
  const latest = entries.at(-1);
  if (latest === undefined)
    throw conflict(`run ${run} has no checkpoint yet; try again when its first stage has ended`);
  if (target === undefined) return latest;
  const found = byName(entries, target) ?? (await byPart(journal, run, entries, target));
  if (found !== undefined) return found;
  throw new FabroError(
    'invalid_argument',
    `run ${run} has no checkpoint "${target.slice(0, 80)}"; it has ${listed(entries)}. A target is @ordinal, node@visit, or node for its latest visit.`,
  );
}

function byName(entries: readonly TimelineEntry[], target: string): TimelineEntry | undefined {
  const ordinal = /^@(\d+)$/.exec(target)?.[1];
  if (ordinal !== undefined) return entries.find((entry) => entry.ordinal === Number(ordinal));
  return entries.findLast((entry) => targetOf(entry) === target || entry.node_name === target);
}

/** A stage inside a parallel branch or a child workflow stands for the root's stage that contains it. */
async function byPart(
  journal: Journal,
  run: RunId,
  entries: readonly TimelineEntry[],
  target: string,
): Promise<TimelineEntry | undefined> {
  const byStage = new Map<string, TimelineEntry>(entries.map((entry) => [targetOf(entry), entry]));
  let found: TimelineEntry | undefined;
  for await (const stored of readStream(journal, run)) {
    if (stored.type !== 'stage.started') continue;
    const { frame_id: frame, stage_id: id = '' } = parsed(stored);
    if (frame === undefined || (id !== target && parseStageId(id)?.node !== target)) continue;
    // Without a checkpoint of its own the containing stage did not end: an earlier visit may have.
    found = byStage.get(containing(frame)) ?? found;
  }
  return found;
}

/** `fork@1` of `root/fork@1:0/inner@1:2`. */
function containing(frame: string): string {
  return /^[^/]*\/([^/]*@\d+)(?::[^/]*)?(?:\/|$)/.exec(frame)?.[1] ?? '';
}

function listed(entries: readonly TimelineEntry[]): string {
  const shown = entries.slice(-MAX_LISTED_TARGETS);
  const names = shown.map((entry) => `@${entry.ordinal} (${targetOf(entry)})`).join(', ');
  return shown.length < entries.length ? `${entries.length}, the latest are ${names}` : names;
}

function parsed(stored: StoredEvent): AnyEvent {
  return AnyEvent.parse(JSON.parse(stored.json));
}

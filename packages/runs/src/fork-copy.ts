/** The history of a fork: which events of the source are its own too, and how they read there. Pure. */
import { createHash } from 'node:crypto';
import {
  type AnyEvent,
  EVENT_PROPERTIES,
  ROOT_FRAME,
  type EventDraft,
  type EventType,
  type RunId,
} from '@fabro/protocol';

/** What is different about the fork. */
export interface ForkPlace {
  readonly run: RunId;
  readonly branch: string;
  /** Where its worktree will be. */
  readonly worktree: string;
  readonly sha: string;
}

/** A copied event keeps its id's derivation and its time; one of the fork's own gets both when it is appended. */
export type Copied =
  | { readonly kind: 'copy'; readonly id: string; readonly event: AnyEvent }
  | { readonly kind: 'own'; readonly draft: EventDraft };

/** Life and control of the source: a fork has its own. */
const NOT_COPIED: ReadonlySet<string> = new Set<EventType>([
  'run.created',
  'run.submitted',
  'run.queued',
  'run.starting',
  'run.running',
  'run.resumed',
  'run.suspended',
  'run.paused',
  'run.unpaused',
  'run.blocked',
  'run.unblocked',
  'run.cancel.requested',
  'run.pause.requested',
  'run.unpause.requested',
  'run.completed',
  'run.failed',
  'run.archived',
  'run.unarchived',
  'run.superseded_by',
  'sandbox.initializing',
  'sandbox.ready',
  'retro.started',
  'retro.completed',
  'retro.failed',
]);

/** What belongs to a checkpoint although it follows it: the loop begins again at its next node. */
export const OF_THE_CHECKPOINT: ReadonlySet<string> = new Set<EventType>([
  'loop.restart',
  'run.started',
  'run.running',
]);

/** Gives for each event of the source, taken in order, what the fork's stream has in its place. */
export function forkCopier(
  place: ForkPlace,
  sourceWorktree: string | undefined,
): (event: AnyEvent) => readonly Copied[] {
  let started = false;
  let ended = false;
  const copy = (event: AnyEvent): readonly Copied[] => [
    { kind: 'copy', id: forkEventId(place.run, event.seq), event },
  ];
  const own = (...drafts: readonly EventDraft[]): readonly Copied[] =>
    drafts.map((draft) => ({ kind: 'own', draft }));
  return (event) => {
    switch (event.event) {
      case 'run.completed':
      case 'run.failed':
        ended = true;
        return [];
      case 'run.submitted':
        if (!ended) return [];
        ended = false;
        // What the source began and left must not look as if it were under way.
        return own({ event: 'run.reopened', properties: {} });
      case 'run.started': {
        const here = { run_branch: place.branch, worktree_dir: place.worktree };
        // A loop that began again repeats the event.
        if (started) return copy({ ...event, properties: { ...event.properties, ...here } });
        started = true;
        const properties = EVENT_PROPERTIES['run.started'].parse(event.properties);
        return own(
          { event: 'git.branch', properties: { branch: place.branch, sha: place.sha } },
          { event: 'run.started', properties: { ...properties, ...here } },
        );
      }
      case 'sandbox.initialized': {
        const { worktree: _of, ...properties } = EVENT_PROPERTIES['sandbox.initialized'].parse(
          event.properties,
        );
        const inside = below(properties.working_directory, sourceWorktree);
        return own({
          event: 'sandbox.initialized',
          properties: { ...properties, working_directory: `${place.worktree}${inside}` },
        });
      }
      case 'git.branch':
      case 'git.worktree.added':
        // The root's are made anew; those of branches are history.
        return (event.frame_id ?? ROOT_FRAME) === ROOT_FRAME ? [] : copy(event);
      default:
        return NOT_COPIED.has(event.event) ? [] : copy(event);
    }
  };
}

/** The folder inside the worktree: empty for its root, else with a slash in front. */
function below(path: string, worktree: string | undefined): string {
  return worktree !== undefined && path.startsWith(`${worktree}/`)
    ? path.slice(worktree.length)
    : '';
}

/** A UUID (version 8: of our own making) of `<fork>-fork-<seq>`, so that a copy's id is derived. */
function forkEventId(fork: RunId, seq: number): string {
  const hex = createHash('sha256').update(`${fork}-fork-${seq}`).digest('hex');
  const variant = (8 + (Number.parseInt(hex.slice(16, 17), 16) % 4)).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

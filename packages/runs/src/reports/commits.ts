/** The commits of a run, stage by stage, as its stream records them. */
import type { StoredEvent } from '@fabro/journal';
import { AnyEvent, ROOT_FRAME, parseRunEvent } from '@fabro/protocol';

/** A stage's commit, and the one that its frame stood on before. */
interface CommitSpan {
  readonly stageId: string;
  readonly node: string;
  /** The frame whose worktree it was made in. */
  readonly tree: string;
  readonly from: string;
  readonly to: string;
}

export interface RunCommits {
  /** The commit that the run began from; absent without git. */
  readonly base: string | undefined;
  /** Where the root frame stands. */
  readonly head: string | undefined;
  readonly worktree: string | undefined;
  /** The manifest came over the Unix socket. */
  readonly local: boolean;
  /** In the order of the commits. */
  readonly spans: readonly CommitSpan[];
}

const READ: ReadonlySet<string> = new Set([
  'run.created',
  'run.started',
  'git.commit',
  'git.reset',
  'parallel.branch.started',
]);

/** Folds a run's events, in order and from the first, into its commits. */
export async function commitsOf(
  events: AsyncIterable<Pick<StoredEvent, 'type' | 'json'>>,
): Promise<RunCommits> {
  const heads = new Map<string, string>();
  const spans: CommitSpan[] = [];
  let base: string | undefined;
  let worktree: string | undefined;
  let local = false;
  for await (const { type, json } of events) {
    if (!READ.has(type)) continue;
    const event = parseRunEvent(AnyEvent.parse(JSON.parse(json)));
    const tree = treeOf(event?.frame_id ?? ROOT_FRAME);
    switch (event?.event) {
      case 'run.created':
        local = event.properties.local ?? false;
        break;
      case 'run.started':
        // A loop that begins again repeats the event.
        if (base !== undefined || event.properties.base_sha === undefined) break;
        base = event.properties.base_sha;
        worktree = event.properties.worktree_dir;
        heads.set(ROOT_FRAME, base);
        break;
      case 'parallel.branch.started':
        if (event.properties.head_sha !== undefined) heads.set(tree, event.properties.head_sha);
        break;
      case 'git.reset':
        heads.set(tree, event.properties.sha);
        break;
      case 'git.commit': {
        const to = event.properties.sha;
        const from = heads.get(tree) ?? base;
        heads.set(tree, to);
        if (from !== undefined && event.stage_id !== undefined)
          spans.push({ stageId: event.stage_id, node: event.node_id ?? '', tree, from, to });
        break;
      }
      default:
    }
  }
  return { base, head: heads.get(ROOT_FRAME), worktree, local, spans };
}

/** A child workflow works in the tree of the frame that runs it. */
function treeOf(frame: string): string {
  return frame.replace(/(?:\/[^/]*@\d+:child)+$/, '');
}

/**
 * Fork: a new run that stands where another one stood at a checkpoint. Its stream is a copy of the source's
 * history up to there, appended in parts; only the last event, `run.submitted`, makes it a run that others
 * see. What a server that dies half-way leaves is removed when the next one starts.
 */
import { join } from 'node:path';
import type { Git } from '@fabro/git';
import { MAX_SELECT_ROWS } from '@fabro/journal';
import {
  AnyEvent,
  EVENT_PROPERTIES,
  FabroError,
  ROOT_FRAME,
  RunManifest,
  callKey,
  messageOf,
  parseBlobHash,
  parseRunId,
  runStream,
  type EventProperties,
  type RunId,
  type TimelineEntry,
} from '@fabro/protocol';
import { nameableEnv } from '@fabro/settings';
import { conflict, type OutsidePorts } from './append.js';
import { callerFolder } from './caller-folder.js';
import type { ConductPorts } from './conduct-ports.js';
import { freshRunId } from './create.js';
import { forkCopier, OF_THE_CHECKPOINT, type ForkPlace } from './fork-copy.js';
import { ForkStream, sourceDeleted } from './fork-stream.js';
import { checkManifest } from './manifest/check.js';
import { settingsOf } from './manifest/plan.js';
import { readStream } from './read-stream.js';
import { runRow } from './rows.js';
import type { Caller } from './service.js';
import { findTarget, targetOf } from './timeline.js';
import { runBranch, runDirectory } from './workspace.js';

export interface ForkPorts
  extends
    OutsidePorts,
    Pick<ConductPorts, 'storageRoot' | 'defaults' | 'env' | 'envAllow' | 'log'> {
  /** Acts on the source's repository. */
  readonly git: Git;
}

export interface Forked {
  readonly run: RunId;
  readonly entry: TimelineEntry;
}

/**
 * Makes the fork; it waits for its start. Rejects with `conflict` for a run without checkpoints or commits,
 * with `invalid_argument` for an unknown target; then nothing is left of it.
 */
export async function forkRun(
  source: RunId,
  target: string | undefined,
  caller: Caller,
  ports: ForkPorts,
): Promise<Forked> {
  const { journal, clock } = ports;
  const entry = await findTarget(journal, source, target);
  const sha = entry.run_commit_sha;
  if (sha === undefined) throw withoutCommit(source, entry);
  const origin = await originOf(source, entry, ports);
  const repo = repositoryOf(origin.created.manifest_blob, origin.created.local ?? false, ports);
  const run = freshRunId(ports);
  const nowMs = clock.now();
  const place: ForkPlace = {
    run,
    sha,
    branch: runBranch(run),
    worktree: join(runDirectory(ports.storageRoot, run, nowMs), 'worktree'),
  };
  const stream = new ForkStream({ source, run, actor: caller.actor, nowMs }, ports);
  try {
    const { run_dir: _dir, ...created } = origin.created;
    const properties = {
      ...created,
      fork_source_ref: { source_run_id: source, checkpoint_sha: sha },
      earlier_submissions: origin.submissions,
    };
    await stream.add({ kind: 'own', draft: { event: 'run.created', properties } });
    await stream.send();
    // The branch comes second: whoever has to clean up finds its name in the first event.
    await ports.git.createBranch({ ...gitCall(run), repo, branch: place.branch, sha });
    await copyHistory(stream, source, entry, forkCopier(place, origin.worktree), ports);
    mustStandAt(stream, place, entry);
    await stream.add({ kind: 'own', draft: { event: 'run.submitted', properties: {} } });
    await stream.send();
  } catch (error) {
    await discard(run, repo, ports);
    throw error;
  }
  return { run, entry };
}

/** Removes what a server that died left of forks. Never rejects: what cannot be removed stays hidden. */
export async function discardUnfinishedForks(ports: ForkPorts): Promise<void> {
  const rows = ports.journal.select({
    table: 'runs',
    where: [{ column: 'forking', in: [1] }],
    limit: MAX_SELECT_ROWS,
  });
  for (const row of rows.map(runRow)) {
    const run = parseRunId(row.id);
    if (run === undefined) continue;
    let repo = row.source_directory ?? ports.storageRoot;
    try {
      repo = repositoryOf(row.manifest_blob, false, ports);
    } catch {
      // A manifest that this release does not read, or a variable that is gone: the caller's folder is the best guess.
    }
    await discard(run, repo, ports);
  }
}

/** Never rejects. */
async function discard(run: RunId, repo: string, ports: ForkPorts): Promise<void> {
  try {
    await ports.git.deleteBranch({ ...gitCall(run), repo, branch: runBranch(run) });
  } catch (error) {
    // The repository may have moved; the rest can go all the same.
    ports.log('warn', { run, error: messageOf(error) }, 'the branch of a fork was not removed');
  }
  try {
    await ports.journal.deleteStream(runStream(run));
  } catch (error) {
    ports.log(
      'warn',
      { run, error: messageOf(error) },
      'an unfinished fork was not removed; the next start of the server tries again',
    );
  }
}

function gitCall(run: RunId) {
  return { key: callKey(run, 'fork'), signal: new AbortController().signal };
}

interface Origin {
  readonly created: EventProperties['run.created'];
  readonly worktree: string | undefined;
  /** How often it was submitted before the checkpoint. */
  readonly submissions: number;
}

/** How the source began, and began again. */
async function originOf(
  source: RunId,
  { checkpoint_seq: until }: TimelineEntry,
  { journal }: ForkPorts,
): Promise<Origin> {
  let created: Origin['created'] | undefined;
  let worktree: string | undefined;
  let submissions = 0;
  for await (const { seq, type, json } of readStream(journal, source)) {
    if (seq > until) break;
    if (type === 'run.submitted') submissions++;
    if (type !== 'run.created' && type !== 'run.started') continue;
    const { properties } = AnyEvent.parse(JSON.parse(json));
    if (type === 'run.created') created = EVENT_PROPERTIES['run.created'].parse(properties);
    else worktree ??= EVENT_PROPERTIES['run.started'].parse(properties).worktree_dir;
  }
  if (created === undefined) throw sourceDeleted(source);
  submissions += created.earlier_submissions ?? 0;
  return { created, worktree, submissions };
}

/** The folder in whose repository the run's branches lie. @param local the manifest came over the socket. */
function repositoryOf(
  manifestBlob: string,
  local: boolean,
  { journal, env, envAllow }: ForkPorts,
): string {
  const hash = parseBlobHash(manifestBlob);
  const bytes = hash === undefined ? undefined : journal.blob(hash);
  if (bytes === undefined)
    throw new FabroError('not_found', `the manifest ${manifestBlob} is not in the journal`);
  const manifest = RunManifest.parse(JSON.parse(new TextDecoder().decode(bytes)));
  const settings = settingsOf(checkManifest(manifest));
  return callerFolder(manifest.cwd, settings, nameableEnv(env, { local, allow: envAllow }));
}

async function copyHistory(
  stream: ForkStream,
  source: RunId,
  entry: TimelineEntry,
  copied: ReturnType<typeof forkCopier>,
  { journal }: ForkPorts,
): Promise<void> {
  let reached: AnyEvent | undefined;
  for await (const stored of readStream(journal, source)) {
    if (reached !== undefined && !OF_THE_CHECKPOINT.has(stored.type)) break;
    const event = AnyEvent.parse(JSON.parse(stored.json));
    for (const item of copied(event)) await stream.add(item);
    if (event.seq === entry.checkpoint_seq) reached = event;
  }
  if (reached === undefined) throw sourceDeleted(source);
  const { next_node_id: next, status } = reached.properties;
  // A failure that had no way on: its stage is visited again, as a resume of the source would.
  if (next === undefined && status === 'failed')
    await stream.add({ kind: 'own', draft: { event: 'run.reopened', properties: {} } });
}

/** A copy that folds to something else must not become a run. */
function mustStandAt({ state }: ForkStream, { run, sha }: ForkPlace, entry: TimelineEntry): void {
  const root = state.frames.get(ROOT_FRAME);
  const between = root?.phase.kind === 'at' || root?.phase.kind === 'ended';
  if (!between || state.frames.size !== 1 || root.headSha !== sha)
    throw new Error(
      `the fork ${run} does not stand at ${targetOf(entry)}: phase ${root?.phase.kind}, ${state.frames.size} frames, commit ${root?.headSha}`,
    );
}

function withoutCommit(source: RunId, entry: TimelineEntry): FabroError {
  return conflict(
    `checkpoint ${targetOf(entry)} of run ${source} has no commit, and a fork needs the files as they were: the run works in place, as a dry run, or outside a git repository. Run the workflow in a repository that has a commit, without --in-place and --dry-run; such a run can be forked.`,
  );
}

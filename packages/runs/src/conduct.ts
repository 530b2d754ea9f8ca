/** One run from its lease to its last event: take over, plan, begin or go on, walk, conclude. */
import { existsSync } from 'node:fs';
import {
  ImpossibleEvent,
  LeaseLost,
  RunSignals,
  foldStream,
  handlerOf,
  referencedBlob,
  takeRun,
  walkRun,
  type Conclusion,
  type Recorder,
  type RunState,
  type Walk,
} from '@fabro/engine';
import { createGit } from '@fabro/git';
import type { Journal } from '@fabro/journal';
import type { Models } from '@fabro/models';
import {
  FabroError,
  JsonValue,
  RunManifest,
  ROOT_FRAME,
  callKey,
  isTerminal,
  messageOf,
  parseBlobHash,
  runStream,
  type Clock,
  type EventDraft,
  type IdSource,
  type RunId,
  type StatusReason,
} from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';
import { nameableEnv, resolveEnvTemplates, type Env } from '@fabro/settings';
import { BeginFailed, beginRun, callerDirectory } from './begin.js';
import type { LiveHub } from './live-hub.js';
import { checkManifest } from './manifest/check.js';
import { planRun, type Plan, type PlanDefaults } from './manifest/plan.js';
import { gitCheckpoints, runDirectory, withEnvironment } from './workspace.js';

export interface ConductPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly live: LiveHub;
  readonly models: Models;
  readonly storageRoot: string;
  readonly holder: string;
  readonly defaults: PlanDefaults;
  /** The server's environment, for `{{ env.X }}`. */
  readonly env: Env;
  readonly envAllow: readonly string[];
  /** A local sandbox that works in a folder and keeps its output files in another. */
  sandbox(request: { readonly workdir: string; readonly scratchDir: string }): Sandbox;
  random(): number;
  redact(text: string): string;
  log(
    level: 'info' | 'warn' | 'error',
    fields: Readonly<Record<string, unknown>>,
    message: string,
  ): void;
}

/** What became of a run in this server. */
export type Conducted = 'ended' | 'suspended' | 'lost' | 'quarantined';

/** Conducts a run until it ends or the server stops. Never rejects: a defect ends the run and is logged. */
export async function conductRun(
  run: RunId,
  ports: ConductPorts,
  signal: AbortSignal,
): Promise<Conducted> {
  let recorder: Recorder | undefined;
  // A full disk must not keep the server from stopping, whatever the run is at.
  const hurry = (): void => recorder?.waitNoMore();
  signal.addEventListener('abort', hurry);
  try {
    signal.throwIfAborted();
    const taken = await takeRun(run, {
      ...ports,
      observe: (event) => {
        if (event.event === 'agent.message' && event.session_id !== undefined)
          ports.live.closeBlock(run, event.session_id);
      },
    });
    recorder = taken.recorder;
    if (signal.aborted) hurry();
    if (isTerminal(recorder.state.status)) return 'ended';
    const conclusion = await conduct(recorder, taken.recorded, ports, signal);
    if (conclusion === 'suspended') return await suspend(recorder, ports);
    await conclude(recorder, conclusion, ports);
    return 'ended';
  } catch (error) {
    return await failed(run, recorder, error, ports, signal);
  } finally {
    signal.removeEventListener('abort', hurry);
    ports.live.closeRun(run);
  }
}

async function conduct(
  recorder: Recorder,
  recorded: Walk['recorded'],
  ports: ConductPorts,
  signal: AbortSignal,
): Promise<Conclusion | 'suspended'> {
  const { state } = recorder;
  const manifest = readManifest(ports.journal, state);
  const plan = replan(manifest, ports);
  const directory = runDirectory(ports.storageRoot, state.runId, state.createdAtMs);
  const folder = callerDirectory(manifest.cwd, plan);
  const env = runEnvironment(plan, state, ports);
  const sandbox = withEnvironment(
    ports.sandbox({ workdir: folder, scratchDir: `${directory}/runtime` }),
    env,
  );
  const git = createGit({
    sandbox,
    ...(plan.run.gitAuthor === undefined ? {} : { author: plan.run.gitAuthor }),
  });
  if (state.startedAtMs === undefined)
    await beginRun(plan, manifest.cwd, { recorder, git, clock: ports.clock, directory }, signal);
  else await goOn(recorder, git, signal);
  const root = state.frames.get(ROOT_FRAME);
  const hasGit = state.git !== undefined && root?.worktreeDir !== undefined;
  const walk: Walk = {
    world: { graph: plan.graph, settings: plan.run, handlerOf, git: hasGit },
    recorder,
    recorded,
    journal: ports.journal,
    sandbox,
    subdirectory: hasGit ? subdirectoryOf(state, root.worktreeDir) : '',
    git: hasGit ? gitCheckpoints({ git, repository: folder, directory, plan }) : undefined,
    models: ports.models,
    clock: ports.clock,
    ids: ports.ids,
    signals: new RunSignals(),
    random: ports.random,
    live: (event) => ports.live.publish(state.runId, event),
    redact: ports.redact,
    materialise: (value) => materialise(ports.journal, value),
  };
  return walkRun(walk, signal);
}

/** The folder inside the worktree in which the caller stood. */
function subdirectoryOf(state: RunState, worktree: string | undefined): string {
  const { workingDirectory } = state;
  if (
    worktree === undefined ||
    workingDirectory === undefined ||
    !workingDirectory.startsWith(worktree)
  )
    return '';
  return workingDirectory.slice(worktree.length).replace(/^\//, '');
}

function readManifest(journal: Journal, state: RunState): RunManifest {
  const hash = parseBlobHash(state.manifestBlob);
  const bytes = hash === undefined ? undefined : journal.blob(hash);
  if (bytes === undefined)
    throw new BeginFailed(
      'launch_failed',
      `the manifest of run ${state.runId} (blob ${state.manifestBlob}) is not in the journal`,
    );
  return RunManifest.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

function replan(manifest: RunManifest, ports: ConductPorts): Plan {
  try {
    return planRun(checkManifest(manifest), ports.defaults);
  } catch (error) {
    throw new BeginFailed(
      'launch_failed',
      `the run can no longer be planned by this release: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function runEnvironment(
  plan: Plan,
  state: RunState,
  ports: ConductPorts,
): Readonly<Record<string, string>> {
  try {
    const nameable = nameableEnv(ports.env, { local: state.local, allow: ports.envAllow });
    return resolveEnvTemplates({ ...plan.settings.run.sandbox.env }, nameable, 'run.sandbox.env');
  } catch (error) {
    throw new BeginFailed('bootstrap_failed', messageOf(error), { cause: error });
  }
}

/** After a restart or `resume`: locks that a killed git left are removed, and an ended run's tree is put back. */
async function goOn(
  recorder: Recorder,
  git: ReturnType<typeof createGit>,
  signal: AbortSignal,
): Promise<void> {
  const { state } = recorder;
  // Branches that have ended may have lost their worktrees just before the crash.
  for (const frame of state.frames.values())
    if (frame.worktreeDir !== undefined && existsSync(frame.worktreeDir))
      await git.removeStaleLocks({
        key: callKey(state.runId, frame.id, 'locks'),
        signal,
        dir: frame.worktreeDir,
      });
  if (state.status !== 'starting') return;
  const root = state.frames.get(ROOT_FRAME);
  if (root?.worktreeDir !== undefined && root.headSha !== undefined) {
    await git.reset({
      key: callKey(state.runId, 'resume'),
      signal,
      dir: root.worktreeDir,
      sha: root.headSha,
    });
    recorder.record([{ event: 'git.reset', properties: { sha: root.headSha } }]);
  }
  recorder.record([{ event: 'run.running', properties: {} }]);
  await recorder.commit();
}

function materialise(journal: Journal, value: JsonValue): JsonValue {
  const hash = referencedBlob(value);
  const parsed = hash === undefined ? undefined : parseBlobHash(hash);
  const bytes = parsed === undefined ? undefined : journal.blob(parsed);
  return bytes === undefined ? value : JsonValue.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

async function suspend(recorder: Recorder, ports: ConductPorts): Promise<Conducted> {
  recorder.record([{ event: 'run.suspended', properties: {} }]);
  await recorder.commit();
  await release(recorder, ports);
  return 'suspended';
}

/** What is recorded stands; a lease that could not be given back is taken over by the next owner. */
async function release({ state }: Recorder, ports: ConductPorts): Promise<void> {
  try {
    await ports.journal.releaseLease(runStream(state.runId), state.epoch);
  } catch (error) {
    ports.log('warn', { run: state.runId, error: messageOf(error) }, 'the lease was not released');
  }
}

async function conclude(
  recorder: Recorder,
  conclusion: Conclusion,
  ports: ConductPorts,
): Promise<void> {
  const { state } = recorder;
  const sha = state.frames.get(ROOT_FRAME)?.headSha;
  const common = {
    duration_ms: Math.max(0, ports.clock.now() - (state.startedAtMs ?? state.createdAtMs)),
    ...(state.usage === undefined ? {} : { billing: state.usage }),
  };
  const event: EventDraft =
    conclusion.status === 'completed'
      ? {
          event: 'run.completed',
          properties: {
            ...common,
            status: conclusion.reason === 'completed' ? 'succeeded' : 'partially_succeeded',
            reason: conclusion.reason,
            ...(sha === undefined ? {} : { final_git_commit_sha: sha }),
          },
        }
      : {
          event: 'run.failed',
          properties: {
            ...common,
            error: conclusion.error,
            reason: conclusion.reason,
            ...(sha === undefined ? {} : { git_commit_sha: sha }),
          },
        };
  recorder.record([...unanswered(state), event]);
  await recorder.commit();
  await release(recorder, ports);
}

/** Questions that a run leaves open when a defect ends it: nobody is asked them any more. */
function unanswered(state: RunState): readonly EventDraft[] {
  return [...state.questions.values()]
    .filter((question) => question.answer === undefined)
    .map((question) => ({
      stage_id: question.stageId,
      event: 'interview.interrupted',
      properties: { question_id: question.id, reason: 'the run ended' },
    }));
}

async function failed(
  run: RunId,
  recorder: Recorder | undefined,
  error: unknown,
  ports: ConductPorts,
  signal: AbortSignal,
): Promise<Conducted> {
  if (error instanceof LeaseLost) {
    ports.log('warn', { run }, error.message);
    return 'lost';
  }
  if (recorder === undefined) return notTaken(run, error, ports, signal);
  if (error instanceof ImpossibleEvent) return setAside(run, error, ports);
  if (signal.aborted) return letGo(recorder, ports);
  if (error instanceof FabroError && UNWRITABLE.has(error.code)) {
    ports.log(
      'error',
      { run, error: error.message },
      'the journal cannot be written; the run goes on when the server is started again',
    );
    return 'suspended';
  }
  const reason: StatusReason = error instanceof BeginFailed ? error.reason : 'terminated';
  if (!(error instanceof BeginFailed))
    ports.log(
      'error',
      { run, error: error instanceof Error ? error.stack : String(error) },
      'a defect ended the run',
    );
  try {
    // A recorder whose append was refused records nothing any more; the run's end needs a fresh one.
    const fit = recorder.lost.aborted ? (await takeRun(run, ports)).recorder : recorder;
    await conclude(fit, { status: 'failed', reason, error: messageOf(error) }, ports);
  } catch (second) {
    ports.log('error', { run, error: messageOf(second) }, "the run's end could not be recorded");
  }
  return 'ended';
}

/** What appends reject with when the fault is the journal's and not the run's. */
const UNWRITABLE: ReadonlySet<string> = new Set([
  'unavailable',
  'storage_full',
  'storage_corrupt',
  'storage_unwritable',
]);

/** A run that could not be taken over: it was deleted, its stream is damaged, or the journal failed. */
function notTaken(run: RunId, error: unknown, ports: ConductPorts, signal: AbortSignal): Conducted {
  if (signal.aborted) return 'suspended';
  if (error instanceof FabroError && error.code === 'not_found') {
    ports.log('warn', { run }, 'the run was deleted before it could begin');
    return 'lost';
  }
  if (!foldable(run, ports)) return setAside(run, error, ports);
  ports.log(
    'error',
    { run, error: messageOf(error) },
    'the run could not be taken over; it goes on when the journal can be written again',
  );
  return 'suspended';
}

function foldable(run: RunId, ports: ConductPorts): boolean {
  try {
    foldStream(ports.journal, run);
    return true;
  } catch {
    // What is wrong with it is in the error that led here.
    return false;
  }
}

function setAside(run: RunId, error: unknown, ports: ConductPorts): Conducted {
  ports.log(
    'error',
    { run, error: messageOf(error) },
    'the run is set aside: its stream cannot be folded',
  );
  return 'quarantined';
}

/** The server stops in the middle of something: said in the stream, so that it does not count as a crash. */
async function letGo(recorder: Recorder, ports: ConductPorts): Promise<Conducted> {
  if (recorder.state.startedAtMs === undefined || recorder.lost.aborted) return 'suspended';
  try {
    return await suspend(recorder, ports);
  } catch (error) {
    ports.log(
      'warn',
      { run: recorder.state.runId, error: messageOf(error) },
      'the run was let go without a record of it',
    );
    return 'suspended';
  }
}

/** One run from its lease to its last event: take over, plan, begin or go on, walk, conclude. */
import { existsSync } from 'node:fs';
import {
  RunSignals,
  createHookRunner,
  referencedBlob,
  takeRun,
  walkRun,
  type Conclusion,
  type Recorder,
  type RunState,
  type TakenRun,
  type Walk,
} from '@fabro/engine';
import { createGit } from '@fabro/git';
import type { Journal } from '@fabro/journal';
import {
  JsonValue,
  RunManifest,
  ROOT_FRAME,
  callKey,
  isTerminal,
  messageOf,
  parseBlobHash,
  type RunId,
} from '@fabro/protocol';
import { nameableEnv, resolveEnvTemplates, type Env } from '@fabro/settings';
import { BeginFailed } from './begin-failed.js';
import { beginRun } from './begin.js';
import { callerFolder } from './caller-folder.js';
import { conclude, failed, suspend, type EndPorts } from './conclude.js';
import type { ConductPorts, Conducted } from './conduct-ports.js';
import { checkManifest } from './manifest/check.js';
import { planRun, type Plan } from './manifest/plan.js';
import { worldOf } from './manifest/world.js';
import { prepareAgain } from './prepare-again.js';
import { restoreWorktrees, type RestorePorts } from './restore-worktree.js';
import { mustHaveModel } from './model-nodes.js';
import { gitCheckpoints, runDirectory, withEnvironment } from './workspace.js';

/** Conducts a run until it ends or the server stops. Never rejects: a defect ends the run and is logged. */
export async function conductRun(
  run: RunId,
  ports: ConductPorts,
  signal: AbortSignal,
): Promise<Conducted> {
  let recorder: Recorder | undefined;
  let ending: EndPorts = ports;
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
    const manifest = readManifest(ports.journal, recorder.state);
    const plan = replan(manifest, ports);
    if (plan.retros) ending = { ...ports, retro: { dryRun: plan.run.dryRun } };
    const conclusion = await conduct(taken, { manifest, plan }, ports, signal);
    if (conclusion === 'suspended') return await suspend(recorder, ports);
    await conclude(recorder, conclusion, ending);
    return 'ended';
  } catch (error) {
    return await failed(run, recorder, error, ending, signal);
  } finally {
    signal.removeEventListener('abort', hurry);
    ports.live.closeRun(run);
  }
}

async function conduct(
  { recorder, recorded }: TakenRun,
  { manifest, plan }: { readonly manifest: RunManifest; readonly plan: Plan },
  ports: ConductPorts,
  signal: AbortSignal,
): Promise<Conclusion | 'suspended'> {
  const { state } = recorder;
  const directory = runDirectory(ports.storageRoot, state.runId, state.createdAtMs);
  const env = nameableEnv(ports.env, { local: state.local, allow: ports.envAllow });
  const folder = callerFolder(manifest.cwd, plan.settings, env);
  const sandbox = withEnvironment(
    ports.sandbox({ workdir: folder, scratchDir: `${directory}/runtime` }),
    runEnvironment(plan, env),
  );
  const git = createGit({
    sandbox,
    ...(plan.run.gitAuthor === undefined ? {} : { author: plan.run.gitAuthor }),
  });
  const around = { ...ports, recorder, git, sandbox, directory, env };
  if (state.startedAtMs === undefined) {
    mustHaveModel(plan, ports.models);
    await beginRun(plan, folder, around, signal);
  } else {
    const prepare = (): Promise<void> => prepareAgain(plan, around, signal);
    await goOn({ recorder, git, repository: folder, prepare }, signal);
  }
  const root = state.frames.get(ROOT_FRAME);
  const hasGit = state.git !== undefined && root?.worktreeDir !== undefined;
  const walk: Walk = {
    world: worldOf(plan, hasGit),
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
    hooks: createHookRunner({
      sandbox,
      // What a manifest from elsewhere names is not started outside of the run's sandbox (design 14).
      ...(state.local ? { host: sandbox } : {}),
      clock: ports.clock,
      fetch: ports.hookFetch,
      env,
      redact: ports.redact,
    }),
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

function runEnvironment(plan: Plan, nameable: Env): Readonly<Record<string, string>> {
  try {
    return resolveEnvTemplates({ ...plan.settings.run.sandbox.env }, nameable, 'run.sandbox.env');
  } catch (error) {
    throw new BeginFailed('bootstrap_failed', messageOf(error), { cause: error });
  }
}

interface GoOnPorts extends RestorePorts {
  /** Prepares a tree that was made again. */
  prepare(): Promise<void>;
}

/** After a restart or `resume`: a missing tree is made, locks that a killed git left are removed, and an ended run's tree is put back. */
async function goOn(ports: GoOnPorts, signal: AbortSignal): Promise<void> {
  const { recorder, git } = ports;
  const { state } = recorder;
  await restoreWorktrees(ports, signal);
  // Branches that have ended may have lost their worktrees just before the crash.
  for (const frame of state.frames.values())
    if (frame.worktreeDir !== undefined && existsSync(frame.worktreeDir))
      await git.removeStaleLocks({
        key: callKey(state.runId, frame.id, 'locks'),
        signal,
        dir: frame.worktreeDir,
      });
  if (state.status !== 'starting') return ports.prepare();
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
  await ports.prepare();
  recorder.record([{ event: 'run.running', properties: {} }]);
  await recorder.commit();
}

function materialise(journal: Journal, value: JsonValue): JsonValue {
  const hash = referencedBlob(value);
  const parsed = hash === undefined ? undefined : parseBlobHash(hash);
  const bytes = parsed === undefined ? undefined : journal.blob(parsed);
  return bytes === undefined ? value : JsonValue.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

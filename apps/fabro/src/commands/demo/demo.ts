/** `fabro demo` (`npm start`): a workflow repairs a small repository, and the result is checked here. */
import { join } from 'node:path';
import type { RunManifest } from '@fabro/protocol';
import { PROVIDERS } from '@fabro/models';
import type { Connection, ServerFlags } from '../../connect/connect.js';
import { type Context, printJson, printLines, say } from '../../context.js';
import { type Followed, follow } from '../../follow/follow.js';
import { examplePath } from '../../install-paths.js';
import type { Io } from '../../io.js';
import { paintFor } from '../../render/paint.js';
import { isInteractive } from '../../render/renderer.js';
import { resultLines } from '../../render/result.js';
import { DETACHED, connectAloud } from '../attach.js';
import { manifestFor } from '../run.js';
import { stop } from '../server.js';
import { diffLines, stayLines, stageLines, whereToLook } from './report.js';
import { type Workspace, makeWorkspace, pathWithTools, testBranch } from './workspace.js';

export interface DemoOptions extends ServerFlags {
  /** Plays the script even if a key is set. */
  readonly scripted?: boolean;
}

const EXAMPLE = 'fix-failing-test';
const STOP_SECONDS = 10;

/** 0 only if the run succeeded and the repository's own tests pass on its branch; 130 after Ctrl-C. */
export async function demoCommand(context: Context, options: DemoOptions): Promise<number> {
  const { io } = context;
  const attended = isInteractive(io) && io.stdin.isTTY && !context.json;
  const interrupted = new AbortController();
  const offInterrupt = io.onInterrupt(() => interrupted.abort());
  let connection: Connection | undefined;
  try {
    const workspace = await makeWorkspace(
      io,
      join(examplePath(EXAMPLE), 'project'),
      interrupted.signal,
    );
    say(context, `A repository with a failing test: ${workspace.repository}`);
    const manifest = await demoManifest(context, options, workspace, attended);
    connection = await connectAloud(context, options);
    const { id } = await connection.api.createRun(manifest);
    say(context, `Run: ${id}`);
    await connection.api.startRun(id, false);
    const followed = await follow(io, connection, id, {
      verbose: context.verbose,
      quiet: context.quiet || context.json,
      signal: interrupted.signal,
    });
    if (followed.kind === 'detached') {
      sayDetached(context, id, workspace, attended);
      return DETACHED;
    }
    const code = await report(context, connection, workspace, followed, interrupted.signal);
    if (attended) printLines(io, stayLines(connection));
    return code;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    say(context, 'Interrupted.');
    return DETACHED;
  } finally {
    offInterrupt();
    if (!attended && connection?.started !== undefined) {
      await stop(io, connection.storage, STOP_SECONDS);
      say(context, 'Stopped the server that this demonstration had started.');
    }
  }
}

async function demoManifest(
  context: Context,
  options: DemoOptions,
  workspace: Workspace,
  attended: boolean,
): Promise<RunManifest> {
  const { io } = context;
  const model = modelChoice(io, options);
  say(context, model.text);
  if (!attended)
    say(context, 'No terminal to ask in: the approval at the end is given automatically.');
  const inWorkspace = { ...context, io: { ...io, cwd: workspace.repository } };
  const manifest = await manifestFor(inWorkspace, join(examplePath(EXAMPLE), 'workflow.toml'), {
    ...model.flags,
    autoApprove: !attended,
    label: ['demo=true'],
  });
  const path = JSON.stringify(pathWithTools(io.env));
  return {
    ...manifest,
    configs: [
      ...(manifest.configs ?? []),
      {
        type: 'project',
        path: '.fabro/project.toml',
        source: `_version = 1\n[run.sandbox.env]\nPATH = ${path}\n`,
      },
    ],
  };
}

interface ModelChoice {
  readonly text: string;
  readonly flags: { readonly provider: string; readonly model?: string };
}

/** The default model of the first provider with a key; without one the scripted model. */
export function modelChoice(io: Pick<Io, 'env'>, options: DemoOptions): ModelChoice {
  const keyed = [PROVIDERS.anthropic, PROVIDERS.openai]
    .map((provider) => ({
      provider: provider.id,
      variable: provider.keyVariables.find((name) => io.env[name]),
    }))
    .find((candidate) => candidate.variable !== undefined);
  if (keyed?.variable !== undefined && options.scripted !== true)
    return {
      text: `Model: the default model of ${keyed.provider} (${keyed.variable} is set).`,
      flags: { provider: keyed.provider },
    };
  const script = join(examplePath(EXAMPLE), 'script.yaml');
  const why =
    options.scripted === true ? 'as asked' : 'no ANTHROPIC_API_KEY or OPENAI_API_KEY is set';
  return {
    text: `Model: scripted (${why}). It plays ${script}; the tools that it calls are real.`,
    flags: { provider: 'scripted', model: script },
  };
}

async function report(
  context: Context,
  connection: Connection,
  workspace: Workspace,
  followed: Extract<Followed, { kind: 'ended' }>,
  signal: AbortSignal,
): Promise<number> {
  const { io } = context;
  const { view, end } = followed;
  const succeeded = end.status === 'succeeded' || end.status === 'partially_succeeded';
  const paint = paintFor(io.stdout, io.env);
  const stages = await connection.api.stages(view.runId);
  const branch = view.branch;
  let testsPass = false;
  if (!context.json) printLines(io, ['', ...resultLines(view, end, paint)]);
  if (branch !== undefined) {
    if (!context.json) printLines(io, await diffLines(io, workspace, branch, paint, signal));
    say(context, 'Running the tests of the repository in a fresh clone of the branch …');
    const tests = await testBranch(io, workspace, branch, pathWithTools(io.env), signal);
    testsPass = tests.code === 0;
    if (!testsPass) io.stderr.write(`${tests.stdout}${tests.stderr}\n`);
  }
  if (context.json)
    printJson(io, {
      run_id: view.runId,
      status: end.status,
      tests_pass: testsPass,
      repository: workspace.repository,
      ...(branch === undefined ? {} : { run_branch: branch }),
      stages,
    });
  else
    printLines(io, [
      ...stageLines(stages, view.totals, paint),
      '',
      testsPass
        ? paint.green(`✓ The tests of the repository pass on ${branch}.`)
        : paint.red('✗ The tests of the repository do not pass on a branch of this run.'),
      ...whereToLook(view.runId, workspace, branch),
    ]);
  return succeeded && testsPass ? 0 : 1;
}

function sayDetached(context: Context, id: string, workspace: Workspace, attended: boolean): void {
  say(context, `Detached from run ${id}; its repository is ${workspace.repository}.`);
  say(
    context,
    attended
      ? `  come back:  npx fabro attach ${id}\n  stop:       npx fabro server stop`
      : `  go on with it:  npx fabro attach ${id}`,
  );
}

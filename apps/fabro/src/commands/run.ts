/** `fabro run` and `fabro create`: bundle a workflow, hand it to the server, follow it. */
import { FabroError, type RunManifest, parseRunId } from '@fabro/protocol';
import { goalOf } from '@fabro/workflow';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines, say } from '../context.js';
import { type RunFlags, buildManifest } from '../manifest/build-manifest.js';
import { sayWorkflow, validGraph } from '../manifest/diagnostics.js';
import { gitState } from '../manifest/git-state.js';
import { type GoalFlags, goalFlag } from '../manifest/goal-flag.js';
import { loadWorkflow } from '../manifest/load-workflow.js';
import { oneLine } from '../render/text.js';
import { connectAloud, followToEnd } from './attach.js';

export interface RunOptions extends ServerFlags, RunFlags, GoalFlags {
  readonly detach?: boolean;
}

/** Creates, starts and follows a run; with `--detach` prints its id instead of following it. */
export async function runCommand(
  context: Context,
  workflow: string,
  options: RunOptions,
): Promise<number> {
  const manifest = await manifestFor(context, workflow, options);
  const connection = await connectAloud(context, options);
  const { id } = await connection.api.createRun(manifest);
  say(context, `Run: ${id}`);
  if (manifest.args?.provider === 'scripted')
    say(context, `Model: scripted (${manifest.args.model ?? 'no script'}); no model is asked.`);
  await connection.api.startRun(id, false);
  if (options.detach !== true)
    return followToEnd(context, connection, id, {
      autoApproved: manifest.args?.auto_approve === true,
    });
  if (context.json) printJson(context.io, { run_id: id });
  else printLines(context.io, [id]);
  return 0;
}

/** Creates a run and prints its id. */
export async function createCommand(
  context: Context,
  workflow: string,
  options: RunOptions,
): Promise<number> {
  const manifest = await manifestFor(context, workflow, options);
  const { api } = await connectAloud(context, options);
  const { id } = await api.createRun(manifest);
  if (context.json) printJson(context.io, { run_id: id });
  else printLines(context.io, [id]);
  return 0;
}

/** Checks the workflow here, where its files are, and builds the body for the server. */
export async function manifestFor(
  context: Context,
  workflow: string,
  options: RunOptions,
): Promise<RunManifest> {
  const { io } = context;
  if (options.runId !== undefined && parseRunId(options.runId) === undefined)
    throw new FabroError(
      'invalid_argument',
      `--run-id: "${options.runId}" is no ULID; expected 26 characters of 0-9 and A-Z without I, L, O, U.`,
    );
  const goal = await goalFlag(io, options);
  const loaded = await loadWorkflow(io, workflow, {
    ...(goal === undefined ? {} : { goal }),
    ...(options.input === undefined ? {} : { inputs: options.input }),
  });
  sayWorkflow(context, loaded);
  const graph = validGraph(context, loaded);
  const shown = goalOf(graph);
  if (shown !== undefined && !context.json) say(context, `Goal: ${oneLine(shown)}`);
  const git = await gitState(io.world, io.cwd, io.env);
  return buildManifest(loaded, options, {
    cwd: io.cwd,
    verbose: context.verbose,
    ...(git === undefined ? {} : { git }),
  });
}

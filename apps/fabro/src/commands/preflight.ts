/** `fabro preflight`: would a run of this workflow have what it needs? Nothing is created. */
import type { PreflightCheck, PreflightReport } from '@fabro/protocol';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines } from '../context.js';
import { buildManifest } from '../manifest/build-manifest.js';
import { sayWorkflow } from '../manifest/diagnostics.js';
import { gitState } from '../manifest/git-state.js';
import { type GoalFlags, goalFlag } from '../manifest/goal-flag.js';
import { loadWorkflow } from '../manifest/load-workflow.js';
import { type Paint, paintFor } from '../render/paint.js';
import { oneLine } from '../render/text.js';
import { connectAloud } from './attach.js';

export interface PreflightOptions extends ServerFlags, GoalFlags {
  readonly model?: string;
  readonly provider?: string;
  readonly sandbox?: string;
  readonly input?: readonly string[];
}

/** 1 when a check is an error; warnings are no failure. */
export async function preflightCommand(
  context: Context,
  workflow: string,
  options: PreflightOptions,
): Promise<number> {
  const { io } = context;
  const goal = await goalFlag(io, options);
  const loaded = await loadWorkflow(io, workflow, {
    ...(goal === undefined ? {} : { goal }),
    ...(options.input === undefined ? {} : { inputs: options.input }),
  });
  if (!context.json) sayWorkflow(context, loaded);
  const git = await gitState(io.world, io.cwd, io.env);
  const manifest = buildManifest(loaded, options, {
    cwd: io.cwd,
    verbose: context.verbose,
    ...(git === undefined ? {} : { git }),
  });
  const { api } = await connectAloud(context, options);
  const report = await api.preflight(manifest);
  if (context.json) printJson(io, report);
  else printLines(io, reportLines(report, context.verbose, paintFor(io.stdout, io.env)));
  return report.ok ? 0 : 1;
}

/** The report as lines; details only of what is wrong unless `verbose`. */
export function reportLines(
  report: PreflightReport,
  verbose: boolean,
  paint: Paint,
): readonly string[] {
  const sections = report.checks.sections.flatMap(({ title, checks }) => [
    paint.bold(title),
    ...checks.flatMap((check) => checkLines(check, verbose, paint)),
  ]);
  const verdict = report.ok
    ? paint.green('Preflight: OK')
    : paint.red('Preflight: a run would not succeed as things are');
  return [...sections, verdict];
}

function checkLines(check: PreflightCheck, verbose: boolean, paint: Paint): readonly string[] {
  const sign = { pass: paint.green('✓'), warning: paint.yellow('!'), error: paint.red('✗') }[
    check.status
  ];
  const details = check.details.filter(({ warn }) => verbose || warn || check.name === 'prepare');
  return [
    `  ${sign} ${check.name.padEnd(11)} ${oneLine(check.summary)}`,
    ...details.map(({ text }) => `    ${' '.repeat(11)} ${paint.dim(oneLine(text))}`),
    ...(check.remediation == null ? [] : [`    ${' '.repeat(11)} ${oneLine(check.remediation)}`]),
  ];
}

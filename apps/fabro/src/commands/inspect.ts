/** `fabro inspect`: what is known about a run. */
import type { RunStage, RunSummary } from '@fabro/protocol';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines } from '../context.js';
import { optionList } from '../follow/answer-body.js';
import { formatDuration, formatTokens, formatUsd, table } from '../render/format.js';
import { frictionLines, retroLine } from '../render/retro.js';
import { oneLine } from '../render/text.js';
import { connectAloud } from './attach.js';
import { statusText } from '../render/run-table.js';

export type InspectOptions = ServerFlags;

/** A readable page; `--json` gives the server's whole projection of the run. */
export async function inspectCommand(
  context: Context,
  run: string,
  options: InspectOptions,
): Promise<number> {
  const { api } = await connectAloud(context, options);
  const summary = await api.resolveRun(run);
  const id = summary.run_id;
  if (context.json) {
    printJson(context.io, await api.state(id));
    return 0;
  }
  const [stages, questions, retro] = await Promise.all([
    api.stages(id),
    api.questions(id),
    api.retro(id),
  ]);
  const lines = [...summaryLines(summary), '', ...stageTable(stages)];
  if (retro !== undefined) lines.push('', `Retro: ${retroLine(retro)}`, ...frictionLines(retro));
  for (const question of questions) {
    lines.push('', `Question ${question.id} (${question.stage}): ${oneLine(question.text)}`);
    if (question.options.length > 0) lines.push(`  options: ${oneLine(optionList(question))}`);
    lines.push(`  answer:  fabro answer ${id} ${question.id} VALUE`);
  }
  printLines(context.io, lines);
  return 0;
}

function summaryLines(run: RunSummary): string[] {
  const fields: [string, string | undefined][] = [
    ['Run', run.run_id],
    ['Workflow', run.workflow_name ?? run.workflow_slug],
    ['Goal', run.goal],
    ['Status', statusText(run)],
    ['Error', run.error?.message],
    ['Archived', run.archived_at],
    ['Went on as', run.superseded_by],
    ['Forked from', run.fork_source_ref?.source_run_id],
    ['Created', run.created_at],
    ['Started', run.start_time],
    ['Duration', run.duration_ms === undefined ? undefined : formatDuration(run.duration_ms)],
    ['Cost', run.total_usd_micros === undefined ? undefined : formatUsd(run.total_usd_micros)],
    ['Repository', run.host_repo_path],
    ['Branch', run.run_branch],
    ['Directory', run.working_directory],
    ['Commit', run.final_git_commit_sha],
    ['Labels', labelText(run.labels)],
  ];
  return fields.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${`${name}:`.padEnd(13)}${oneLine(value)}`],
  );
}

function labelText(labels: RunSummary['labels']): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

/** Stages with what each took and cost. */
export function stageTable(stages: readonly RunStage[]): readonly string[] {
  if (stages.length === 0) return ['No stages yet.'];
  return table(
    [
      ['STAGE', 'NAME', 'STATUS', 'DURATION', 'TURNS', 'TOOLS', 'TOKENS', 'COST'],
      ...stages.map((stage) => [
        stage.id,
        oneLine(stage.name),
        stage.status,
        stage.duration_secs === undefined ? '-' : formatDuration(stage.duration_secs * 1000),
        stage.turns === undefined ? '-' : String(stage.turns),
        stage.tool_calls === undefined ? '-' : String(stage.tool_calls),
        stage.usage === undefined
          ? '-'
          : formatTokens(stage.usage.input_tokens + stage.usage.output_tokens),
        stage.usage?.total_usd_micros === undefined ? '-' : formatUsd(stage.usage.total_usd_micros),
      ]),
    ],
    [3, 4, 5, 6, 7],
  );
}

/** What the demonstration prints after its run. */
import type { RunStage } from '@fabro/protocol';
import { addressText, curlWords } from '../../connect/address.js';
import type { Connection } from '../../connect/connect.js';
import type { Io } from '../../io.js';
import { formatTokens, formatUsd } from '../../render/format.js';
import type { Paint } from '../../render/paint.js';
import { safeText } from '../../render/text.js';
import type { Totals } from '../../render/view.js';
import { stageTable } from '../inspect.js';
import { type Workspace, git } from './workspace.js';

/** The change that the run made, as git shows it. */
export async function diffLines(
  io: Io,
  workspace: Workspace,
  branch: string,
  paint: Paint,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const diff = await git(
    io,
    workspace.repository,
    ['diff', '--no-ext-diff', '--no-textconv', `${workspace.base}..${branch}`],
    signal,
  );
  const lines = safeText(diff).trimEnd().split('\n');
  return ['', paint.bold('=== Diff ==='), ...lines.map((line) => coloured(line, paint))];
}

function coloured(line: string, paint: Paint): string {
  if (/^(diff|index|---|\+\+\+) /.test(line)) return paint.bold(line);
  if (line.startsWith('+')) return paint.green(line);
  if (line.startsWith('-')) return paint.red(line);
  return line.startsWith('@@') ? paint.cyan(line) : line;
}

/** What each stage took and cost. */
export function stageLines(
  stages: readonly RunStage[],
  totals: Totals,
  paint: Paint,
): readonly string[] {
  const { usage } = totals;
  const tokens =
    usage === undefined
      ? 'no model was asked'
      : `${formatTokens(usage.input_tokens + usage.output_tokens)} tokens`;
  const cost =
    usage?.total_usd_micros === undefined ? '' : `, ${formatUsd(usage.total_usd_micros)}`;
  return ['', paint.bold('=== Cost ==='), ...stageTable(stages), `In all: ${tokens}${cost}`];
}

/** Where everything lies, and how to take the change. */
export function whereToLook(
  runId: string,
  { repository }: Workspace,
  branch: string | undefined,
): readonly string[] {
  const lines = ['', `Repository:  ${repository} (its checkout is as it was)`];
  if (branch !== undefined)
    lines.push(
      `Branch:      ${branch}`,
      `  history:   git -C ${repository} log --stat ${branch}`,
      `  take it:   git -C ${repository} merge ${branch}`,
    );
  lines.push(`Run:         npx fabro inspect ${runId}`, `  events:    npx fabro logs ${runId}`);
  return lines;
}

/** How to look at the server that stays up, and how to stop it. */
export function stayLines({ address, storage }: Connection): readonly string[] {
  return [
    '',
    `The server stays up at ${addressText(address)}.`,
    '  runs:      npx fabro ps --all',
    `  API:       curl -H "Authorization: Bearer $(cat ${storage.devToken})" ${curlWords(address)}/api/v1/runs`,
    '  stop it:   npx fabro server stop',
  ];
}

/** The last block of a run (engine reference §13, "Run text"). Pure. */
import { OUTPUT_CHARACTERS } from '../limits.js';
import { formatDuration, formatTokens, formatUsd, plural } from './format.js';
import type { Paint } from './paint.js';
import { retroLine } from './retro.js';
import { oneLine, safeText } from './text.js';
import type { RunEnd, RunView } from './view.js';

const STATUS_TEXT = {
  succeeded: 'SUCCEEDED',
  partially_succeeded: 'PARTIALLY SUCCEEDED',
  failed: 'FAILED',
  cancelled: 'CANCELLED',
} as const satisfies Record<RunEnd['status'], string>;

/** Lines of `=== Run Result ===` and, when a model answered, `=== Output ===`. */
export function resultLines(view: RunView, end: RunEnd, paint: Paint): readonly string[] {
  const good = end.status === 'succeeded' || end.status === 'partially_succeeded';
  const status = STATUS_TEXT[end.status];
  const { stages, turns, toolCalls, usage } = view.totals;
  const work = [plural(stages, 'stage')];
  if (turns > 0 || toolCalls > 0) work.push(plural(turns, 'turn'), plural(toolCalls, 'tool call'));
  const lines = [
    paint.bold('=== Run Result ==='),
    `Run:      ${view.runId}`,
    `Status:   ${good ? paint.green(status) : paint.red(status)}`,
    `Duration: ${formatDuration(end.durationMs)}`,
    `Work:     ${work.join(', ')}`,
  ];
  if (usage !== undefined) {
    const tokens = `${formatTokens(usage.input_tokens)} tokens in, ${formatTokens(usage.output_tokens)} out`;
    const cost = usage.total_usd_micros;
    lines.push(`Cost:     ${cost === undefined ? tokens : `${formatUsd(cost)} (${tokens})`}`);
  }
  if (view.retro !== undefined) lines.push(`Retro:    ${retroLine(view.retro)}`);
  if (!good && end.reason !== 'workflow_error') lines.push(`Reason:   ${end.reason}`);
  if (end.error !== undefined) lines.push(`Error:    ${safeText(end.error).trim()}`);
  if (view.branch !== undefined) lines.push(`Branch:   ${oneLine(view.branch)}`);
  if (end.commit !== undefined) lines.push(`Commit:   ${end.commit}`);
  const output = safeText(view.output ?? '').trim();
  if (output !== '') {
    const shown =
      output.length > OUTPUT_CHARACTERS ? `…${output.slice(-OUTPUT_CHARACTERS)}` : output;
    lines.push('', paint.bold('=== Output ==='), shown);
  }
  return lines;
}

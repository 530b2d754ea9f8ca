/** The lasting lines of a run, for terminal and pipe alike. Pure. */
import { formatDuration, formatTokens, formatUsd, plural } from './format.js';
import type { Paint } from './paint.js';
import { oneLine, safeText } from './text.js';
import type { Happening, StageView } from './view.js';

export interface LineOptions {
  readonly paint: Paint;
  /** Shows whole failure texts and the starts of stages. */
  readonly verbose: boolean;
}

/** Lines for one happening; none for what is not worth one. */
export function linesFor(happening: Happening, options: LineOptions): readonly string[] {
  const { paint } = options;
  switch (happening.kind) {
    case 'sandbox_ready':
      return [`Sandbox: ${happening.provider} (ready in ${formatDuration(happening.durationMs)})`];
    case 'prepared': {
      const sign = happening.ok ? paint.green('✓') : paint.red('✗');
      const took = paint.dim(formatDuration(happening.durationMs));
      return [`${sign} prepare: ${firstLine(happening.command)}  ${took}`];
    }
    case 'branch':
      return [`Branch: ${oneLine(happening.branch)}`];
    case 'resumed':
      return [paint.yellow('↻ Resumed after an interruption')];
    case 'begun_anew':
      return [paint.yellow(`↻ Begins anew at ${oneLine(happening.node)}`)];
    case 'stage_started':
      return options.verbose
        ? [`${indent(happening.stage)}${paint.dim(`▸ ${happening.stage.label}`)}`]
        : [];
    case 'stage_ended':
      return stageLines(happening.stage, options);
    case 'stage_retrying': {
      const { stage } = happening;
      const attempt = `attempt ${stage.attempt + 1} of ${stage.maxAttempts}`;
      const why = stage.failure === undefined ? '' : `: ${firstLine(stage.failure)}`;
      return [
        `${indent(stage)}${paint.yellow('↻')} ${stage.label}  ${paint.dim(`next ${attempt} in ${formatDuration(happening.delayMs)}${why}`)}`,
      ];
    }
    case 'stage_interrupted':
      return [
        `${indent(happening.stage)}${paint.yellow('↻')} ${happening.stage.label}  ${paint.dim('interrupted by a restart; a new attempt begins')}`,
      ];
    case 'notice':
      return [notice(happening.level, oneLine(happening.message), paint)];
    case 'question':
      // Whoever is to answer it is asked; others see it with its answer.
      return [];
    case 'question_closed': {
      const { answer, shown } = happening;
      const question = shown ? `question ${happening.questionId}` : oneLine(happening.text);
      return [
        `${paint.cyan('?')} ${question}  ${answer === undefined ? paint.dim('no answer') : paint.bold(oneLine(answer))}`,
      ];
    }
    case 'ended':
      // The result block says it.
      return [];
    default:
      return happening satisfies never;
  }
}

/** `12.3s · 4 turns, 6 tool calls · 12.3k tokens · $0.0123 · anthropic/claude`. */
export function stageFacts(stage: StageView, duration: string): string {
  const facts = [duration];
  // Attempts that a restart cut short are not counted against the policy's number.
  const of = stage.attempt <= stage.maxAttempts ? ` of ${stage.maxAttempts}` : '';
  if (stage.attempt > 1) facts.push(`attempt ${stage.attempt}${of}`);
  if (stage.turns > 0 || stage.toolCalls > 0)
    facts.push(`${plural(stage.turns, 'turn')}, ${plural(stage.toolCalls, 'tool call')}`);
  if (stage.usage !== undefined) {
    facts.push(`${formatTokens(stage.usage.input_tokens + stage.usage.output_tokens)} tokens`);
    if (stage.usage.total_usd_micros !== undefined)
      facts.push(formatUsd(stage.usage.total_usd_micros));
  }
  if (stage.model !== undefined) facts.push(oneLine(stage.model));
  return facts.join(' · ');
}

function stageLines(stage: StageView, options: LineOptions): readonly string[] {
  if (stage.handler === 'conditional' && stage.state !== 'cancelled')
    return [conditionalLine(stage, options.paint)];
  const facts = stageFacts(stage, formatDuration(stage.durationMs ?? 0));
  const head = `${indent(stage)}${mark(stage, options.paint)} ${stage.label}  ${options.paint.dim(facts)}`;
  if (stage.failure === undefined) return [head];
  const why = options.verbose
    ? safeText(stage.failure).trimEnd().split('\n')
    : briefFailure(stage.failure);
  return [head, ...why.map((line) => `${indent(stage)}  ${options.paint.dim(line)}`)];
}

/** A conditional does nothing of its own: it passes on the outcome before it, whose lines said why. */
function conditionalLine(stage: StageView, paint: Paint): string {
  const outcome = stage.state.replaceAll('_', ' ');
  return `${indent(stage)}${paint.dim('◇')} ${stage.label}  ${paint.dim(outcome)}`;
}

/** The sign of a finished stage. */
function mark(stage: StageView, paint: Paint): string {
  switch (stage.state) {
    case 'succeeded':
      return paint.green('✓');
    case 'partially_succeeded':
      return paint.yellow('◐');
    case 'failed':
      return paint.red('✗');
    case 'skipped':
    case 'cancelled':
      return paint.dim('⊘');
    case 'pending':
    case 'running':
    case 'retrying':
      return '·';
    default:
      return stage.state satisfies never;
  }
}

/** Two blanks for each parallel branch that the stage stands in. */
export function indent(stage: StageView): string {
  return '  '.repeat(stage.depth);
}

function notice(level: 'info' | 'warn' | 'error', message: string, paint: Paint): string {
  switch (level) {
    case 'info':
      return paint.dim(`note: ${message}`);
    case 'warn':
      return `${paint.yellow('warning:')} ${message}`;
    case 'error':
      return `${paint.red('error:')} ${message}`;
    default:
      return level satisfies never;
  }
}

function firstLine(text: string): string {
  return oneLine(safeText(text).trimStart().split('\n')[0] ?? '');
}

const STDERR = '\n## stderr\n';

/** What failed, and the last thing that a command said about it on standard error. */
function briefFailure(text: string): readonly string[] {
  const at = text.lastIndexOf(STDERR);
  const said = at < 0 ? '' : text.slice(at + STDERR.length).trimEnd();
  const last = said.slice(said.lastIndexOf('\n') + 1);
  return [firstLine(text), ...(last.trim() === '' ? [] : [oneLine(last)])];
}

/** One stage as each mode of a preamble tells it (engine reference §5.2). */
import {
  HIGH_QUOTED_LINES,
  PREAMBLE_RESPONSE_CHARS,
  PREAMBLE_VALUE_CHARS,
  QUOTED_LINES,
} from '../limits.js';
import { item, outputItem, scriptItem, tokens } from './blocks.js';
import { shortened } from './bounds.js';
import type { StageSummary } from './facts.js';

const NESTED = '  ';

/** `compact`. */
export function compactStage(stage: StageSummary): readonly string[] {
  return [`- **${stage.id}**: ${stage.status}`, ...details(stage)];
}

/** `summary:low`. */
export function lowStage(stage: StageSummary): readonly string[] {
  const { script, model } = stage;
  return [
    ...outlined(stage),
    ...(script === undefined ? [] : [scriptItem(NESTED, script)]),
    ...(model === undefined ? [] : [item(NESTED, `Model: ${model}`)]),
  ];
}

/** `summary:medium`. */
export function mediumStage(stage: StageSummary): readonly string[] {
  return [...outlined(stage), ...details(stage)];
}

/** `summary:high`. */
export function highStage(stage: StageSummary): readonly string[] {
  const { script, stdout, stderr, model, inputTokens, outputTokens, filesTouched = [] } = stage;
  return [
    '',
    `## Stage: ${stage.id}`,
    `- Status: ${stage.status}`,
    `- Handler: ${stage.handlerType}`,
    ...(script === undefined ? [] : [scriptItem('', script)]),
    ...(stdout === undefined ? [] : outputItem('', 'Stdout', stdout, HIGH_QUOTED_LINES)),
    ...(stderr === undefined ? [] : outputItem('', 'Stderr', stderr, HIGH_QUOTED_LINES)),
    ...(model === undefined ? [] : [`- Model: ${model}`]),
    ...(inputTokens === undefined || outputTokens === undefined
      ? []
      : [`- Tokens: ${tokens(inputTokens)} in / ${tokens(outputTokens)} out`]),
    ...(filesTouched.length === 0 ? [] : [filesItem('', 'Files touched', filesTouched)]),
    ...said(stage),
    ...(stage.pointer === undefined ? [] : [`- See: ${stage.pointer}`]),
  ];
}

/** The response, or, of a stage without one, its notes and why it failed. */
function said({ response, notes, failureReason }: StageSummary): readonly string[] {
  if (response !== undefined && response.trim() !== '') {
    const text = shortened(response.trim(), PREAMBLE_RESPONSE_CHARS);
    return ['- Response:', ...text.split('\n').map((line) => `  > ${line}`.trimEnd())];
  }
  return [
    ...(notes === undefined ? [] : [item('', `Notes: ${brief(notes)}`)]),
    ...(failureReason === undefined ? [] : [item('', `Failure reason: ${brief(failureReason)}`)]),
  ];
}

function outlined({ id, status, notes, failureReason, handlerType }: StageSummary) {
  const why = failureReason === undefined ? '' : ` [reason: ${brief(failureReason)}]`;
  const about = notes === undefined ? '' : ` (${brief(notes)})`;
  return [item('', `${id}: ${status}${about}${why}`), item(NESTED, `Handler: ${handlerType}`)];
}

function details(stage: StageSummary): readonly string[] {
  const { script, stdout, stderr, model, filesTouched = [] } = stage;
  return [
    ...(script === undefined ? [] : [scriptItem(NESTED, script)]),
    ...(stdout === undefined ? [] : outputItem(NESTED, 'Stdout', stdout, QUOTED_LINES)),
    ...(stderr === undefined ? [] : outputItem(NESTED, 'Stderr', stderr, QUOTED_LINES)),
    ...(model === undefined ? [] : [item(NESTED, `Model: ${model}${tokensOf(stage)}`)]),
    ...(filesTouched.length === 0 ? [] : [filesItem(NESTED, 'Files', filesTouched)]),
  ];
}

function tokensOf({ inputTokens, outputTokens }: StageSummary): string {
  return inputTokens === undefined || outputTokens === undefined
    ? ''
    : `, ${tokens(inputTokens)} tokens in / ${tokens(outputTokens)} out`;
}

function filesItem(indent: string, name: string, files: readonly string[]): string {
  return item(indent, `${name}: ${brief(files.join(', '))}`);
}

const brief = (text: string): string => shortened(text, PREAMBLE_VALUE_CHARS);

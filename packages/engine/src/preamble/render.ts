/** What a model stage is told about the run so far, in each fidelity mode (engine reference §5.2). Pure. */
import { bounded } from './bounds.js';
import { contextList, contextTable } from './context.js';
import type { PreambleFacts, StageSummary } from './facts.js';
import type { Fidelity } from './fidelity.js';
import { compactStage, highStage, lowStage, mediumStage } from './stages.js';

/** Stages that the short summaries tell. */
const RECENT_LOW = 2;
const RECENT_MEDIUM = 5;

/**
 * The preamble: empty, or lines that end with a newline. At most `MAX_PREAMBLE_CHARS` long; a longer one loses
 * its middle, and a line says so.
 */
export function renderPreamble(mode: Fidelity, facts: PreambleFacts): string {
  // A full stage goes on in a session that knows all this.
  if (mode === 'full') return '';
  const own = linesOf(mode, facts);
  return bounded(withParent(facts.parentPreamble, own.map((line) => `${line}\n`).join('')));
}

function linesOf(mode: Exclude<Fidelity, 'full'>, facts: PreambleFacts): readonly string[] {
  switch (mode) {
    case 'truncate':
      return about(facts);
    case 'compact':
      return compact(facts);
    case 'summary:low':
      return recent(facts, RECENT_LOW, lowStage);
    case 'summary:medium':
      return [...recent(facts, RECENT_MEDIUM, mediumStage), ...contextList(facts.context)];
    case 'summary:high':
      return high(facts);
    default:
      return mode satisfies never;
  }
}

function goalLine({ goal }: PreambleFacts): readonly string[] {
  return goal === undefined || goal === '' ? [] : [`Goal: ${goal}`];
}

function about(facts: PreambleFacts): readonly string[] {
  return [...goalLine(facts), `Run ID: ${facts.runId}`];
}

function compact(facts: PreambleFacts): readonly string[] {
  const stages = facts.stages.flatMap(compactStage);
  const lines = [
    ...goalLine(facts),
    ...(stages.length === 0 ? [] : ['', '## Completed stages', ...stages]),
    ...contextList(facts.context),
  ];
  // Without a goal the first section is the beginning.
  return lines[0] === '' ? lines.slice(1) : lines;
}

function recent(
  facts: PreambleFacts,
  most: number,
  tell: (stage: StageSummary) => readonly string[],
): readonly string[] {
  const { stages } = facts;
  const omitted = Math.max(0, stages.length - most);
  return [
    ...about(facts),
    `Completed ${stages.length} stage(s) so far.`,
    ...(omitted === 0 ? [] : [`(${omitted} earlier stage(s) omitted)`]),
    ...(stages.length === 0 ? [] : ['Recent stages:', ...stages.slice(-most).flatMap(tell)]),
  ];
}

function high(facts: PreambleFacts): readonly string[] {
  const { stages, totalStages } = facts;
  return [
    ...about(facts),
    `Pipeline progress: ${stages.length} of ${totalStages} stages completed`,
    ...stages.flatMap(highStage),
    ...contextTable(facts.context),
  ];
}

function withParent(parent: string | undefined, own: string): string {
  if (parent === undefined || parent.trim() === '') return own;
  const told = `## Parent workflow context\n${parent.trimEnd()}\n`;
  return own === '' ? told : `${told}\n## Current sub-workflow\n${own}`;
}

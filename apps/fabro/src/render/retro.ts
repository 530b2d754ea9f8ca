/** A retro in a few lines. Pure. */
import type { Retro } from '@fabro/protocol';
import { plural } from './format.js';
import { oneLine } from './text.js';

/** `smooth; 3 stages completed, 1 failed, 2 retries, 4 files touched`. */
export function retroLine({ smoothness, stats }: Retro): string {
  const facts = [`${plural(stats.stages_completed, 'stage')} completed`];
  if (stats.stages_failed > 0) facts.push(`${stats.stages_failed} failed`);
  if (stats.total_retries > 0)
    facts.push(stats.total_retries === 1 ? '1 retry' : `${stats.total_retries} retries`);
  const files = stats.files_touched?.length ?? 0;
  if (files > 0) facts.push(`${plural(files, 'file')} touched`);
  return `${smoothness === undefined ? '' : `${smoothness}; `}${facts.join(', ')}`;
}

/** What was tried again or failed, a line each; empty for a run in which nothing was. */
export function frictionLines({ stages }: Retro): readonly string[] {
  return stages
    .filter((stage) => stage.retries > 0 || stage.status === 'failed')
    .map((stage) => {
      const tried = stage.retries > 0 ? ` after ${stage.retries + 1} attempts` : '';
      const why =
        stage.failure_reason === undefined
          ? ''
          : `: ${oneLine(stage.failure_reason.split('\n')[0] ?? '')}`;
      return `  ${oneLine(stage.stage_id)} ${stage.status}${tried}${why}`;
    });
}

/** What is redrawn while a run is under way: running stages, their tool calls, time and cost. Pure. */
import { formatElapsed, formatUsd, plural } from './format.js';
import { indent, stageFacts } from './lines.js';
import type { Paint } from './paint.js';
import { usageSoFar } from './reduce.js';
import { displayWidth, oneLine, truncate, truncateStart } from './text.js';
import type { RunView, StageView, ToolView } from './view.js';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export interface RegionOptions {
  readonly now: number;
  /** Counts up with every frame. */
  readonly frame: number;
  readonly columns: number;
  /** Height of the terminal; the region stays below it, so that it can be cleared. */
  readonly rows: number;
  readonly paint: Paint;
}

/** Lines narrower than the terminal and fewer than its rows. */
export function liveRegion(view: RunView, options: RegionOptions): readonly string[] {
  if (view.phase === 'ended') return [];
  const room = Math.max(1, options.rows - 3);
  const stages = view.active.map((stage) => stageBlock(stage, options));
  const lines: string[] = [];
  let shown = 0;
  for (const block of stages) {
    if (lines.length + block.length > room) break;
    lines.push(...block);
    shown++;
  }
  const hidden = stages.length - shown;
  if (hidden > 0) lines.push(fit('', `… and ${plural(hidden, 'more stage')}`, options));
  lines.push(fit('', status(view, options), options));
  return lines;
}

function stageBlock(stage: StageView, options: RegionOptions): readonly string[] {
  const { paint } = options;
  const spin = SPINNER[options.frame % SPINNER.length] ?? '⠋';
  const pad = indent(stage);
  const waiting =
    stage.retryAt === undefined ? '' : ` · retry in ${formatElapsed(stage.retryAt - options.now)}`;
  const facts = stageFacts(stage, formatElapsed(options.now - stage.startedAt)) + waiting;
  const lines = [
    `${pad}${paint.cyan(spin)} ${two(stage.label, facts, options.columns - 1 - pad.length - 2, paint)}`,
  ];
  for (const tool of stage.tools) lines.push(toolLine(tool, `${pad}    `, spin, options));
  const live = oneLine(stage.live);
  if (live !== '') {
    const room = options.columns - 1 - pad.length - 4;
    lines.push(`${pad}    ${paint.dim(truncateStart(live, room))}`);
  }
  return lines;
}

/** A bold label and dim facts beside it, cut to the width. */
function two(label: string, facts: string, columns: number, paint: Paint): string {
  const name = truncate(label, columns);
  const rest = columns - displayWidth(name) - 2;
  if (rest < 6) return paint.bold(name);
  return `${paint.bold(name)}  ${paint.dim(truncate(facts, rest))}`;
}

function toolLine(tool: ToolView, pad: string, spin: string, options: RegionOptions): string {
  const { paint } = options;
  const sign = { running: paint.cyan(spin), ok: paint.green('✓'), error: paint.red('✗') }[
    tool.state
  ];
  const text = tool.detail === '' ? tool.name : `${tool.name} ${tool.detail}`;
  return `${pad}${sign} ${truncate(oneLine(text), options.columns - 1 - pad.length - 2)}`;
}

function status(view: RunView, options: RegionOptions): string {
  const parts: string[] = [];
  if (view.startedAt !== undefined) parts.push(formatElapsed(options.now - view.startedAt));
  if (view.phase !== 'running') parts.push(PHASE_TEXT[view.phase]);
  parts.push(`${plural(view.totals.stages, 'stage')} done`);
  const usd = usageSoFar(view)?.total_usd_micros;
  if (usd !== undefined) parts.push(formatUsd(usd));
  parts.push('Ctrl-C detaches');
  return parts.join(' · ');
}

const PHASE_TEXT = {
  waiting: 'waiting to start',
  starting: 'starting',
  running: 'running',
  paused: 'paused',
  blocked: 'waiting for an answer',
  ended: 'ended',
} as const satisfies Record<RunView['phase'], string>;

function fit(pad: string, text: string, options: RegionOptions): string {
  return pad + options.paint.dim(truncate(text, options.columns - 1 - pad.length));
}

/** Events and live output as lines for `fabro logs`. Holds what was streamed, so that nothing is said twice. */
import type { AnyEvent } from '@fabro/protocol';
import { FOLDED_LINES, LIVE_LINE_CHARACTERS } from '../limits.js';
import { plural } from './format.js';
import { parseLiveEvent } from './live-events.js';
import { logEntry } from './log-entry.js';
import type { LogEntry, Tone } from './log-shape.js';
import type { Paint } from './paint.js';
import { displayWidth, safeText, truncate } from './text.js';

export interface LogPrinterOptions {
  readonly paint: Paint;
  /** Every event, nothing folded. */
  readonly verbose: boolean;
  /** Width of the terminal; undefined for a pipe, where nothing is cut. */
  readonly columns: () => number | undefined;
  /** The time of day of an event, as it is to be shown. */
  readonly timeOfDay: (ts: string) => string;
}

/** Lines for what comes, in the order in which it comes. */
export interface LogPrinter {
  event(event: AnyEvent): readonly string[];
  /** Whole lines of what a model or a command writes; the rest is kept until there is more. */
  live(event: unknown): readonly string[];
}

/** Where something happens. */
interface Place {
  readonly frame_id?: string | undefined;
  readonly stage_id?: string | undefined;
  readonly node_id?: string | undefined;
}

/** What is known of a stage while it goes on. */
interface Stage {
  /** Characters of its open block so far. */
  characters: number;
  /** The last line of the block, when it is not whole yet. */
  rest: string;
  /** The ends of a path do nothing. */
  isEnd: boolean;
  /** The output of its command was shown, so its failure need not quote it again. */
  outputShown: boolean;
  /** An agent's answer comes twice: as its last message, and as what its stage came to. */
  message?: string;
}

const STAGE_COLUMNS = 14;
const LEAST_COLUMNS = 8;
const QUOTE = '│ ';
const TIME_COLUMNS = '00:00:00'.length;

/** Makes a printer without anything streamed. */
export function logPrinter(options: LogPrinterOptions): LogPrinter {
  const { paint, verbose, columns, timeOfDay } = options;
  const stages = new Map<string, Stage>();
  let lastKey = '';

  const stageOf = (key: string): Stage => {
    const known = stages.get(key);
    if (known !== undefined) return known;
    const made = { characters: 0, rest: '', isEnd: false, outputShown: false };
    stages.set(key, made);
    return made;
  };
  const cut = (line: string, used: number) => {
    const all = columns();
    return all === undefined || verbose
      ? line
      : truncate(line, Math.max(LEAST_COLUMNS, all - 1 - used));
  };
  const quote = (lines: readonly string[], place: Place) =>
    lines.map((line) => {
      const name = stageName(place);
      // Branches write at the same time: who goes on is named.
      const named = lastKey !== keyOf(place);
      lastKey = keyOf(place);
      const used = TIME_COLUMNS + 2 + Math.max(STAGE_COLUMNS, displayWidth(name)) + 2;
      const text = cut(line.trimEnd(), used + QUOTE.length);
      return (
        head('', named ? name : '', displayWidth(name)) + paint.dim(`${QUOTE}${text}`.trimEnd())
      );
    });
  const head = (time: string, name: string, nameColumns = displayWidth(name)) => {
    const pad = ' '.repeat(Math.max(STAGE_COLUMNS, nameColumns) - displayWidth(name));
    return `${paint.dim(time.padEnd(TIME_COLUMNS))}  ${paint.cyan(name)}${pad}  `;
  };
  const written = (place: Place, stage: Stage) => {
    const lines = stage.rest.trim() === '' ? [] : [stage.rest];
    stage.rest = '';
    return quote(lines, place);
  };
  /** The body without what was said before; undefined when the whole event was. */
  const unsaid = (event: AnyEvent, entry: LogEntry, stage: Stage): LogEntry | undefined => {
    const { characters, message, outputShown } = stage;
    if (event.event === 'prompt.completed' && message === event.properties['response'])
      return undefined;
    if (entry.streamed === true && characters > 0) return { ...entry, body: '' };
    if (event.event === 'stage.failed' && outputShown && !verbose)
      return { ...entry, body: entry.body?.split('\n')[0] ?? '' };
    return entry;
  };
  const remember = (event: AnyEvent, entry: LogEntry, stage: Stage) => {
    const { handler_type: handler, text } = event.properties;
    if (event.event === 'stage.started') {
      stage.isEnd = handler === 'start' || handler === 'exit';
      stage.outputShown = false;
    }
    if (event.event === 'agent.message' && typeof text === 'string') stage.message = text;
    if (event.event === 'command.completed') stage.outputShown = true;
    if (entry.streamed === true) stage.characters = 0;
    if (event.event === 'stage.completed' || event.event === 'stage.failed')
      stages.delete(keyOf(event));
  };

  return {
    event(event) {
      const stage = stageOf(keyOf(event));
      const before = written(event, stage);
      const whole = logEntry(event);
      const entry = unsaid(event, whole, stage);
      remember(event, whole, stage);
      if (entry === undefined) return before;
      if ((entry.detail === true || stage.isEnd) && !verbose) return before;
      const front = head(timeOfDay(event.ts), stageName(placeOf(event)));
      const number = verbose ? `#${event.seq} ` : '';
      const body = bodyLines(entry, verbose);
      // A short script stands beside its sign, a long one below it.
      const inline = entry.text === '' && body.length === 1;
      const mark = entry.mark === undefined ? '' : `${entry.mark} `;
      const text = `${mark}${inline ? body[0] : entry.text}`.trimEnd();
      const line = cut(text, displayWidth(front) + number.length);
      lastKey = keyOf(event);
      return [
        ...before,
        `${front}${paint.dim(number)}${inTone(entry.tone, paint)(line)}`.trimEnd(),
        ...(inline ? [] : quote(body, event)),
      ];
    },
    live(raw) {
      const event = parseLiveEvent(raw);
      if (event === undefined) return [];
      const stage = stageOf(keyOf(event));
      if (event.event === 'agent.output.start') {
        const lines = written(event, stage);
        stage.characters = 0;
        return lines;
      }
      const fresh =
        event.event === 'agent.output.replace'
          ? event.properties.text.slice(stage.characters)
          : event.properties.delta;
      stage.characters += fresh.length;
      const { lines, rest } = wholeLines(stage.rest + safeText(fresh), LIVE_LINE_CHARACTERS);
      stage.rest = rest;
      return quote(lines, event);
    },
  };
}

/** An edge leaves a stage and lies in none. */
function placeOf(event: AnyEvent): Place {
  const from = event.event === 'edge.selected' ? event.properties['from_node'] : undefined;
  return typeof from === 'string' ? { ...event, node_id: from } : event;
}

/** The stage of a place without the number of its first visit, indented by the branches that it stands in. */
function stageName(place: Place): string {
  const depth = (place.frame_id ?? 'root').split('/').length - 1;
  const stage = (place.stage_id ?? place.node_id ?? '').replace(/@1$/, '');
  return safeText('  '.repeat(depth) + stage);
}

function keyOf(place: Place): string {
  return `${place.frame_id ?? 'root'}/${place.stage_id ?? ''}`;
}

/** The lines of a body; long ones lose their middle, or all but their end. */
function bodyLines(entry: LogEntry, verbose: boolean): readonly string[] {
  const body = safeText(entry.body ?? '').trimEnd();
  if (body === '') return [];
  const lines = body.split('\n');
  const over = lines.length - FOLDED_LINES;
  // One line more is no longer than the line that would say so.
  if (verbose || over <= 1) return lines;
  const note = `… ${plural(over, 'more line')} (--verbose shows them)`;
  return entry.keep === 'end'
    ? [note, ...lines.slice(-FOLDED_LINES)]
    : [...lines.slice(0, FOLDED_LINES), note];
}

/** Cuts what is whole: lines, and pieces of a line that grows too long, at a blank where there is one. */
function wholeLines(
  text: string,
  most: number,
): { readonly lines: readonly string[]; readonly rest: string } {
  const parts = text.split('\n');
  const lines: string[] = [];
  let rest = '';
  parts.forEach((part, i) => {
    rest = part;
    while (rest.length > most) {
      const blank = rest.lastIndexOf(' ', most);
      const at = blank > 0 ? blank : most;
      lines.push(rest.slice(0, at));
      rest = rest.slice(at).trimStart();
    }
    if (i < parts.length - 1) lines.push(rest);
  });
  return { lines: lines.filter((line) => line.trim() !== ''), rest };
}

function inTone(tone: Tone, paint: Paint): (text: string) => string {
  switch (tone) {
    case 'plain':
      return (text) => text;
    case 'good':
      return paint.green;
    case 'bad':
      return paint.red;
    case 'warn':
      return paint.yellow;
    case 'dim':
      return paint.dim;
    default:
      return tone satisfies never;
  }
}

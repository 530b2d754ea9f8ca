/** What a model's text says about the way on (engine reference §3.2, point 5). */
import { StageStatus } from '@fabro/protocol';
import { z } from 'zod';
import { MAX_ROUTING_CHARS } from './limits.js';

const Routing = z.looseObject({
  preferred_next_label: z.string().optional(),
  outcome: z.unknown().optional(),
  failure_reason: z.string().optional(),
  suggested_next_ids: z.array(z.string()).optional(),
  context_updates: z.record(z.string(), z.json()).optional(),
});

const FIELDS = [
  'preferred_next_label',
  'outcome',
  'failure_reason',
  'suggested_next_ids',
  'context_updates',
];

export interface RoutingObject {
  readonly preferred_next_label?: string;
  readonly outcome?: StageStatus;
  readonly failure_reason?: string;
  readonly suggested_next_ids?: string[];
  readonly context_updates?: z.infer<typeof Routing>['context_updates'];
}

/** Of all balanced `{…}` that parse and have a known field, the one that starts last; else an empty object. */
export function readRouting(text: string): RoutingObject {
  const tail = text.slice(-MAX_ROUTING_CHARS);
  const ends = closings(tail);
  for (const [start, end] of ends.toSorted((a, b) => b[0] - a[0])) {
    const parsed = tryParse(tail.slice(start, end + 1));
    if (parsed === undefined) continue;
    const { outcome, preferred_next_label, failure_reason, suggested_next_ids, context_updates } =
      parsed;
    const status = StageStatus.safeParse(outcome);
    return {
      ...(status.success ? { outcome: status.data } : {}),
      ...(preferred_next_label === undefined ? {} : { preferred_next_label }),
      ...(failure_reason === undefined ? {} : { failure_reason }),
      ...(suggested_next_ids === undefined ? {} : { suggested_next_ids }),
      ...(context_updates === undefined ? {} : { context_updates }),
    };
  }
  return {};
}

/** Start and end of every balanced pair of braces outside JSON strings, found in one pass. */
function closings(text: string): readonly (readonly [number, number])[] {
  const open: number[] = [];
  const pairs: [number, number][] = [];
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i++;
      // A string of JSON never spans lines: prose may hold a lone quotation mark.
      else if (c === '"' || c === '\n') inString = false;
    } else if (c === '"') inString = open.length > 0;
    else if (c === '{') open.push(i);
    else if (c === '}') {
      const start = open.pop();
      if (start !== undefined) pairs.push([start, i]);
    }
  }
  return pairs;
}

function tryParse(text: string): z.infer<typeof Routing> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // Prose in braces: not a routing object.
  }
  const parsed = Routing.safeParse(value);
  return parsed.success && FIELDS.some((field) => field in parsed.data) ? parsed.data : undefined;
}

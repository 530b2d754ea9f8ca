/** The tool calls of one turn: side by side, but on one file in the order of the model. */
import type { ToolCallPart } from '@fabro/protocol';
import { type BoundCall, bindCall } from './bind-call.js';
import { PARALLEL_TOOL_CALLS } from './limits.js';
import type { Session } from './session.js';
import { callTool } from './tool-call.js';
import type { ToolReturn } from './tool-return.js';

/**
 * Results in the order of the calls. Rejects when a call cannot be recorded or the signal aborts, and only
 * after all calls have come to rest.
 */
export async function runTools(
  session: Session,
  turn: number,
  parts: readonly ToolCallPart[],
): Promise<readonly ToolReturn[]> {
  const { profile, ports, memory } = session;
  const slots = new Slots(PARALLEL_TOOL_CALLS);
  const lastOnPlace = new Map<string, Promise<unknown>>();
  // Only a call's own file counts within the turn, so that what it may write does not hang on timing.
  const readThisTurn = new Set<string>();
  const hasRead = (place: string): boolean => memory.read.has(place) || readThisTurn.has(place);

  const runs = parts.map((part, index) => {
    const bound = bindCall(profile.tools, part, ports.sandbox.workdir);
    const place = placeOfCall(bound);
    const before = place === undefined ? undefined : lastOnPlace.get(place);
    const run = async (): Promise<ToolReturn> => {
      await before;
      const result = await slots.with(() => callTool(session, { turn, index }, bound, hasRead));
      if (place !== undefined && result.filesRead.includes(place)) readThisTurn.add(place);
      return result;
    };
    const running = run();
    if (place !== undefined) lastOnPlace.set(place, running);
    return running;
  });

  const settled = await Promise.allSettled(runs);
  return settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

function placeOfCall({ act }: BoundCall): string | undefined {
  switch (act.recovery) {
    case 'repeat':
    case 'reconcile':
      return act.place;
    case 'never':
      return undefined;
    default:
      return act satisfies never;
  }
}

/** Lets so many act at once; the others wait in line. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async with<T>(run: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

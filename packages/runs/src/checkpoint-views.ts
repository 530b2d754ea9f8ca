/** The run as each of its checkpoints has it, from nothing but its events. */
import { fold, initialState, type RunState } from '@fabro/engine';
import {
  ROOT_FRAME,
  parseRunEvent,
  type AnyEvent,
  type JsonObject,
  type RunId,
} from '@fabro/protocol';
import { checkpointView } from './state-view.js';

export class CheckpointViews {
  readonly #state: RunState;

  constructor(run: RunId) {
    this.#state = initialState(run);
  }

  /**
   * Takes a run's events in their order, from the first; gives the checkpoint that the event makes. Throws for
   * an event that cannot be folded, as a newer server may write it; nothing may be taken after it.
   */
  take(event: AnyEvent): JsonObject | undefined {
    const known = parseRunEvent(event);
    if (known !== undefined) fold(this.#state, known);
    if (known?.event !== 'checkpoint.completed') return undefined;
    // A branch has checkpoints of its own, with the context that is its own.
    const id = event.frame_id ?? ROOT_FRAME;
    const frame = [...this.#state.frames.values()].find((candidate) => candidate.id === id);
    if (frame === undefined) return undefined;
    return {
      seq: event.seq,
      timestamp: event.ts,
      ...(event.stage_id === undefined ? {} : { stage_id: event.stage_id }),
      ...checkpointView(this.#state, frame),
      ...event.properties,
    };
  }
}

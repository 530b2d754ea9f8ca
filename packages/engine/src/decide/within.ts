/** Frames inside frames, by their ids. */
import type { FrameId } from '@fabro/protocol';
import type { Slot } from './decision.js';

/** True when a frame, or the slot of an act, is the frame `outer` or was opened inside it. */
export function within(inner: Slot, outer: FrameId): boolean {
  return inner === outer || inner.startsWith(`${outer}/`) || inner.startsWith(`${outer}#`);
}

/** Frames inside frames, by their ids. */
import type { FrameId } from '@fabro/protocol';

/** True when `inner` is the frame `outer` or one that was opened inside it. */
export function within(inner: FrameId, outer: FrameId): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

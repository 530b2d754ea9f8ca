/** Pause, unpause and the blocked flag: what the run says of itself before its frames go on. */
import type { EventDraft } from '@fabro/protocol';
import type { RunState } from '../state.js';

/** Pause, unpause and the blocked flag. */
export function controlEvents(state: RunState): readonly EventDraft[] {
  if (state.pendingControl === 'pause') return [{ event: 'run.paused', properties: {} }];
  if (state.pendingControl === 'unpause') return [{ event: 'run.unpaused', properties: {} }];
  const open = [...state.questions.values()].some((q) => q.answer === undefined);
  if (open && !state.blocked)
    return [{ event: 'run.blocked', properties: { blocked_reason: 'human_input_required' } }];
  if (!open && state.blocked) return [{ event: 'run.unblocked', properties: {} }];
  return [];
}

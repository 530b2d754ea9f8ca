/** `conditional` (diamond): passes on the outcome of the stage before it, so that its edges can ask for it. */
import type { DecidedHandler } from '../handler.js';
import { frameOf, type Frame, type RecordedOutcome, type RunState } from '../state.js';

export const conditionalHandler: DecidedHandler = {
  kind: 'decided',
  decide: ({ state, frame, node }) => {
    const before = outcomeBefore(state, frame);
    return {
      status: before?.status ?? 'succeeded',
      notes: `Conditional node evaluated: ${node.id}`,
      ...(before?.preferredLabel === undefined ? {} : { preferred_label: before.preferredLabel }),
      ...(before?.failure === undefined ? {} : { failure: before.failure }),
    };
  },
};

/** A branch that begins with a conditional passes on what came before its parallel stage. */
function outcomeBefore(state: RunState, frame: Frame): RecordedOutcome | undefined {
  const { lastNode, branch } = frame;
  if (lastNode === undefined) return undefined;
  const own = frame.outcomes.get(lastNode);
  return own ?? (branch && outcomeBefore(state, frameOf(state, branch.frame)));
}

/** `conditional` (diamond): passes on the outcome of the stage before it, so that its edges can ask for it. */
import type { DecidedHandler } from '../handler.js';

export const conditionalHandler: DecidedHandler = {
  kind: 'decided',
  decide: ({ frame, node }) => {
    const before = frame.lastNode === undefined ? undefined : frame.outcomes.get(frame.lastNode);
    return {
      status: before?.status ?? 'succeeded',
      notes: `Conditional node evaluated: ${node.id}`,
      ...(before?.preferredLabel === undefined ? {} : { preferred_label: before.preferredLabel }),
      ...(before?.failure === undefined ? {} : { failure: before.failure }),
    };
  },
};

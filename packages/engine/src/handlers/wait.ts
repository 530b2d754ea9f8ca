/** `wait`: lets a time pass (engine reference §3.2). The end is derived from the recorded start. */
import { attr } from '@fabro/workflow';
import type { ActedHandler } from '../handler.js';

export const waitHandler: ActedHandler = {
  kind: 'acted',
  onInterrupt: 'continue',
  waits: true,

  async act({ node, stage }, ports) {
    const durationMs = attr.durationMs(node, 'duration');
    if (durationMs === undefined)
      return {
        retryable: false,
        outcome: {
          status: 'failed',
          failure: {
            message: `wait node "${node.id}" is missing a valid \`duration\` attribute; write one like duration=30s`,
            failure_class: 'deterministic',
          },
        },
      };
    await ports.clock.sleepUntil(stage.startedAtMs + durationMs, ports.calls.signal);
    return { retryable: false, outcome: { status: 'succeeded', notes: `Waited: ${node.id}` } };
  },

  simulate: ({ node }) => ({ status: 'succeeded', notes: `[Simulated] ${node.id}` }),
};

/** One turn's text as it is streamed: numbered deltas of one block. */
import type { LiveDraft } from './port.js';
import type { EventScope } from '@fabro/protocol';

export interface LiveBlock {
  /** Opens the block, or empties it when an earlier attempt has already written to it. */
  begin(): void;
  text(delta: string): void;
  reasoning(delta: string): void;
}

/** Every event of a block takes the next index, so that a reader sees gaps and repeats. */
export function liveBlock(
  blockId: string,
  scope: EventScope,
  live: (event: LiveDraft) => void,
): LiveBlock {
  let begun = false;
  let index = 0;
  return {
    begin() {
      if (begun)
        live({
          ...scope,
          event: 'agent.output.replace',
          properties: { block_id: blockId, index: index++, text: '' },
        });
      else live({ ...scope, event: 'agent.output.start', properties: { block_id: blockId } });
      begun = true;
    },
    text(delta) {
      live({
        ...scope,
        event: 'agent.text.delta',
        properties: { block_id: blockId, index: index++, delta },
      });
    },
    reasoning(delta) {
      live({
        ...scope,
        event: 'agent.reasoning.delta',
        properties: { block_id: blockId, index: index++, delta },
      });
    },
  };
}

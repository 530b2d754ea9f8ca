/**
 * What is streamed and never stored. Whoever connects while a block is open gets it whole; a reader that
 * falls behind gets it whole again in place of the deltas that it missed.
 */
import { isoTime, type Clock, type LiveEvent, type RunId } from '@fabro/protocol';
import { MAX_LIVE_BACKLOG, MAX_OPEN_BLOCK_CHARS } from './limits.js';

type Draft = LiveEvent extends infer E
  ? E extends LiveEvent
    ? Omit<E, 'ts' | 'run_id'>
    : never
  : never;

interface OpenBlock {
  readonly blockId: string;
  readonly scope: Pick<LiveEvent, 'session_id' | 'node_id' | 'stage_id' | 'frame_id'>;
  index: number;
  text: string;
  reasoning: string;
}

interface Reader {
  push(line: string): void;
}

interface RunLive {
  readonly readers: Set<Reader>;
  /** By session, since a session has one open block. */
  readonly blocks: Map<string, OpenBlock>;
}

export interface LiveReader {
  /** Lines that came since the last call. */
  take(): readonly string[];
  close(): void;
}

export class LiveHub {
  readonly #runs = new Map<RunId, RunLive>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  publish(run: RunId, draft: Draft): void {
    const live = this.#run(run);
    this.#track(live, draft);
    if (live.readers.size === 0) return;
    const line = this.#line(run, draft);
    for (const reader of live.readers) reader.push(line);
  }

  /** The session's block is now a durable event. */
  closeBlock(run: RunId, session: string): void {
    const live = this.#runs.get(run);
    live?.blocks.delete(session);
    this.#forget(run, live);
  }

  /** The run has ended. */
  closeRun(run: RunId): void {
    const live = this.#runs.get(run);
    live?.blocks.clear();
    this.#forget(run, live);
  }

  /** Begins with the blocks that are open now. @param ring called when lines are there to take. */
  read(run: RunId, ring: () => void): LiveReader {
    const live = this.#run(run);
    let lines: string[] = this.#openBlocks(run, live);
    const reader: Reader = {
      push: (line) => {
        lines.push(line);
        if (lines.length > MAX_LIVE_BACKLOG) lines = this.#openBlocks(run, live);
        ring();
      },
    };
    live.readers.add(reader);
    return {
      take: () => lines.splice(0),
      close: () => {
        live.readers.delete(reader);
        this.#forget(run, live);
      },
    };
  }

  #track(live: RunLive, draft: Draft): void {
    const session = draft.session_id ?? draft.stage_id ?? '';
    switch (draft.event) {
      case 'agent.output.start':
        live.blocks.set(session, {
          blockId: draft.properties.block_id,
          scope: scopeOf(draft),
          index: 0,
          text: '',
          reasoning: '',
        });
        return;
      case 'agent.text.delta':
      case 'agent.reasoning.delta': {
        const { block_id: blockId, index, delta } = draft.properties;
        const known = live.blocks.get(session);
        const block =
          known?.blockId === blockId
            ? known
            : { blockId, scope: scopeOf(draft), index: 0, text: '', reasoning: '' };
        live.blocks.set(session, block);
        block.index = index;
        const field = draft.event === 'agent.text.delta' ? 'text' : 'reasoning';
        block[field] = (block[field] + delta).slice(-MAX_OPEN_BLOCK_CHARS);
        return;
      }
      case 'agent.output.replace': {
        const block = live.blocks.get(session);
        if (block === undefined) return;
        block.index = draft.properties.index;
        block.text = draft.properties.text;
        block.reasoning = draft.properties.reasoning ?? '';
        return;
      }
      case 'agent.tool.output.delta':
      case 'command.output.delta':
        return;
    }
  }

  #openBlocks(run: RunId, live: RunLive): string[] {
    return [...live.blocks.values()].map((block) =>
      this.#line(run, {
        ...block.scope,
        event: 'agent.output.replace',
        properties: {
          block_id: block.blockId,
          index: block.index,
          text: block.text,
          ...(block.reasoning === '' ? {} : { reasoning: block.reasoning }),
        },
      }),
    );
  }

  #line(run: RunId, draft: Draft): string {
    return JSON.stringify({ ts: isoTime(this.#clock.now()), run_id: run, ...draft });
  }

  #run(run: RunId): RunLive {
    const live = this.#runs.get(run) ?? {
      readers: new Set<Reader>(),
      blocks: new Map<string, OpenBlock>(),
    };
    this.#runs.set(run, live);
    return live;
  }

  #forget(run: RunId, live: RunLive | undefined): void {
    if (live !== undefined && live.readers.size === 0 && live.blocks.size === 0)
      this.#runs.delete(run);
  }
}

function scopeOf(draft: Draft): OpenBlock['scope'] {
  return {
    ...(draft.session_id === undefined ? {} : { session_id: draft.session_id }),
    ...(draft.node_id === undefined ? {} : { node_id: draft.node_id }),
    ...(draft.stage_id === undefined ? {} : { stage_id: draft.stage_id }),
    ...(draft.frame_id === undefined ? {} : { frame_id: draft.frame_id }),
  };
}

import { FabroError } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import {
  encodeBatch,
  OpenStreams,
  type SseFrame,
  sseResponse,
  type SseSource,
} from '../src/index.js';
import { ManualClock } from './manual-clock.js';

const decoder = new TextDecoder();

async function open(
  source: SseSource,
  options: { readonly clock?: ManualClock; readonly streams?: OpenStreams } = {},
): Promise<{
  readonly response: Response;
  readonly next: () => Promise<string | undefined>;
  readonly cancel: () => Promise<void>;
  readonly errors: unknown[];
}> {
  const errors: unknown[] = [];
  const response = await sseResponse(source, {
    clock: options.clock ?? new ManualClock(),
    signal: new AbortController().signal,
    streams: options.streams ?? new OpenStreams(),
    onError: (error) => errors.push(error),
  });
  if (response.body === null) throw new Error('the answer has no body');
  const reader = response.body.getReader();
  const next = async (): Promise<string | undefined> => {
    const { done, value } = await reader.read();
    return done ? undefined : decoder.decode(value);
  };
  return { response, next, cancel: () => reader.cancel(), errors };
}

async function* batchesOf(...batches: SseFrame[][]): AsyncGenerator<SseFrame[]> {
  yield* batches;
}

/** Yields what is pushed; ends when the signal aborts, and tells. */
function pushed(signal: AbortSignal): {
  readonly push: (batch: SseFrame[]) => void;
  readonly batches: AsyncGenerator<SseFrame[]>;
  readonly state: { pulled: number; finished: boolean };
} {
  const queue: SseFrame[][] = [];
  const state = { pulled: 0, finished: false };
  let wake = (): void => {};
  signal.addEventListener('abort', () => wake());
  async function* run(): AsyncGenerator<SseFrame[]> {
    try {
      while (!signal.aborted) {
        const batch = queue.shift();
        if (batch === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else {
          state.pulled++;
          yield batch;
        }
      }
    } finally {
      state.finished = true;
    }
  }
  const push = (batch: SseFrame[]): void => {
    queue.push(batch);
    wake();
  };
  return { push, batches: run(), state };
}

describe('a stream of events', () => {
  it('writes one chunk a batch, with ids on durable events only (design 7)', async () => {
    const stream = await open(async () =>
      batchesOf([{ seq: 1, json: '{"a":1}' }, { json: '{"live":1}' }], [{ seq: 2, json: '{}' }]),
    );
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
    expect(await stream.next()).toBe('id: 1\ndata: {"a":1}\n\ndata: {"live":1}\n\n');
    expect(await stream.next()).toBe('id: 2\ndata: {}\n\n');
    expect(await stream.next()).toBeUndefined();
  });

  it('encodes a batch once for all its subscribers', () => {
    const batch = [{ seq: 7, json: '{}' }];
    expect(encodeBatch(batch)).toBe(encodeBatch(batch));
    expect(encodeBatch([...batch])).not.toBe(encodeBatch(batch));
  });

  it('sends a comment after 15 s of silence and not while events flow', async () => {
    const clock = new ManualClock();
    let source: ReturnType<typeof pushed> | undefined;
    const stream = await open(async (signal) => (source = pushed(signal)).batches, { clock });
    const first = stream.next();
    await clock.advance(14_999);
    source?.push([{ seq: 1, json: '{}' }]);
    expect(await first).toBe('id: 1\ndata: {}\n\n');
    const second = stream.next();
    await clock.advance(1);
    await clock.advance(14_997);
    source?.push([{ seq: 2, json: '{}' }]);
    expect(await second).toBe('id: 2\ndata: {}\n\n');
    const third = stream.next();
    await clock.advance(15_000);
    expect(await third).toBe(': keep-alive\n\n');
    await stream.cancel();
    expect(clock.sleeping).toBe(0);
  });

  it('asks the source for no more than a slow reader has taken', async () => {
    let source: ReturnType<typeof pushed> | undefined;
    const clock = new ManualClock();
    const stream = await open(async (signal) => (source = pushed(signal)).batches, { clock });
    for (let seq = 1; seq <= 100; seq++) source?.push([{ seq, json: '{}' }]);
    await clock.advance(60_000);
    expect(source?.state.pulled).toBe(0);
    expect(await stream.next()).toBe('id: 1\ndata: {}\n\n');
    await clock.advance(60_000);
    expect(source?.state.pulled).toBe(1);
    expect(await stream.next()).toBe('id: 2\ndata: {}\n\n');
    await stream.cancel();
  });

  it.each(['while the source waits', 'while the reader is slow'])(
    'ends cleanly when the server shuts down %s',
    async (when) => {
      const streams = new OpenStreams();
      const clock = new ManualClock();
      let source: ReturnType<typeof pushed> | undefined;
      const stream = await open(async (signal) => (source = pushed(signal)).batches, {
        clock,
        streams,
      });
      source?.push([{ seq: 1, json: '{}' }]);
      expect(await stream.next()).toBe('id: 1\ndata: {}\n\n');
      const pending = when === 'while the source waits' ? stream.next() : undefined;
      await clock.advance(1);
      streams.closeAll();
      expect(await (pending ?? stream.next())).toBeUndefined();
      await clock.advance(1);
      expect(source?.state.finished).toBe(true);
      expect(clock.sleeping).toBe(0);
      expect(stream.errors).toEqual([]);
    },
  );

  it('tells its source when the client goes away', async () => {
    let source: ReturnType<typeof pushed> | undefined;
    const clock = new ManualClock();
    const stream = await open(async (signal) => (source = pushed(signal)).batches, { clock });
    const pending = stream.next();
    await clock.advance(1);
    await stream.cancel();
    await pending;
    await clock.advance(1);
    expect(source?.state.finished).toBe(true);
    expect(clock.sleeping).toBe(0);
  });

  it('is refused as an ordinary failure when its source does not open', async () => {
    const gone = new FabroError('gone', 'Event stream closed.');
    await expect(open(() => Promise.reject(gone))).rejects.toBe(gone);
  });

  it('is cut, not ended, when its source fails, so that clients come back for the rest', async () => {
    const failure = new Error('disk');
    async function* failing(): AsyncGenerator<SseFrame[]> {
      yield [{ seq: 1, json: '{}' }];
      throw failure;
    }
    const stream = await open(async () => failing());
    expect(await stream.next()).toBe('id: 1\ndata: {}\n\n');
    await expect(stream.next()).rejects.toBe(failure);
    expect(stream.errors).toEqual([failure]);
  });

  it('serves 200 subscribers of one server without a warning about listeners', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', onWarning);
    const streams = new OpenStreams();
    const opened = await Promise.all(
      Array.from({ length: 200 }, () =>
        open(async (signal) => pushed(signal).batches, { streams }),
      ),
    );
    const ends = opened.map((stream) => stream.next());
    await new Promise((resolve) => setImmediate(resolve));
    streams.closeAll();
    expect(new Set(await Promise.all(ends))).toEqual(new Set([undefined]));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
    expect(streams.size).toBe(0);
  });
});

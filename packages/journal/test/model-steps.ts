/** What the model test does to a journal and to the model, and how it compares them after each step. */
import type fc from 'fast-check';
import { expect } from 'vitest';
import type { StreamId } from '@fabro/protocol';
import type { AppendRequest, Journal, NewEvent, Precondition, StoredEvent } from '../src/index.js';
import { MAX_EVENT_BYTES } from '../src/limits.js';
import { freshStream, parsed, readWhole, seq } from '../src/contract/subject.js';
import type { DrawnAppend, Model } from './model.js';

/** One run against a real journal: its own two streams, and a slow reader on each. */
export class Real {
  readonly journal: Journal;
  readonly streams: readonly StreamId[] = [freshStream('model'), freshStream('model')];
  readonly #stop = new AbortController();
  readonly #readers = new Map<
    number,
    { live: AsyncIterator<readonly StoredEvent[]>; at: number }
  >();

  constructor(journal: Journal) {
    this.journal = journal;
  }

  stream(index: number): StreamId {
    const stream = this.streams[index];
    if (stream === undefined) throw new RangeError(`there is no stream ${index}`);
    return stream;
  }

  /** What the slow reader of a stream gets next, and where it stood. */
  async nextBatch(index: number): Promise<{ from: number; batch: readonly StoredEvent[] }> {
    const reader = this.#reader(index);
    const from = reader.at;
    const step = await reader.live.next();
    if (step.done === true) throw new Error('the subscription ended');
    reader.at += step.value.length;
    return { from, batch: step.value };
  }

  readerAt(index: number): number {
    return this.#reader(index).at;
  }

  async forgetReader(index: number): Promise<void> {
    await this.#readers.get(index)?.live.return?.();
    this.#readers.delete(index);
  }

  end(): void {
    this.#stop.abort();
  }

  #reader(index: number): { live: AsyncIterator<readonly StoredEvent[]>; at: number } {
    const known = this.#readers.get(index);
    if (known !== undefined) return known;
    const options = { after: seq(0), signal: this.#stop.signal };
    const live = this.journal.subscribe(this.stream(index), options)[Symbol.asyncIterator]();
    const reader = { live, at: 0 };
    this.#readers.set(index, reader);
    return reader;
  }
}

export type Act =
  | { readonly kind: 'append'; readonly appends: readonly DrawnAppend[] }
  | {
      readonly kind: 'acquire';
      readonly stream: number;
      readonly holder: string;
      readonly takeOver: boolean;
    }
  | { readonly kind: 'renew' | 'release'; readonly stream: number; readonly epochOffset: number }
  | { readonly kind: 'delete' | 'read_slowly'; readonly stream: number }
  | { readonly kind: 'wait'; readonly ms: number };

const HUGE: NewEvent = { type: 'note', body: { text: 'x'.repeat(MAX_EVENT_BYTES) } };
const BROKEN: Precondition = { kind: 'row', table: 'nowhere', key: {}, column: 'x', in: [1] };

function requestOf(drawn: DrawnAppend, stream: StreamId, epoch: number): AppendRequest {
  return {
    stream,
    events: drawn.failing === 'too_large' ? [...drawn.events, HUGE] : drawn.events,
    authority:
      drawn.failing === 'broken'
        ? { kind: 'outside', preconditions: [BROKEN] }
        : drawn.authority.kind === 'owner'
          ? { kind: 'owner', epoch }
          : {
              kind: 'outside',
              preconditions:
                drawn.authority.precondition === undefined ? [] : [drawn.authority.precondition],
            },
  };
}

function expectSame(model: Model, real: Real): void {
  real.streams.forEach((id, index) => {
    const expected = model.stream(index);
    const events = readWhole(real.journal, id);
    expect(events.map((e) => ({ type: e.type, origin: e.origin, line: parsed(e) }))).toEqual(
      expected.events.map((e, i) => ({
        type: e.type,
        origin: e.origin,
        line: { seq: i + 1, ...e.body },
      })),
    );
    expect(real.journal.lastSeq(id)).toBe(expected.events.length);
    const rows = real.journal.select({
      table: 'item',
      where: [{ column: 'stream', in: [id] }],
      limit: 100,
    });
    expect(
      new Map(
        rows.map((r) => [r.cells['id'], { state: r.cells['state'], count: r.cells['count'] }]),
      ),
    ).toEqual(expected.rows);
  });
}

function expectEqual(actual: unknown, expected: unknown): void {
  expect(actual).toEqual(expected);
}

export class Step implements fc.AsyncCommand<Model, Real> {
  readonly #act: Act;

  constructor(act: Act) {
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.#run(this.#act, model, real);
    expectSame(model, real);
  }

  async #run(act: Act, model: Model, real: Real): Promise<void> {
    switch (act.kind) {
      case 'append': {
        const drawn = act.appends.map((append) => ({
          append,
          epoch:
            model.stream(append.stream).epoch +
            (append.authority.kind === 'owner' ? append.authority.epochOffset : 0),
        }));
        const answers = await Promise.all(
          drawn.map(({ append, epoch }) =>
            real.journal
              .append(requestOf(append, real.stream(append.stream), epoch))
              .catch(() => 'rejected' as const),
          ),
        );
        expectEqual(
          answers,
          drawn.map(({ append, epoch }) => model.append(append, epoch)),
        );
        return;
      }
      case 'acquire': {
        const request = {
          holder: act.holder,
          nowMs: model.nowMs,
          ttlMs: 100,
          takeOver: act.takeOver,
        };
        expectEqual(
          await real.journal.acquireLease(real.stream(act.stream), request),
          model.acquire(act.stream, act.holder, 100, act.takeOver),
        );
        return;
      }
      case 'renew': {
        const epoch = model.stream(act.stream).epoch + act.epochOffset;
        const expiresAt = model.nowMs + 500;
        expectEqual(
          await real.journal.renewLease(real.stream(act.stream), { epoch, expiresAt }),
          model.renew(act.stream, epoch, expiresAt),
        );
        return;
      }
      case 'release': {
        const epoch = model.stream(act.stream).epoch + act.epochOffset;
        await real.journal.releaseLease(real.stream(act.stream), epoch);
        return model.release(act.stream, epoch);
      }
      case 'delete':
        await real.forgetReader(act.stream);
        await real.journal.deleteStream(real.stream(act.stream));
        return model.delete(act.stream);
      case 'read_slowly': {
        if (real.readerAt(act.stream) >= model.stream(act.stream).events.length) return;
        const { from, batch } = await real.nextBatch(act.stream);
        expectEqual(batch.length > 0, true);
        expectEqual(
          batch,
          readWhole(real.journal, real.stream(act.stream)).slice(from, from + batch.length),
        );
        return;
      }
      case 'wait':
        model.nowMs += act.ms;
        return;
    }
  }

  toString(): string {
    return JSON.stringify(this.#act);
  }
}

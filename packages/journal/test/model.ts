/** What a journal is, as plainly as it can be said; the adapters are compared with it. */
import type { AppendResult, LeaseResult, NewEvent, Precondition } from '../src/index.js';

export interface ModelStream {
  readonly events: { readonly type: string; readonly body: object; readonly origin: string }[];
  /** Whether a row of `streams` exists: after the first append or lease. */
  known: boolean;
  epoch: number;
  holder: string | undefined;
  expiresAt: number;
  readonly rows: Map<string, { state: string | null; count: number | null }>;
}

/** An append as the model test draws it; `too_large` and `broken` are commits that must fail. */
export interface DrawnAppend {
  readonly stream: number;
  readonly authority:
    | { readonly kind: 'owner'; readonly epochOffset: number }
    | { readonly kind: 'outside'; readonly precondition: Precondition | undefined };
  readonly events: readonly NewEvent[];
  readonly failing: 'too_large' | 'broken' | undefined;
}

export class Model {
  readonly streams: readonly ModelStream[] = [Model.#empty(), Model.#empty()];
  nowMs = 1_000;

  static #empty(): ModelStream {
    return {
      events: [],
      known: false,
      epoch: 0,
      holder: undefined,
      expiresAt: 0,
      rows: new Map(),
    };
  }

  stream(index: number): ModelStream {
    const stream = this.streams[index];
    if (stream === undefined) throw new RangeError(`the model has no stream ${index}`);
    return stream;
  }

  /** The answer to an append, and its effect; `rejected` where the append must fail. */
  append(drawn: DrawnAppend, epoch: number): AppendResult | 'rejected' {
    const stream = this.stream(drawn.stream);
    if (drawn.failing !== undefined) return 'rejected';
    if (drawn.authority.kind === 'owner') {
      if (epoch !== stream.epoch || epoch === 0)
        return { ok: false, reason: 'lease_lost', epoch: stream.epoch };
    } else if (drawn.authority.precondition !== undefined) {
      const { precondition } = drawn.authority;
      const actual = this.#actual(stream, precondition);
      const holds =
        precondition.kind === 'stream_empty'
          ? stream.events.length === 0
          : precondition.kind === 'stream_exists'
            ? stream.events.length > 0
            : actual !== undefined && precondition.in.includes(actual);
      if (!holds) return { ok: false, reason: 'precondition_failed', precondition, actual };
    }
    const firstSeq = stream.events.length + 1;
    stream.known = true;
    for (const event of drawn.events) {
      stream.events.push({ type: event.type, body: event.body, origin: drawn.authority.kind });
      this.#fold(stream, event);
    }
    return { ok: true, firstSeq, lastSeq: stream.events.length } as AppendResult;
  }

  acquire(index: number, holder: string, ttlMs: number, takeOver: boolean): LeaseResult {
    const stream = this.stream(index);
    stream.known = true;
    const held = stream.holder !== undefined && stream.expiresAt > this.nowMs;
    if (held && stream.holder !== holder && !takeOver)
      return { ok: false, holder: stream.holder ?? '', expiresAt: stream.expiresAt };
    stream.epoch += 1;
    stream.holder = holder;
    stream.expiresAt = this.nowMs + ttlMs;
    return { ok: true, epoch: stream.epoch };
  }

  renew(index: number, epoch: number, expiresAt: number): boolean {
    const stream = this.stream(index);
    if (stream.epoch !== epoch || stream.holder === undefined) return false;
    stream.expiresAt = expiresAt;
    return true;
  }

  release(index: number, epoch: number): void {
    const stream = this.stream(index);
    if (stream.epoch !== epoch) return;
    stream.holder = undefined;
    stream.expiresAt = 0;
  }

  delete(index: number): void {
    const stream = this.stream(index);
    stream.events.length = 0;
    stream.rows.clear();
    Object.assign(stream, { known: false, epoch: 0, holder: undefined, expiresAt: 0 });
  }

  #actual(stream: ModelStream, precondition: Precondition): string | number | null | undefined {
    if (precondition.kind !== 'row') return stream.known ? stream.events.length : undefined;
    return stream.rows.get(String(precondition.key['id']))?.state;
  }

  #fold(stream: ModelStream, event: NewEvent): void {
    const id = String(event.body['id']);
    const { state, by } = event.body;
    const row = stream.rows.get(id);
    if (event.type === 'item.delete') stream.rows.delete(id);
    else if (event.type === 'item.put' || (event.type === 'item.update' && row !== undefined))
      stream.rows.set(id, {
        state: typeof state === 'string' ? state : (row?.state ?? null),
        count: typeof by === 'number' ? (row?.count ?? 0) + by : (row?.count ?? null),
      });
  }
}

/** A journal that takes appends one by one, when the test lets it. */
import type { AppendRequest, AppendResult, Journal } from '@fabro/journal';
import { FabroError, eventSeq, type EventSeq } from '@fabro/protocol';

function unused(): never {
  throw new Error('the recorder only appends');
}

function seqOf(value: number): EventSeq {
  const seq = eventSeq(value);
  if (seq === undefined) throw new RangeError(`${value} is no sequence number`);
  return seq;
}

interface Waiting {
  readonly request: AppendRequest;
  settle(result: AppendResult): void;
  fail(error: Error): void;
}

export class FakeJournal {
  readonly requests: AppendRequest[] = [];
  readonly #waiting: Waiting[] = [];
  lastSeq = 0;

  readonly port: Journal = {
    append: (request) =>
      new Promise((resolve, reject) => {
        this.requests.push(request);
        this.#waiting.push({ request, settle: resolve, fail: reject });
      }),
    read: unused,
    readAll: unused,
    lastSeq: unused,
    subscribe: unused,
    subscribeAll: unused,
    lastPosition: unused,
    snapshot: unused,
    blob: () => undefined,
    refersTo: unused,
    select: unused,
    count: unused,
    acquireLease: unused,
    renewLease: unused,
    releaseLease: unused,
    deleteStream: unused,
    streams: unused,
    compact: unused,
    health: { writable: true },
    close: unused,
  };

  /** The names of the events of each append so far. */
  get appended(): readonly (readonly string[])[] {
    return this.requests.map((r) => r.events.map((e) => e.type));
  }

  /** Someone else's event is committed. */
  outside(): number {
    return ++this.lastSeq;
  }

  async accept(): Promise<void> {
    const { request, settle } = this.#take();
    const first = this.lastSeq + 1;
    this.lastSeq += request.events.length;
    settle({ ok: true, firstSeq: seqOf(first), lastSeq: seqOf(this.lastSeq) });
    await turns();
  }

  async refuse(epoch: number): Promise<void> {
    this.#take().settle({ ok: false, reason: 'lease_lost', epoch });
    await turns();
  }

  async full(): Promise<void> {
    this.#take().fail(new FabroError('storage_full', 'the disk is full'));
    await turns();
  }

  #take(): Waiting {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) throw new Error('no append is under way');
    return waiting;
  }
}

/** Lets everything happen that waits for nothing. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A client that is attached over SSE for as long as a run lasts and keeps every durable event it got. */
import { onTestFinished } from 'vitest';
import { open } from './http.js';
import type { Server } from './server.js';
import { until } from './wait.js';

export interface Frame {
  readonly id: number;
  readonly data: string;
}

/** Splits a stream into frames; comments and frames without an id are passed to `other`. */
export async function* frames(
  body: AsyncIterable<Buffer>,
  other: (frame: string) => void = () => {},
): AsyncGenerator<Frame> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const frame = rest.slice(0, end);
      rest = rest.slice(end + 2);
      const match = /^id: (\d+)\ndata: (.*)$/.exec(frame);
      if (match === null) other(frame);
      else yield { id: Number(match[1]), data: match[2] ?? '' };
    }
  }
}

export interface Watcher {
  /** Every durable event in the order of arrival. */
  readonly record: readonly Frame[];
  /** How often the stream was opened. */
  readonly connections: number;
  /** Resolves when the last event has come. */
  readonly finished: Promise<void>;
  /** Resolves as soon as a frame fits, past ones included. */
  saw(what: string, fits: (frame: Frame) => boolean): Promise<Frame>;
}

/** Attaches from the first event, and after every cut again with Last-Event-ID to whatever server is there. */
export function watch(run: string, current: () => Server): Watcher {
  const record: Frame[] = [];
  const controller = new AbortController();
  const { signal } = controller;
  let connections = 0;
  const ended = (): boolean => /"event":"run\.(completed|failed)"/.test(record.at(-1)?.data ?? '');

  async function once(): Promise<void> {
    const { address, token } = current();
    const last = record.at(-1)?.id;
    const body = await open(address, 'GET', `/api/v1/runs/${run}/attach?since_seq=1`, {
      signal,
      headers: {
        authorization: `Bearer ${token}`,
        ...(last === undefined ? {} : { 'last-event-id': String(last) }),
      },
    });
    if (body.statusCode !== 200) throw new Error(`attach: ${body.statusCode}`);
    connections++;
    for await (const frame of frames(body)) record.push(frame);
  }

  const finished = until(
    `the last event of run ${run}`,
    async () => {
      if (signal.aborted) return true;
      if (!ended()) await once();
      return ended();
    },
    { boundMs: 120_000 },
  ).then(() => undefined);
  // The test may fail for another reason before it awaits this.
  finished.catch(() => {});
  onTestFinished(async () => {
    controller.abort();
    await finished.catch(() => {});
  });

  return {
    record,
    get connections() {
      return connections;
    },
    finished,
    saw: (what, fits) => until(what, () => record.find(fits)),
  };
}

/** An HTTP server on loopback whose answers are a list of functions, one a request. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface Loopback {
  readonly url: string;
  /** `GET /path` with the headers that matter, in the order they came. */
  readonly requests: { readonly line: string; readonly lastEventId: string | undefined }[];
  close(): Promise<void>;
}

/** The last answer repeats. */
export async function loopback(...answers: readonly Answer[]): Promise<Loopback> {
  const requests: { line: string; lastEventId: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const id = request.headers['last-event-id'];
    requests.push({
      line: `${request.method} ${request.url}`,
      lastEventId: typeof id === 'string' ? id : undefined,
    });
    answers[Math.min(requests.length, answers.length) - 1]?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An answer with the error body. */
export function failure(status: number, detail: string, code?: string): Answer {
  return (_, response) => {
    const entry = {
      status: String(status),
      title: 'x',
      detail,
      ...(code === undefined ? {} : { code }),
    };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: [entry] }));
  };
}

/** A frame of a durable event. */
export function frame(seq: number, event = 'run.notice'): string {
  const envelope = { seq, id: `e${seq}`, ts: '2026-01-01T00:00:00Z', run_id: 'r', event };
  return `id: ${seq}\ndata: ${JSON.stringify({ ...envelope, properties: {} })}\n\n`;
}

/** Sends the frames, then ends the stream, cuts the connection, or leaves it open. */
export function stream(then: 'end' | 'cut' | 'open', ...frames: readonly string[]): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(frames.join('') || ': nothing yet\n\n', () => {
      if (then === 'end') response.end();
      else if (then === 'cut') setImmediate(() => response.destroy());
    });
  };
}

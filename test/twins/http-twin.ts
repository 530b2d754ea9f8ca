/** A loopback server that records every request and streams scripted frames. Knows no dialect. */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type TwinAnswer,
  type TwinReply,
  type TwinScript,
  answerOf,
  isRefusal,
} from './answers.js';

export interface TwinRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body byte for byte. */
  readonly body: Buffer;
  /** Resolves when the client goes away before the answer is complete. */
  readonly abandoned: Promise<void>;
}

export interface Twin {
  /** `http://127.0.0.1:<port>`, without a path. */
  readonly url: string;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly TwinRequest[];
  /** Resolves with the n-th request (from 0) as soon as it has arrived. */
  request(index: number): Promise<TwinRequest>;
  /** Ends every connection, then the server. */
  close(): Promise<void>;
}

/** One provider's wire: which paths, and how an answer looks. */
export interface Dialect {
  /** Undefined for a path that the provider does not have. */
  frames(
    path: string,
  ): ((reply: TwinReply, serial: number, model: string) => readonly string[]) | undefined;
  errorFrame(path: string, error: { readonly type: string; readonly message: string }): string;
  errorBody(error: { readonly type: string; readonly message: string }): object;
}

/** Starts on a free port. */
export async function startHttpTwin(script: TwinScript, dialect: Dialect): Promise<Twin> {
  const requests: TwinRequest[] = [];
  const waiting: { readonly index: number; readonly arrived: (request: TwinRequest) => void }[] =
    [];
  const sockets = new Set<Socket>();

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await record(incoming, response);
    const index = requests.push(request) - 1;
    for (const waiter of waiting) if (waiter.index === index) waiter.arrived(request);
    const frames = dialect.frames(request.path);
    if (request.method !== 'POST' || frames === undefined) {
      refuse(response, dialect, {
        status: 404,
        type: 'not_found_error',
        message: `no ${request.method} ${request.path}`,
      });
      return;
    }
    const answer = await answerOf(script, request, index);
    if (isRefusal(answer)) refuse(response, dialect, answer);
    else
      await stream(response, answer, frames(answer, index + 1, modelOf(request)), (error) =>
        dialect.errorFrame(request.path, error),
      );
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the twin has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    request: (index) =>
      new Promise((arrived) => {
        const there = requests[index];
        if (there === undefined) waiting.push({ index, arrived });
        else arrived(there);
      }),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function record(incoming: IncomingMessage, response: ServerResponse): Promise<TwinRequest> {
  const abandoned = new Promise<void>((resolve) => {
    response.once('close', () => {
      if (!response.writableFinished) resolve();
    });
  });
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers,
    body: Buffer.concat(chunks),
    abandoned,
  };
}

function modelOf({ body }: TwinRequest): string {
  const value: unknown = JSON.parse(body.toString('utf8'));
  return typeof value === 'object' && value !== null && 'model' in value ? String(value.model) : '';
}

function refuse(
  response: ServerResponse,
  dialect: Dialect,
  answer: Extract<TwinAnswer, { status: number }>,
): void {
  const { status, message = 'scripted refusal', type = 'error', headers = {} } = answer;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(dialect.errorBody({ type, message })));
}

async function stream(
  response: ServerResponse,
  { frameDelayMs, interrupt }: TwinReply,
  frames: readonly string[],
  errorFrame: (error: { readonly type: string; readonly message: string }) => string,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
  const sent = interrupt === undefined ? frames : frames.slice(0, interrupt.afterFrames);
  for (const frame of sent) {
    if (frameDelayMs !== undefined) await sleep(frameDelayMs);
    if (response.destroyed) return;
    await write(response, frame);
  }
  if (interrupt === undefined || interrupt.how === 'end') response.end();
  else if (interrupt.how === 'drop') response.destroy();
  else if (interrupt.how !== 'stall') response.end(errorFrame(interrupt.how));
}

/** Resolves once the frame has left for the kernel, so that a drop after it does not swallow it. */
function write(response: ServerResponse, frame: string): Promise<void> {
  return new Promise((resolve) => {
    response.write(frame, () => resolve());
  });
}

/** A Node HTTP server around the application; failures before the application have its error body too. */
import {
  errorBody,
  errorResponse,
  failureResponse,
  type HttpEnv,
  type HttpLogger,
} from '@fabro/http';
import { getRequestListener, RequestError } from '@hono/node-server';
import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** What answers requests: `createApp`'s result. */
export interface FetchApp {
  fetch(request: Request, env: HttpEnv['Bindings']): Response | Promise<Response>;
}

/** A server that is not listening yet. */
export function httpServer(app: FetchApp, env: HttpEnv['Bindings'], logger: HttpLogger): Server {
  const listener = getRequestListener((request) => app.fetch(request, env), {
    // HTTP/1.0 clients on a Unix socket may name no host.
    hostname: 'localhost',
    errorHandler: (error) =>
      error instanceof RequestError
        ? errorResponse({ status: 400, detail: `Malformed request: ${error.message}.` })
        : failureResponse(error, crypto.randomUUID(), logger),
  });
  const server = createServer((incoming, outgoing) => {
    listener(incoming, outgoing).catch((err: unknown) => {
      logger.error({ err }, 'A request could not be answered.');
      outgoing.destroy();
    });
  });
  server.on('clientError', answerClientError);
  return server;
}

const CLIENT_ERRORS: Readonly<
  Record<string, { readonly status: number; readonly detail: string }>
> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The request headers are longer than 16 KiB.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request did not arrive in time.' },
};

function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const known = CLIENT_ERRORS[error.code ?? ''];
  const failure = known ?? { status: 400, detail: `Malformed HTTP request: ${error.message}.` };
  const body = errorBody(failure);
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${failure.status} ${body.errors[0]?.title ?? ''}\r\n` +
      'Content-Type: application/json\r\nConnection: close\r\n' +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

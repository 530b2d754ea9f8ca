/** Listens on a Unix socket or a TCP port and stops gracefully. */
import type { HttpLogger, OpenStreams } from '@fabro/http';
import { FabroError, messageOf } from '@fabro/protocol';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import type { Server } from 'node:http';
import { isMainThread } from 'node:worker_threads';
import { CLOSE_GRACE_MS, CLOSE_POLL_MS } from '../limits.js';
import { type BoundAddress, type ListenOn, tcpUrl } from './address.js';
import { type FetchApp, httpServer } from './http-server.js';
import { freeSocketPath } from './unix-socket.js';

export interface ServeOptions {
  /** The object that `createApp` got; its streams are ended when the server stops. */
  readonly streams: OpenStreams;
  readonly logger: HttpLogger;
  /** How long answers in progress may take after `close`; default 5 s. */
  readonly graceMs?: number;
}

export interface RunningServer {
  readonly address: BoundAddress;
  /** Accepts nothing new, ends the streams, waits for answers in progress, then cuts. Repeatable. */
  close(): Promise<void>;
}

/** Starts listening. Rejects with `address_in_use`, `invalid_argument` or `unavailable`, naming the address. */
export async function serve(
  app: FetchApp,
  listenOn: ListenOn,
  options: ServeOptions,
): Promise<RunningServer> {
  const server = httpServer(app, { transport: listenOn.kind }, options.logger);
  const address =
    listenOn.kind === 'unix'
      ? await listenUnix(server, listenOn.path)
      : await listenTcp(server, listenOn.host, listenOn.port);
  server.on('error', (err) => options.logger.error({ err }, 'The listener failed.'));
  let closing: Promise<void> | undefined;
  return {
    address,
    close: () => (closing ??= close(server, options.streams, options.graceMs ?? CLOSE_GRACE_MS)),
  };
}

async function listenUnix(server: Server, path: string): Promise<BoundAddress> {
  await freeSocketPath(path);
  // The socket is bound inside listen(), so nobody else can connect before its mode is set. A thread
  // cannot change the mask of its process; there the chmod below has to do.
  const mask = isMainThread ? process.umask(0o177) : undefined;
  try {
    server.listen({ path });
  } finally {
    if (mask !== undefined) process.umask(mask);
  }
  await listening(server, path);
  await chmod(path, 0o600);
  return { kind: 'unix', path };
}

async function listenTcp(server: Server, host: string, port: number): Promise<BoundAddress> {
  server.listen({ host, port });
  await listening(server, `${host}:${port}`);
  const bound = server.address();
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
  return { kind: 'tcp', host, port: actual, url: tcpUrl(host, actual) };
}

async function listening(server: Server, place: string): Promise<void> {
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw listenError(cause, place);
  }
}

function listenError(cause: unknown, place: string): FabroError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE')
    return new FabroError(
      'address_in_use',
      `${place} is in use by another program; stop it or choose another address with --bind.`,
      { cause },
    );
  return new FabroError('unavailable', `Cannot listen on ${place}: ${messageOf(cause)}.`, {
    cause,
  });
}

async function close(server: Server, streams: OpenStreams, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  streams.closeAll();
  // A connection becomes idle when its answer ends, which is later than server.close() looks.
  const poll = setInterval(() => server.closeIdleConnections(), CLOSE_POLL_MS);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(poll);
  clearTimeout(cut);
}

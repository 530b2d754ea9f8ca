/** Makes the path of a Unix socket free: a live server is an error, what a dead one left is removed. */
import { FabroError } from '@fabro/protocol';
import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { MAX_SOCKET_PATH_BYTES, PROBE_TIMEOUT_MS } from '../limits.js';

/** Throws `address_in_use` when a server answers on the path or when something else than a socket lies there. */
export async function freeSocketPath(path: string): Promise<void> {
  const length = Buffer.byteLength(path);
  if (length > MAX_SOCKET_PATH_BYTES)
    throw new FabroError(
      'invalid_argument',
      `Socket path ${path} has ${length} bytes; at most ${MAX_SOCKET_PATH_BYTES} can be bound. Choose a shorter one with --bind, or a shorter FABRO_STORAGE_DIR.`,
    );
  const found = await lstat(path).catch(absent);
  if (found === undefined) return;
  if (!found.isSocket())
    throw new FabroError(
      'address_in_use',
      `${path} exists and is not a socket; move it away or choose another path with --bind.`,
    );
  if (await isAnswered(path))
    throw new FabroError(
      'address_in_use',
      `A server already listens on ${path}; use it, or stop it with \`fabro server stop\`.`,
    );
  await unlink(path).catch(absent);
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

/** True unless the connection is refused: a server too busy to accept in time is alive. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const settle = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => settle(true));
    socket.once('connect', () => settle(true));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') settle(false);
      else if (error.code === 'EAGAIN') settle(true);
      else reject(error);
    });
  });
}

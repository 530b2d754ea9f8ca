/** Addresses of servers, as users and records write them. Pure. */
import { FabroError } from '@fabro/protocol';
import { type ServerAddress, parseServer } from '@fabro/settings';

/**
 * Reads a socket path or a URL; a URL may include `/api/v1`.
 * @param where names the flag, variable or file for the message.
 * @throws FabroError `invalid_argument`.
 */
export function parseAddress(text: string, where: string): ServerAddress {
  try {
    return withoutApiPath(parseServer(text.trim()));
  } catch (cause) {
    if (!(cause instanceof FabroError)) throw cause;
    throw new FabroError(cause.code, `${where}: ${cause.message}`, { cause });
  }
}

/** The base of the server, whatever prefix of its API the user gave. */
export function withoutApiPath(address: ServerAddress): ServerAddress {
  return address.kind === 'unix'
    ? address
    : { kind: 'http', url: address.url.replace(/\/+$/, '').replace(/\/api\/v1$/, '') };
}

/** The address as one line, in a form that `parseAddress` reads. */
export function addressText(address: ServerAddress): string {
  return address.kind === 'unix' ? address.path : address.url;
}

/** The words of a `curl` command up to the path. */
export function curlWords(address: ServerAddress): string {
  return address.kind === 'unix' ? `--unix-socket ${address.path} http://localhost` : address.url;
}

/** True when the server is on this machine by its address. */
export function isLocal(address: ServerAddress): boolean {
  if (address.kind === 'unix') return true;
  const { hostname } = new URL(address.url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

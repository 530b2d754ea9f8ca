/** A fetch for an address: the platform's for TCP, one over a Unix socket otherwise. */
import type { Fetch } from '@fabro/client';
import { parseAddress } from './address.js';

/** Loads the Unix transport only when a socket is named. */
export async function fetchFor(address: string): Promise<Fetch> {
  const parsed = parseAddress(address, 'server address');
  if (parsed.kind === 'http') return (url, init) => fetch(url, init);
  const { unixFetch } = await import('../unix-fetch.js');
  return unixFetch(parsed.path);
}

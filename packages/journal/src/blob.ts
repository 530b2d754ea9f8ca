/** A blob's name is the SHA-256 of its bytes. */
import { createHash } from 'node:crypto';
import { parseBlobHash } from '@fabro/protocol';
import type { Blob } from './port.js';

/** Names bytes. */
export function blobOf(bytes: Uint8Array): Blob {
  const hash = parseBlobHash(createHash('sha256').update(bytes).digest('hex'));
  if (hash === undefined) throw new Error('SHA-256 did not give 64 hexadecimal digits');
  return { hash, bytes };
}

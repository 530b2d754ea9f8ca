/** How a context value names a blob (engine reference §5.3). */
import type { JsonValue } from '@fabro/protocol';

const PREFIX = 'blob://sha256/';

/** The context value for a blob that holds a JSON value. */
export function blobReference(hash: string): string {
  return `${PREFIX}${hash}`;
}

/** The hash in a reference; undefined for any other value. */
export function referencedBlob(value: JsonValue): string | undefined {
  return typeof value === 'string' && value.startsWith(PREFIX)
    ? value.slice(PREFIX.length)
    : undefined;
}

/** Values behind references to blobs. A decision may come before the blob of what it is about is on disk. */
import { JsonValue } from '@fabro/protocol';
import { referencedBlob } from './blob-reference.js';
import type { Walk } from './walk.js';

/** Reads what the walk itself has still to write, else what its port finds; other values stay as they are. */
export function materialiseIn(
  walk: Pick<Walk, 'recorder' | 'materialise'>,
): (value: JsonValue) => JsonValue {
  return (value) => {
    const hash = referencedBlob(value);
    const bytes = hash === undefined ? undefined : walk.recorder.unwrittenBlob(hash);
    return bytes === undefined
      ? walk.materialise(value)
      : JsonValue.parse(JSON.parse(new TextDecoder().decode(bytes)));
  };
}

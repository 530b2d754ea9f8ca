/** Server-sent event frames as bytes, encoded once however many subscribers read them. */

/** One frame; `json` is a single line. Frames with `seq` are durable and carry it as their `id:`. */
export interface SseFrame {
  readonly seq?: number;
  readonly json: string;
}

/** A comment line; clients ignore it, proxies see traffic. */
export const KEEP_ALIVE_CHUNK: Uint8Array = new TextEncoder().encode(': keep-alive\n\n');

const encoder = new TextEncoder();
const encoded = new WeakMap<readonly SseFrame[], Uint8Array>();

/** The bytes of a batch. Subscribers that get the same array share the bytes; a batch must not change later. */
export function encodeBatch(batch: readonly SseFrame[]): Uint8Array {
  const known = encoded.get(batch);
  if (known !== undefined) return known;
  let text = '';
  for (const { seq, json } of batch)
    text += seq === undefined ? `data: ${json}\n\n` : `id: ${seq}\ndata: ${json}\n\n`;
  const bytes = encoder.encode(text);
  encoded.set(batch, bytes);
  return bytes;
}

/** A command's output as the journal keeps it: redacted, short output in the event, the whole as a blob. */
import type { OutputRef } from '@fabro/protocol';
import type { ExecOutput } from '@fabro/sandbox';
import { INLINE_OUTPUT_BYTES, MAX_OUTPUT_BLOB_BYTES } from './limits.js';

export interface KeepOptions {
  readonly redact: (text: string) => string;
  /** Stores bytes and gives their hash. */
  readonly blob: (bytes: Uint8Array) => Promise<string>;
  /** The command was ended because it printed too much. */
  readonly truncated: boolean;
}

export interface KeptOutput {
  /** As events carry it; the blob that it may name holds the whole text as a JSON string. */
  readonly ref: OutputRef;
  /** The redacted text. */
  readonly text: string;
  /** Stores the whole as a JSON string, unless `ref` names it already, and gives its hash. */
  whole(): Promise<string>;
}

/** Reads the output to its end and stores what is too long for an event. */
export async function keepOutput(output: ExecOutput, options: KeepOptions): Promise<KeptOutput> {
  const text = options.redact(new TextDecoder().decode(await output.read()));
  const json = Buffer.from(JSON.stringify(text));
  const fits = json.byteLength <= MAX_OUTPUT_BLOB_BYTES;
  const store = (): Promise<string> => options.blob(fits ? json : endOf(text));
  const short = Buffer.byteLength(text) <= INLINE_OUTPUT_BYTES;
  const hash = short ? undefined : await store();
  return {
    ref: {
      tail: short ? text : lastBytes(text, INLINE_OUTPUT_BYTES),
      bytes: output.bytes,
      ...(hash === undefined ? {} : { blob: hash }),
      ...(options.truncated || !fits ? { truncated: true } : {}),
    },
    text,
    whole: async () => hash ?? (await store()),
  };
}

/** The end of a text as JSON that fits into a blob: a byte takes six at most, as `\\u001b`. */
function endOf(text: string): Buffer {
  return Buffer.from(JSON.stringify(lastBytes(text, Math.floor(MAX_OUTPUT_BLOB_BYTES / 6) - 2)));
}

/** The last whole characters that fit into so many bytes. */
export function lastBytes(text: string, bytes: number): string {
  const all = Buffer.from(text);
  let start = Math.max(0, all.length - bytes);
  while (start < all.length && ((all[start] ?? 0) & 0xc0) === 0x80) start++;
  return all.subarray(start).toString('utf8');
}

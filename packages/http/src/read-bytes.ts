/** Reads a body up to a limit; past it the rest is not read. */
import { FabroError } from '@fabro/protocol';

/** The whole body. Throws `too_large` before reading when the declared length says so, else at the first byte too many. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = request.headers.get('content-length');
  if (declared !== null && Number(declared) > maxBytes) throw tooLarge(`of ${declared}`, maxBytes);
  const body: ReadableStream<Uint8Array> | null = request.body;
  if (body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return join(chunks, size);
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw tooLarge(`past ${maxBytes}`, maxBytes);
    }
    chunks.push(value);
  }
}

function tooLarge(size: string, maxBytes: number): FabroError {
  return new FabroError(
    'too_large',
    `Request body ${size} bytes; at most ${maxBytes} are accepted here.`,
  );
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

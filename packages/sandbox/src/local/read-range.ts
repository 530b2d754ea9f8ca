import type { FileHandle } from 'node:fs/promises';

/** Reads `length` bytes from `from`, fewer when the file ends first. */
export async function readRange(
  file: FileHandle,
  from: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** Paths as sessions remember them. Sandboxes are POSIX. Pure. */
import { posix } from 'node:path';

/**
 * One name per file: relative to the working directory when inside it, else absolute, without `.` and `..`.
 * Symbolic links are not followed.
 */
export function placeOf(workdir: string, path: string): string {
  const absolute = posix.resolve(workdir, path);
  const relative = posix.relative(workdir, absolute);
  const outside = relative === '..' || relative.startsWith('../');
  if (outside) return absolute;
  return relative === '' ? '.' : relative;
}

/** Scratch files need not be read before they are written; a working directory below `/tmp` is no scratch. */
export function isScratch(place: string): boolean {
  return place.startsWith('/tmp/');
}

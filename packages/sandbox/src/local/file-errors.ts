import { type ErrorCode, FabroError } from '@fabro/protocol';

const MEANINGS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['not_found', 'does not exist'],
  ENOTDIR: ['not_found', 'does not exist: a part of the path is a file, not a folder'],
  EACCES: ['forbidden', 'may not be accessed; check its permissions'],
  EPERM: ['forbidden', 'may not be accessed; check its owner and attributes'],
  EROFS: ['forbidden', 'lies on a read-only file system'],
  EISDIR: ['invalid_argument', 'is a folder; name a file'],
  ENXIO: ['invalid_argument', 'is no regular file'],
  ELOOP: ['invalid_argument', 'leads round in circles of symbolic links'],
  ENAMETOOLONG: ['invalid_argument', 'is longer than the system allows'],
  ENOSPC: ['storage_full', 'cannot be written: no space is left on the disk'],
  EDQUOT: ['storage_full', 'cannot be written: the disk quota is used up'],
};

/** A failed file operation in the caller's words; errors that are no system errors come back as they are. */
export function fileError(path: string, error: unknown): unknown {
  const meaning = MEANINGS[systemCode(error) ?? ''];
  if (meaning === undefined) return error;
  return new FabroError(meaning[0], `${path} ${meaning[1]}.`, { cause: error });
}

/** The `code` of a system error. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** True when the error says that nothing is at the path. */
export function isMissing(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

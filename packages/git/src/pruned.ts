/** Folders that are no part of a run's work: dependencies, caches, build output (engine reference §5.3, §6). */
import { FabroError } from '@fabro/protocol';

export const PRUNED_DIRECTORIES: readonly string[] = [
  '.git',
  'node_modules',
  '.pnpm-store',
  '.npm',
  'target',
  '.next',
  '__pycache__',
  '.venv',
  'venv',
  '.cache',
  '.tox',
  '.pytest_cache',
  '.mypy_cache',
  'dist',
];

/**
 * What a commit takes: everything but the pruned folders and the configured globs (relative to the root).
 *
 * @throws FabroError `invalid_argument` for a glob that is empty, absolute or leaves the repository.
 */
export function commitPathspecs(excludeGlobs: readonly string[]): readonly string[] {
  for (const glob of excludeGlobs)
    if (
      glob === '' ||
      glob.startsWith('/') ||
      glob.split('/').includes('..') ||
      glob.includes('\0')
    )
      throw new FabroError(
        'invalid_argument',
        `exclude_globs: ${JSON.stringify(glob)} is no glob inside the repository; write it relative to the root, such as "logs/**" or "**/*.tmp".`,
      );
  return [
    '.',
    ...PRUNED_DIRECTORIES.map((name) => `:(glob,exclude)**/${name}/**`),
    ...excludeGlobs.map((glob) => `:(glob,exclude)${glob}`),
  ];
}

/** Arguments that keep `git clean` off the pruned folders. */
export const CLEAN_EXCLUDES: readonly string[] = PRUNED_DIRECTORIES.flatMap((name) => ['-e', name]);

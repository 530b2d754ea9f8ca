/** Looks in the sandbox for files that artifact globs name (engine reference §5.3). */
import { PRUNED_DIRECTORIES } from '@fabro/git';
import { FabroError, type CallKey } from '@fabro/protocol';
import { expandBraces, type Sandbox } from '@fabro/sandbox';
import {
  ARTIFACT_FIND_TIMEOUT_MS,
  FAILURE_TAIL_BYTES,
  MAX_ARTIFACT_LIST_BYTES,
  MAX_ARTIFACT_GLOB_CHARS,
  MAX_ARTIFACT_TESTS,
} from '../limits.js';

export interface FoundFile {
  /** Relative to the working directory, with `/`. */
  readonly path: string;
  /** Whole seconds since 1970. */
  readonly modifiedAtS: number;
  readonly bytes: number;
}

/** GNU and BSD spell it differently, and the one's `-f` is something else to the other. */
const DESCRIBE = `if stat -c %Y . >/dev/null 2>&1; then stat -c '%Y %s %n' "$@"; else stat -f '%m %z %N' "$@"; fi; true`;

/**
 * Regular files (no links) that any glob matches, outside pruned directories. Rejects with FabroError:
 * `invalid_argument` for globs, `unavailable` when the search fails or takes too long, `too_large` when it
 * finds too much.
 */
export async function findArtifacts(
  sandbox: Sandbox,
  request: { readonly key: CallKey; readonly include: readonly string[] },
  signal: AbortSignal,
): Promise<readonly FoundFile[]> {
  const tests = request.include.flatMap(globTests);
  if (tests.length === 0) return [];
  if (tests.length > MAX_ARTIFACT_TESTS)
    throw new FabroError(
      'invalid_argument',
      `run.artifacts.include stands for ${tests.length} patterns, at most ${MAX_ARTIFACT_TESTS} are searched for. Use fewer braces and "**".`,
    );
  const result = await sandbox.exec(
    {
      key: request.key,
      argv: findCommand(tests),
      timeoutMs: ARTIFACT_FIND_TIMEOUT_MS,
      maxOutputBytes: MAX_ARTIFACT_LIST_BYTES,
    },
    { signal },
  );
  try {
    signal.throwIfAborted();
    if (result.termination === 'output_limit')
      throw new FabroError(
        'too_large',
        `the list of files that match has more than ${MAX_ARTIFACT_LIST_BYTES} bytes. Narrow run.artifacts.include.`,
      );
    if (result.termination !== 'exited')
      throw new FabroError(
        'unavailable',
        `the search for files was ended after ${ARTIFACT_FIND_TIMEOUT_MS} ms. Narrow run.artifacts.include, or have the files written to a small folder.`,
      );
    const found = parseList(await result.stdout.tail(MAX_ARTIFACT_LIST_BYTES));
    // A folder that may not be read makes `find` fail although it has found the rest.
    if (result.exitCode !== 0 && found.length === 0)
      throw new FabroError(
        'unavailable',
        `the search for files failed: ${(await result.stderr.tail(FAILURE_TAIL_BYTES)).trim() || `exit code ${result.exitCode}`}.`,
      );
    return found;
  } finally {
    await result.dispose();
  }
}

function findCommand(tests: readonly Test[]): readonly [string, ...string[]] {
  const pruned = anyOf(PRUNED_DIRECTORIES.map((name): Test => ['-name', name]));
  // The list has one line a file, so names with line ends cannot be told.
  const files = ['-type', 'f', '!', '-path', '*\n*', '(', ...anyOf(tests), ')'];
  const describe = ['-exec', 'sh', '-c', DESCRIBE, 'sh', '{}', '+'];
  return ['find', '.', '-type', 'd', '(', ...pruned, ')', '-prune', '-o', ...files, ...describe];
}

type Test = readonly ['-name' | '-path', string];

const anyOf = (tests: readonly Test[]): readonly string[] =>
  tests.flatMap((test, index) => (index === 0 ? test : ['-o', ...test]));

/**
 * What `find` tests for a glob. With a `/` it is a path at any depth, and a folder stands for all that is
 * below it; a leading `/` or `./` ties it to the working directory. Without, it is a file's name.
 */
export function globTests(glob: string): readonly Test[] {
  if (glob.length > MAX_ARTIFACT_GLOB_CHARS)
    throw new FabroError(
      'invalid_argument',
      `run.artifacts.include has a glob of ${glob.length} characters, at most ${MAX_ARTIFACT_GLOB_CHARS} are read.`,
    );
  return expandBraces(glob.trim()).flatMap((pattern): readonly Test[] => {
    const rooted = /^\.?\//.test(pattern);
    const body = pattern
      .replace(/^\.?\/+/, '')
      .replace(/^(?:\*\*\/)+/, '')
      .replace(/(?:\/|\/\*\*)+$/, '');
    if (body === '') return [];
    const isPath = rooted || pattern.replace(/^(?:\*\*\/)+/, '').includes('/');
    if (!isPath) return [['-name', body]];
    const start = rooted ? './' : '*/';
    return withoutDeepStars(body).flatMap((path): readonly Test[] => [
      ['-path', `${start}${path}`],
      ['-path', `${start}${path}/*`],
    ]);
  });
}

/** A `**` between slashes also stands for no folder at all; to `find` every star crosses slashes. */
function withoutDeepStars(path: string): readonly string[] {
  const [head = '', ...parts] = path.split(/\/(?:\*\*\/)+/);
  if (parts.length >= Math.log2(MAX_ARTIFACT_TESTS))
    throw new FabroError(
      'invalid_argument',
      `run.artifacts.include: ${JSON.stringify(path)} has too many "**". Use one.`,
    );
  return parts.reduce<readonly string[]>(
    (heads, part) => heads.flatMap((each) => [`${each}/${part}`, `${each}/*/${part}`]),
    [head],
  );
}

function parseList(text: string): readonly FoundFile[] {
  return text.split('\n').flatMap((line) => {
    const [, modified, bytes, path] = /^(\d+) (\d+) \.\/(.+)$/.exec(line) ?? [];
    if (path === undefined) return [];
    return [{ path, modifiedAtS: Number(modified), bytes: Number(bytes) }];
  });
}

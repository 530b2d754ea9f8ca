/** Reading what was committed: patches and the log. */
import { FabroError } from '@fabro/protocol';
import { commitish } from './branch.js';
import { type GitCall, type GitSandbox, runGit } from './command.js';
import { callKeyOf } from './commit-message.js';
import { DIFF_BYTES, MAX_LOG_ENTRIES, TREE_TIMEOUT_MS } from './limits.js';

export interface DiffRequest extends GitCall {
  readonly dir: string;
  readonly from: string;
  readonly to: string;
  /** Most bytes of the patch. Default `DIFF_BYTES`. */
  readonly maxBytes?: number;
}

export interface Diff {
  readonly patch: string;
  /** The patch was longer and ends at the last whole line within the limit. */
  readonly truncated: boolean;
}

export interface LogRequest extends GitCall {
  readonly dir: string;
  /** Newest commit. Default HEAD. */
  readonly to?: string;
  /** Only commits that are not reachable from this one. */
  readonly from?: string;
  /** Most entries, newest first; at most `MAX_LOG_ENTRIES`. */
  readonly limit: number;
}

export interface LogEntry {
  readonly sha: string;
  readonly author: string;
  /** Seconds since 1970. */
  readonly committedAtSeconds: number;
  readonly subject: string;
  /** The durable call that made the commit, when it was one of Fabro's. */
  readonly callKey?: string;
}

/** See `Git.diff`. */
export async function diff(sandbox: GitSandbox, request: DiffRequest): Promise<Diff> {
  const { key, signal, dir } = request;
  const maxBytes = request.maxBytes ?? DIFF_BYTES;
  const result = await runGit(sandbox, {
    key,
    signal,
    step: 'diff',
    cwd: dir,
    readOnly: true,
    args: [
      'diff-tree',
      '-r',
      '-p',
      '-M',
      '--no-ext-diff',
      '--no-textconv',
      '--no-color',
      '--submodule=short',
      '--ignore-submodules=dirty',
      '--full-index',
      commitish(request.from),
      commitish(request.to),
    ],
    timeoutMs: TREE_TIMEOUT_MS,
    maxOutputBytes: maxBytes,
    allowTruncated: true,
  });
  if (!result.truncated) return { patch: result.stdout, truncated: false };
  return { patch: wholeLines(result.stdout, maxBytes), truncated: true };
}

/** The longest beginning of whole lines with at most `maxBytes` bytes. */
function wholeLines(text: string, maxBytes: number): string {
  const bytes = new TextEncoder().encode(text).subarray(0, maxBytes);
  return new TextDecoder().decode(bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1));
}

/** See `Git.log`. */
export async function log(sandbox: GitSandbox, request: LogRequest): Promise<readonly LogEntry[]> {
  const { key, signal, dir } = request;
  if (!Number.isInteger(request.limit) || request.limit < 1 || request.limit > MAX_LOG_ENTRIES)
    throw new FabroError(
      'invalid_argument',
      `limit ${request.limit}: a log has 1 to ${MAX_LOG_ENTRIES} entries.`,
    );
  const result = await runGit(sandbox, {
    key,
    signal,
    step: 'log',
    cwd: dir,
    readOnly: true,
    args: [
      'log',
      '-z',
      '--no-show-signature',
      '--no-color',
      '--no-decorate',
      `-n${request.limit}`,
      '--format=%H%x1f%an%x1f%ct%x1f%s%x1f%B',
      request.to === undefined ? 'HEAD' : commitish(request.to),
      ...(request.from === undefined ? [] : [`^${commitish(request.from)}`]),
      '--',
    ],
  });
  return result.stdout
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => {
      const [sha = '', author = '', seconds = '', subject = '', ...body] = record.split('\x1f');
      const call = callKeyOf(body.join('\x1f'));
      return {
        sha,
        author,
        committedAtSeconds: Number(seconds),
        subject,
        ...(call === undefined ? {} : { callKey: call }),
      };
    });
}

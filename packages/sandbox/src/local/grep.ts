/** Regular-expression search in files, with an engine that takes linear time whatever the pattern. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as letOthersRun } from 'node:timers/promises';
import { FabroError, messageOf } from '@fabro/protocol';
import { RE2JS } from 're2js';
import { GlobPattern } from '../glob/glob-pattern.js';
import {
  BINARY_SNIFF_BYTES,
  GREP_MAX_FILE_BYTES,
  GREP_MAX_LINE_CHARS,
  GREP_SLICE_MS,
  MAX_PATTERN_CHARS,
} from '../limits.js';
import type { GrepMatch } from '../port.js';
import { fileError } from './file-errors.js';
import { readWhole } from './files.js';
import { walkFiles } from './walk.js';

/** `\A`, `\z` and a switched-off flag mean something else in a whole text than in each of its lines. */
const TEXT_ANCHORS = /\\[Az]|\(\?[a-zA-Z]*-/;

export interface GrepQuery {
  readonly pattern: string;
  readonly glob: string | undefined;
  readonly caseInsensitive: boolean;
  readonly limit: number;
}

/**
 * The port's `grep` in an absolute file or folder; matches are ordered by path and line.
 * @param display the path to show for an absolute one.
 */
export async function grepFiles(
  root: string,
  query: GrepQuery,
  display: (path: string) => string,
  signal: AbortSignal,
): Promise<readonly GrepMatch[]> {
  const expression = compile(query);
  const glob = query.glob === undefined ? undefined : fileFilter(query.glob);
  const matches: GrepMatch[] = [];
  if (query.limit < 1) return matches;
  const wholeFirst = !TEXT_ANCHORS.test(query.pattern);
  for await (const path of filesIn(root, glob, signal)) {
    const text = await searchableText(path);
    if (text === undefined) continue;
    // One look at the whole spares most files the look at each line.
    if (wholeFirst && !expression.test(text)) continue;
    await matchLines(text, expression, signal, (line, content) => {
      matches.push({ path: display(path), line, text: content });
      return matches.length < query.limit;
    });
    if (matches.length >= query.limit) break;
  }
  return matches;
}

function compile(query: GrepQuery): RE2JS {
  const { pattern, caseInsensitive } = query;
  if (pattern === '' || pattern.length > MAX_PATTERN_CHARS) {
    throw new FabroError(
      'invalid_argument',
      `grep pattern of ${pattern.length} characters: expected 1 to ${MAX_PATTERN_CHARS}.`,
    );
  }
  try {
    return RE2JS.compile(pattern, RE2JS.MULTILINE | (caseInsensitive ? RE2JS.CASE_INSENSITIVE : 0));
  } catch (error) {
    throw new FabroError(
      'invalid_argument',
      `grep pattern ${JSON.stringify(pattern)}: ${messageOf(error)}. RE2 syntax is understood: no look-around and no back-references.`,
      { cause: error },
    );
  }
}

/** A filter without `/` is about names in any folder. */
function fileFilter(glob: string): GlobPattern {
  return new GlobPattern(glob.includes('/') ? glob : `**/${glob}`);
}

async function* filesIn(
  root: string,
  glob: GlobPattern | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let isFile: boolean;
  try {
    isFile = (await stat(root)).isFile();
  } catch (error) {
    throw fileError(root, error);
  }
  if (isFile) yield root;
  else for await (const path of walkFiles(root, glob, signal)) yield join(root, path);
}

/** undefined for files that are binary, too large, or cannot be read. */
async function searchableText(path: string): Promise<string | undefined> {
  try {
    const bytes = Buffer.from(await readWhole(path, GREP_MAX_FILE_BYTES));
    if (bytes.subarray(0, BINARY_SNIFF_BYTES).includes(0)) return undefined;
    return bytes.toString('utf8').replaceAll('\r\n', '\n');
  } catch {
    // One unreadable file does not end a search through many.
    return undefined;
  }
}

/** Calls back per matching line until told to stop; lets others run now and then. */
async function matchLines(
  text: string,
  expression: RE2JS,
  signal: AbortSignal,
  onMatch: (line: number, content: string) => boolean,
): Promise<void> {
  let sliceEnd = performance.now() + GREP_SLICE_MS;
  for (let line = 1, from = 0; from < text.length; line += 1) {
    const feed = text.indexOf('\n', from);
    const end = feed === -1 ? text.length : feed;
    const content = text.slice(from, end);
    if (expression.test(content) && !onMatch(line, shortened(content))) return;
    from = end + 1;
    if (performance.now() < sliceEnd) continue;
    await letOthersRun();
    signal.throwIfAborted();
    sliceEnd = performance.now() + GREP_SLICE_MS;
  }
}

function shortened(line: string): string {
  return line.length > GREP_MAX_LINE_CHARS ? `${line.slice(0, GREP_MAX_LINE_CHARS)}…` : line;
}

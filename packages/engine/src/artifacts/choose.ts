/** Which of the files that were found are kept (engine reference §5.3). Pure. */
import { MAX_ARTIFACT_BYTES, MAX_ARTIFACT_TOTAL_BYTES, MAX_ARTIFACTS } from '../limits.js';
import type { FoundFile } from './find.js';

export interface Choice {
  readonly chosen: readonly FoundFile[];
  /** New files that the limits leave out, each with the limit. */
  readonly leftOut: readonly { readonly file: FoundFile; readonly why: string }[];
}

/** Files written since the attempt began (by whole seconds), smallest first, within the limits. */
export function chooseArtifacts(found: readonly FoundFile[], sinceMs: number): Choice {
  const sinceS = Math.floor(sinceMs / 1_000);
  const chosen: FoundFile[] = [];
  const leftOut: { readonly file: FoundFile; readonly why: string }[] = [];
  let total = 0;
  for (const file of found
    .filter(({ modifiedAtS }) => modifiedAtS >= sinceS)
    .toSorted((a, b) => a.bytes - b.bytes || (a.path < b.path ? -1 : 1))) {
    const why = leavesOut(file, chosen.length, total);
    if (why !== undefined) {
      leftOut.push({ file, why });
      continue;
    }
    chosen.push(file);
    total += file.bytes;
  }
  return { chosen, leftOut };
}

function leavesOut(file: FoundFile, chosen: number, total: number): string | undefined {
  if (file.bytes > MAX_ARTIFACT_BYTES) return `at most ${MAX_ARTIFACT_BYTES} bytes each`;
  if (chosen >= MAX_ARTIFACTS) return `at most ${MAX_ARTIFACTS} files`;
  if (total + file.bytes > MAX_ARTIFACT_TOTAL_BYTES)
    return `at most ${MAX_ARTIFACT_TOTAL_BYTES} bytes in all`;
  return undefined;
}

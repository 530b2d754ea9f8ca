/** The branches that Fabro may make, move and commit to. */
import { FabroError } from '@fabro/protocol';

/** @throws FabroError `invalid_argument` unless the text is a branch name below `fabro/`. */
export function requireOwnBranch(branch: string): void {
  if (/^fabro\/[^\s~^:?*[\\]+$/.test(branch) && !branch.includes('..')) return;
  throw new FabroError(
    'invalid_argument',
    `${JSON.stringify(branch)} is no branch that Fabro may move; its branches begin with "fabro/".`,
  );
}

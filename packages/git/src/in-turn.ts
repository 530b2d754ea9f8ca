/**
 * Work on a repository's list of worktrees, one at a time. Git reads every entry of the list when it makes
 * one, and fails on an entry that another git is just writing; it has no lock for it.
 */
let last: Promise<unknown> = Promise.resolve();

/** Runs `work` when all that was given before has ended, in whatever way. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work);
  last = mine.catch(() => undefined); // Its caller has the rejection; the next in turn goes on.
  return mine;
}

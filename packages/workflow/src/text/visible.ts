/** Control characters but the tab, and marks that turn the direction of writing. */
const HIDDEN = /(?!\t)[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * One line of text in which nothing acts on a terminal or hides from a reader: each such character becomes
 * a dot, so that columns stay.
 */
export function visible(line: string): string {
  return line.replace(HIDDEN, '·');
}

import { nearMatches } from '../text/suggest.js';

/** The fix for an unknown name: the nearest known one, if one is near, and all of them. */
export function didYouMean(name: string, known: readonly string[]): string {
  const [near] = nearMatches(name, known);
  const hint = near === undefined ? '' : `Did you mean '${near}'? `;
  return `${hint}Use one of: ${known.join(', ')}`;
}

/** How many of very many names a fix lists. */
const MOST_LISTED = 5;

/** The first names, and an ellipsis when there are more. */
export function someOf(names: readonly string[]): string {
  return [...names.slice(0, MOST_LISTED), ...(names.length > MOST_LISTED ? ['…'] : [])].join(', ');
}

/** Finds the requirement ids that a text cites. Pure. */

/** An id that a text names although there is no such requirement. */
interface UnknownCitation {
  /** The section and the words after it, cut. */
  readonly text: string;
  readonly line: number;
}

export interface Citations {
  readonly known: ReadonlySet<string>;
  readonly unknown: readonly UnknownCitation[];
}

/** Other references have sections with the same numbers. */
const OTHER_REFERENCE = /(?:api|harness|sandboxes)(?:\.md| reference) $/;
/** What ends an id: `run` is not cited by `run-id`, `outcome` not by `outcome.x`, but by `outcome.` it is. */
const END_OF_ID = /^(?![\w-]|[.:=<]\w)/;
const EXCERPT = 60;

/** A line of citations, or one in quotes: there a section of the requirements has to be followed by an id. */
const CITES_ONLY = /^\s*(?:\/\/ §|\* §)|^[^'"`]*['"`]§[\d.]+ [\w.=:<>-]+['"`]/;

/**
 * The longest id that stands at each section sign. A section alone (`§4.1)`) cites nothing, nor does one in a
 * sentence whose next words are no id.
 */
export function citationsIn(text: string, ids: readonly string[]): Citations {
  const sections = new Set(ids.map((id) => id.slice(0, id.indexOf(' '))));
  const longestFirst = ids.toSorted((a, b) => b.length - a.length);
  const known = new Set<string>();
  const unknown: UnknownCitation[] = [];
  for (const match of text.matchAll(/(§\d+(?:\.\d+)?) [\w<-]/g)) {
    const [, section = ''] = match;
    if (!sections.has(section) || OTHER_REFERENCE.test(text.slice(0, match.index))) continue;
    const rest = text.slice(match.index);
    const id = longestFirst.find(
      (candidate) => rest.startsWith(candidate) && END_OF_ID.test(rest.slice(candidate.length)),
    );
    if (id !== undefined) known.add(id);
    else if (CITES_ONLY.test(lineAround(text, match.index)))
      unknown.push({
        text: (rest.split('\n')[0] ?? '').slice(0, EXCERPT),
        line: text.slice(0, match.index).split('\n').length,
      });
  }
  return { known, unknown };
}

function lineAround(text: string, index: number): string {
  const end = text.indexOf('\n', index);
  return text.slice(text.lastIndexOf('\n', index) + 1, end === -1 ? undefined : end);
}

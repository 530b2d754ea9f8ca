/** Texts of tests mark the cursor by `|`. */
import type { Vocabulary } from '@fabro/workflow';
import { completeAt } from '@fabro/workflow';

export interface AtCursor {
  readonly source: string;
  readonly offset: number;
}

/** The text without its mark, and where that was. */
export function atCursor(marked: string): AtCursor {
  const offset = marked.indexOf('|');
  return { source: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}

export const VOCABULARY: Vocabulary = {
  models: [
    { name: 'claude-sonnet-4-6', detail: 'anthropic' },
    { name: 'sonnet', detail: 'claude-sonnet-4-6' },
  ],
  providers: [{ name: 'anthropic', detail: '' }],
};

/** Labels offered at the mark. */
export function labelsAt(marked: string, files?: readonly string[]): string[] {
  const at = atCursor(marked);
  return completeAt({ ...at, vocabulary: VOCABULARY, files }).items.map(({ label }) => label);
}

/** The text after the item of that label has been taken; the same text when there is no such item. */
export function completed(marked: string, label: string, files?: readonly string[]): string {
  const at = atCursor(marked);
  const { span, items } = completeAt({ ...at, vocabulary: VOCABULARY, files });
  const item = items.find((candidate) => candidate.label === label);
  if (item === undefined) return at.source;
  return at.source.slice(0, span.start) + item.insert + at.source.slice(span.end);
}

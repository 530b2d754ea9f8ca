/** The repository's own Markdown, cut into what the tests look at. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
export const EXAMPLES = join(ROOT, 'docs/guide/examples');

export interface Page {
  /** From the repository root. */
  readonly path: string;
  readonly text: string;
}

/** Every page at the root, below docs/ and of the examples, sorted. */
export function readPages(): readonly Page[] {
  const paths = [
    ...readdirSync(ROOT),
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map(
      (name) => `docs/${name}`,
    ),
    ...readdirSync(join(ROOT, 'examples'), { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? `examples/${entry.name}/README.md` : `examples/${entry.name}`,
    ),
  ];
  return paths
    .filter((path) => path.endsWith('.md'))
    .toSorted()
    .map(readPage);
}

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** A page without its code blocks and code spans, whose brackets are no links. */
function proseOf(text: string): string {
  return text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');
}

/** Where a page's links go, images included; addresses of the web are left out. */
export function linksOf(text: string): readonly string[] {
  return [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/i.test(target));
}

/** Anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

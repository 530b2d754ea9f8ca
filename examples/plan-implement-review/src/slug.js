import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';

/** A text as part of an address: lower case, words joined by dashes. */
export function slug(text) {
  return (
    text
      .toLowerCase()
      .match(/[a-z0-9]+/g)
      ?.join('-') ?? ''
  );
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) console.log(slug(argv[2] ?? ''));

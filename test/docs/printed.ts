/** What a page says that commands print, compared with what they do print. Pure. */

/** What differs from run to run, in the order in which it is replaced. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]*Z/g, '<time>'],
  [/\b\d\d:\d\d:\d\d(\.\d+)?\b/g, '<time>'],
  [/\b\d{8}-(?=[0-9A-HJKMNP-TV-Z]{26}\b)/g, '<date>-'],
  [/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, '<id>'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<id>'],
  [/\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b/g, '<sha>'],
  [/\bpid \d+/g, 'pid <n>'],
  [/\b\d+(\.\d+)?(ms|s|m|h)( \d+s)?\b/g, '<duration>'],
  [/\b\d+(\.\d+)?k? (?=tokens|out\b)/g, '<n> '],
  [/\b\d+(\.\d+)? (KB|MB|kB|KiB|MiB|bytes)\b/g, '<size>'],
];

/** Runs of blanks count as one, since tables are as wide as what is in them. */
export function masked(text: string, home: string): string {
  let result = text.replaceAll(home, '<home>').replaceAll('/home/you', '<home>');
  for (const [pattern, name] of VARIABLE) result = result.replaceAll(pattern, name);
  return result
    .split('\n')
    .map((line) => line.trimEnd().replaceAll(/[ \t─-]{2,}/g, ' '))
    .join('\n')
    .trim();
}

/** Whether a masked text is as the masked page says, where `…` stands for anything, on a line of its own for lines. */
export function isAsPrinted(actual: string, page: string): boolean {
  const pattern = page
    .split('\n')
    .map((line) =>
      line.trim() === '…'
        ? '(?:.*\n)*?'
        : `${line
            .split('…')
            .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
            .join('.*')}\n`,
    )
    .join('');
  return new RegExp(`^${pattern}$`).test(`${actual}\n`);
}

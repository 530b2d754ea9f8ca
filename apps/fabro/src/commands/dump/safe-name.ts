/** Names that come from workflows and stages, as names of files that stay where they are put. Pure. */

/** Characters of a name: with a rank in front it is far below what file systems take. */
const MAX_NAME = 100;

/** One path part: letters, digits, `.`, `_`, `-`, `@` stay, the rest becomes `_`; never `.` or `..`. */
export function safeName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._@-]/g, '_').slice(0, MAX_NAME);
  return plain === '' || plain.startsWith('.') ? `_${plain.replace(/^\.+/, '')}` : plain;
}

/** A relative path whose parts are all safe; nothing in it leads upwards. */
export function safePath(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== '');
  return parts.map(safePart).join('/') || '_';
}

/** Parts of paths keep blanks and other letters; only what could lead elsewhere is changed. */
function safePart(part: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters to remove
  const plain = part.replaceAll(/[\x00-\x1f\x7f:]/g, '_');
  return plain === '.' || plain === '..' ? '_' : plain;
}

/**
 * Escapes of quoted text, in the language and in conditions alike: `\"`, `\\`, `\n`, `\t`. Any other
 * backslash stays, so that regular expressions need no doubling.
 */
export function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(["\\nt])/g, (_, escaped: string) =>
    escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped,
  );
}

/** Whether one of these escapes begins at `offset`. */
export function isEscape(raw: string, offset: number): boolean {
  return raw.charAt(offset) === '\\' && /^["\\nt]$/.test(raw.charAt(offset + 1));
}

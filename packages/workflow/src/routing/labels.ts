/** Labels of edges as people and models name them (engine reference §3.2, §4.1). */

/**
 * A label made comparable: trimmed, lower case, without an accelerator `[..] `, `x) ` or `x - `. Longer
 * accelerators of the last two forms count for people only.
 */
export function normalizeLabel(label: string): string {
  const text = label.trim().toLowerCase();
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    if (close !== -1) return text.slice(close + 1).trimStart();
  }
  const [first] = text;
  if (first === undefined) return text;
  const rest = text.slice(first.length);
  if (rest.startsWith(')')) return rest.slice(1).trimStart();
  if (rest.startsWith(' - ')) return rest.slice(3).trimStart();
  return text;
}

/** The key written into a label: `[K] x`, or `K) x` and `K - x` of 1 to 3 letters or digits. */
export function writtenAccelerator(label: string): string | undefined {
  const text = label.trim();
  const bracketed = /^\[([^\]]+)\]/.exec(text)?.[1]?.trim();
  if (bracketed !== undefined && bracketed !== '') return bracketed;
  return /^([A-Za-z0-9]{1,3})(?:\)| - )/.exec(text)?.[1];
}

/** Diagnostics as text. */
import { codeFrame } from '../text/code-frame.js';
import type { Position } from '../text/position.js';
import { visible } from '../text/visible.js';
import type { Diagnostic } from './diagnostic.js';

/** One line: `error [node: x]: message (rule)` (engine reference §2). */
export function diagnosticLine(diagnostic: Diagnostic): string {
  const { severity, node_id: node, edge, message, rule } = diagnostic;
  const place =
    node !== null ? ` [node: ${node}]` : edge !== null ? ` [edge: ${edge[0]} -> ${edge[1]}]` : '';
  return visible(`${severity}${place}: ${message} (${rule})`);
}

/** A file as it is shown: how it is called, and its text if that is at hand. */
export interface ShownFile {
  readonly path: string;
  readonly source: string | undefined;
}

/**
 * The line, then `path:line:column`, the source line with a caret, and the fix, as far as they are known. A
 * place in a file that the workflow names comes after the place where it is named.
 * @param named the file of a manifest path; default: its path alone, without its line.
 */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  source: string,
  path: string,
  named: (path: string) => ShownFile = (file) => ({ path: file, source: undefined }),
): string {
  const lines = [diagnosticLine(diagnostic)];
  const { position, fix } = diagnostic;
  if (position !== null) {
    lines.push(...placeLines('at', { path, source }, position));
    const { origin } = position;
    if (origin !== undefined) lines.push(...placeLines('in', named(origin.path), origin));
  }
  if (fix !== null) lines.push(visible(`  fix: ${fix}`));
  return lines.join('\n');
}

function placeLines(
  word: 'at' | 'in',
  { path, source }: ShownFile,
  place: Pick<Position, 'line' | 'column'>,
): string[] {
  const head = visible(`  ${word} ${path}:${place.line}:${place.column}`);
  if (source === undefined) return [head];
  const frame = codeFrame(source, place).split('\n');
  return [head, ...frame.map((line) => `  ${line}`)];
}

/** One sentence for an answer that refuses the workflow: the messages of its errors. */
export function validationErrorMessage(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  // A text that cannot be read has been called that already.
  if (errors.length === 1 && first?.message.startsWith('Parse error: ')) return first.message;
  return `Validation error: ${errors.map(({ message }) => message).join('; ')}`;
}

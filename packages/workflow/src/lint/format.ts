/** Diagnostics as text. */
import { codeFrame } from '../text/code-frame.js';
import { visible } from '../text/visible.js';
import type { Diagnostic } from './diagnostic.js';

/** One line: `error [node: x]: message (rule)` (engine reference §2). */
export function diagnosticLine(diagnostic: Diagnostic): string {
  const { severity, node_id: node, edge, message, rule } = diagnostic;
  const place =
    node !== null ? ` [node: ${node}]` : edge !== null ? ` [edge: ${edge[0]} -> ${edge[1]}]` : '';
  return visible(`${severity}${place}: ${message} (${rule})`);
}

/** The line, then `path:line:column`, the source line with a caret, and the fix, as far as they are known. */
export function formatDiagnostic(diagnostic: Diagnostic, source: string, path: string): string {
  const lines = [diagnosticLine(diagnostic)];
  const { position, fix } = diagnostic;
  if (position !== null) {
    lines.push(`  at ${path}:${position.line}:${position.column}`);
    lines.push(
      ...codeFrame(source, position)
        .split('\n')
        .map((line) => `  ${line}`),
    );
    const { origin } = position;
    if (origin !== undefined)
      lines.push(visible(`  in ${origin.path}:${origin.line}:${origin.column}`));
  }
  if (fix !== null) lines.push(visible(`  fix: ${fix}`));
  return lines.join('\n');
}

/** One sentence for an answer that refuses the workflow: the messages of its errors. */
export function validationErrorMessage(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  // A text that cannot be read has been called that already.
  if (errors.length === 1 && first?.message.startsWith('Parse error: ')) return first.message;
  return `Validation error: ${errors.map(({ message }) => message).join('; ')}`;
}

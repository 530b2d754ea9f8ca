/** What a model stage is told about the run so far: the mode `compact` (engine reference §5.2). */
import type { JsonValue } from '@fabro/protocol';
import { attr, type GraphNode } from '@fabro/workflow';
import type { StageInput } from './handler.js';
import { QUOTED_LINES } from './limits.js';

const HIDDEN =
  /^(internal\.|current|graph\.|thread\.|response\.|outcome$|last_stage$|last_response$|preferred_label$|failure_class$|failure_signature$|command\.)/;

/** The preamble, or nothing before the first stage. */
export function preamble(input: StageInput, materialise: (value: JsonValue) => JsonValue): string {
  const goal = attr.string(input.graph, 'goal');
  const stages = [...input.frame.outcomes]
    .map(([id, outcome]) => ({ node: input.graph.nodes.get(id), outcome }))
    .filter(
      ({ node }) => node !== undefined && node.handler !== 'start' && node.handler !== 'exit',
    );
  const parts: string[] = [];
  if (goal !== undefined && goal !== '') parts.push(`Goal: ${goal}`);
  if (stages.length > 0) {
    const lines = stages.flatMap(({ node, outcome }) =>
      node === undefined
        ? []
        : [`- **${node.id}**: ${outcome.status}`, ...commandLines(input, node, materialise)],
    );
    parts.push(`## Completed stages\n${lines.join('\n')}`);
  }
  const context = [...input.frame.context]
    .filter(([key, value]) => !HIDDEN.test(key) && value !== null && value !== '')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([key, value]) =>
        `- ${key}: ${typeof value === 'string' ? value : JSON.stringify(materialise(value))}`,
    );
  if (context.length > 0) parts.push(`## Context\n${context.join('\n')}`);
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`;
}

/** Only the latest command's output is in the context; it belongs to the stage that ran last. */
function commandLines(
  input: StageInput,
  node: GraphNode,
  materialise: (value: JsonValue) => JsonValue,
): readonly string[] {
  if (node.handler !== 'command') return [];
  const script = attr.string(node, 'script') ?? attr.string(node, 'tool_command');
  const lines = script === undefined ? [] : [`  - Script: \`${script}\``];
  if (input.frame.context.get('command.of') !== node.id) return lines;
  return [
    ...lines,
    ...quoted('Stdout', materialise(input.frame.context.get('command.output') ?? '')),
    ...quoted('Stderr', materialise(input.frame.context.get('command.stderr') ?? '')),
  ];
}

function quoted(name: string, value: JsonValue): readonly string[] {
  const text = typeof value === 'string' ? value.trimEnd() : '';
  if (text === '') return [`  - ${name}: (empty)`];
  const all = text.split('\n');
  const shown = all.slice(-QUOTED_LINES);
  const omitted = all.length - shown.length;
  return [
    `  - ${name}:`,
    '    ```',
    ...(omitted > 0 ? [`    (${omitted} lines omitted)`] : []),
    ...shown.map((line) => `    ${line}`),
    '    ```',
  ];
}

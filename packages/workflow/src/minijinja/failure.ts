/** MiniJinja's message, which is made for a terminal, as an error with its place and a remedy. */
import { messageOf } from '@fabro/protocol';
import {
  TemplateError,
  type TemplatePlace,
  type TemplateVariables,
  knownNames,
} from '../templates/engine.js';

/** The name under which texts are rendered; it ends in nothing that would turn escaping on. */
export const TEMPLATE_NAME = 'template';

const HEADLINE = new RegExp(`^([\\s\\S]*?) \\(in ${TEMPLATE_NAME}:(\\d+)\\)`);
/** MiniJinja's reason for a name that has no value. */
const UNDEFINED = 'undefined value';
/** The line that is meant and the carets below its span, in code points after a margin of seven. */
const FRAME = /^ *\d+ > .*\n {5}i ( *)(\^+) /m;

/** The error for what a rendering threw. What is no failure of a template is thrown on. */
export function readFailure(
  error: unknown,
  text: string,
  variables: TemplateVariables,
): TemplateError {
  const message = messageOf(error);
  const [, reason, number] = HEADLINE.exec(message) ?? [];
  if (reason === undefined || number === undefined) throw error;
  const line = Number(number);
  const source = text.split('\n')[line - 1] ?? '';
  const [, margin, carets] = FRAME.exec(message) ?? [];
  if (margin === undefined || carets === undefined)
    return new TemplateError(
      wording(reason, undefined, variables),
      { line, column: firstTag(source) },
      remedyOf(reason),
    );
  const characters = [...source];
  const start = characters.slice(0, margin.length).join('');
  const span = characters.slice(margin.length, margin.length + carets.length).join('');
  // The span of `a.b.c` may begin at its last dot.
  const head = /^[.[]/.test(span) ? (/[\w.]*$/.exec(start)?.[0] ?? '') : '';
  const place: TemplatePlace = { line, column: start.length - head.length + 1 };
  return new TemplateError(wording(reason, head + span, variables), place, remedyOf(reason));
}

function wording(reason: string, span: string | undefined, variables: TemplateVariables): string {
  if (reason === UNDEFINED)
    return `undefined variable${span === undefined ? '' : ` "${span}"`}; ${knownNames(variables)}`;
  if (reason.includes('out of fuel'))
    return 'the template takes too many steps; does a loop in it end? Loop over fewer values, or split the template';
  const near = span === undefined || span.trim() === '' ? '' : ` at "${span}"`;
  if (reason.startsWith('syntax error'))
    return `${reason}${near}; to write braces themselves use {% raw %}{{ }}{% endraw %}`;
  return `${reason}${near}`;
}

function remedyOf(reason: string): string | undefined {
  return reason === UNDEFINED
    ? 'Correct the name, give the value by --input or in [run.inputs], or allow for its absence: {{ inputs.name | default("") }}'
    : undefined;
}

/** Column of the first tag of a line, from 1. */
function firstTag(line: string): number {
  return Math.max(line.search(/\{[{%#]/), 0) + 1;
}

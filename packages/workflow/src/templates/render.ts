/**
 * Templates: `{{ goal }}`, `{{ inputs.name }}` with nested names, and `{{ "text" }}` for writing braces.
 * Undefined names are errors. What is rendered in is not rendered again.
 */
import { FabroError, type JsonValue } from '@fabro/protocol';
import { MAX_RENDERED_LENGTH } from '../limits.js';

export interface TemplateVariables {
  /** Undefined where a goal cannot be used: in the goal itself it stays as written. */
  readonly goal: string | undefined;
  readonly inputs: Readonly<Record<string, JsonValue>>;
}

/** What is wrong with a template; becomes a diagnostic with the place of its attribute. */
export class TemplateError extends FabroError {
  constructor(message: string) {
    super('invalid_workflow', message);
  }
}

const SUPPORTED = 'supported are {{ goal }}, {{ inputs.name }} and {{ "text" }}';
const LITERAL = 'to write the braces themselves use {{ "{%" }} or {{ "{#" }}';

/**
 * Renders a template. Text without `{{`, `{%` and `{#` comes back unchanged; rendered text loses one
 * newline at its end. Throws a TemplateError.
 */
export function renderTemplate(text: string, variables: TemplateVariables): string {
  if (!/\{[{%#]/.test(text)) return text;
  let rendered = '';
  let offset = 0;
  for (;;) {
    const open = nextOpening(text, offset);
    if (open === -1) break;
    rendered += text.slice(offset, open);
    const marker = text.slice(open, open + 2);
    if (marker !== '{{')
      throw new TemplateError(`"${marker}" is not supported; ${SUPPORTED}; ${LITERAL}`);
    const close = endOfExpression(text, open + 2);
    if (close === -1)
      throw new TemplateError(
        `"${excerpt(text.slice(open))}" has no closing "}}"; ${SUPPORTED}; to write "{{" itself use {{ "{{" }}`,
      );
    rendered += valueOf(text.slice(open + 2, close).trim(), variables);
    if (rendered.length > MAX_RENDERED_LENGTH)
      throw new TemplateError(
        `the rendered text is longer than ${MAX_RENDERED_LENGTH} characters; use fewer or shorter inputs`,
      );
    offset = close + 2;
  }
  rendered += text.slice(offset);
  return rendered.endsWith('\n') ? rendered.slice(0, -1) : rendered;
}

function nextOpening(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at !== -1; at = text.indexOf('{', at + 1))
    if ('{%#'.includes(text.charAt(at + 1)) && at + 1 < text.length) return at;
  return -1;
}

/** Where `}}` stands outside of quoted text; -1 when it is missing. */
function endOfExpression(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '}' && text.charAt(at + 1) === '}') return at;
  }
  return -1;
}

const QUOTED = /^(?:"[^"\\]*"|'[^'\\]*')$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)*$/;

function valueOf(expression: string, variables: TemplateVariables): string {
  if (QUOTED.test(expression)) return expression.slice(1, -1);
  if (!NAME.test(expression))
    throw new TemplateError(`"{{ ${excerpt(expression)} }}" is not supported; ${SUPPORTED}`);
  const [root, ...names] = expression.split('.');
  if (root === 'goal' && names.length === 0) return variables.goal ?? '{{ goal }}';
  if (root === 'inputs' && names.length > 0) return inputText(names, variables.inputs);
  throw new TemplateError(
    `undefined variable "${expression}"; known are goal${inputNames(variables.inputs)}`,
  );
}

function inputNames(inputs: TemplateVariables['inputs']): string {
  return Object.keys(inputs)
    .map((name) => `, inputs.${name}`)
    .join('');
}

function inputText(names: readonly string[], inputs: JsonValue): string {
  let value: JsonValue = inputs;
  let path = 'inputs';
  for (const name of names) {
    if (!isTable(value) || !Object.hasOwn(value, name))
      throw new TemplateError(`undefined variable "${path}.${name}"; ${knownNames(path, value)}`);
    value = value[name] ?? null;
    path += `.${name}`;
  }
  if (value === null) throw new TemplateError(`"${path}" has no value; ${knownNames(path, value)}`);
  if (typeof value === 'object')
    throw new TemplateError(`"${path}" is no single value; ${knownNames(path, value)}`);
  return String(value);
}

function isTable(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function knownNames(path: string, value: JsonValue): string {
  const names = isTable(value) ? Object.keys(value).map((name) => `${path}.${name}`) : [];
  return names.length > 0
    ? `known are ${names.join(', ')}`
    : path === 'inputs'
      ? 'the run has no inputs; set them under [run.inputs] or by --input name=value'
      : `"${path}" has no names inside; use a text, number or boolean`;
}

function excerpt(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

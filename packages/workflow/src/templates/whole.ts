/** Rendering the whole text of a workflow, before it is parsed. */
import type { JsonValue } from '@fabro/protocol';
import { MAX_SOURCE_LENGTH, MAX_STEPS_OF_TEMPLATE } from '../limits.js';
import { type TemplateEngine, TemplateError, type TemplateVariables } from './engine.js';

export type Inputs = Readonly<Record<string, JsonValue>>;

/** What is left for the pass over the attributes, when the goal is known. */
export const GOAL_TEMPLATE = '{{ goal }}';
const FIRST_PRIVATE = 0xe000;
const LAST_PRIVATE = 0xf8ff;

/**
 * The text with its inputs filled in and `{{ goal }}` left as it is. Inputs come in with their quotes and
 * backslashes escaped, since nearly all of them are filled into quoted values. Braces that come out of the rendering (of
 * inputs, of `raw` blocks) are written so that the pass over the attributes gives them back.
 * Throws a TemplateError.
 */
export function renderWhole(
  source: string,
  { inputs, engine }: { readonly inputs: Inputs; readonly engine: TemplateEngine | undefined },
): string {
  const mark = unusedCharacter(source + JSON.stringify(inputs));
  const variables = { goal: mark, inputs: mapTexts(inputs, quotable) };
  const rendered = render(engine, source, variables, MAX_STEPS_OF_TEMPLATE);
  if (rendered.length > MAX_SOURCE_LENGTH)
    throw new TemplateError(
      `the rendered workflow is longer than ${MAX_SOURCE_LENGTH} characters; use shorter inputs, or loops over fewer values`,
    );
  return rendered.replace(/\{(?=[{%#])/g, "{{ '{' }}").replaceAll(mark, GOAL_TEMPLATE);
}

/** The rendered text. Throws a TemplateError, also when the program has no engine. */
export function render(
  engine: TemplateEngine | undefined,
  text: string,
  variables: TemplateVariables,
  fuel: number,
): string {
  if (engine === undefined)
    throw new TemplateError('this program has no template engine; pass one as `templates`');
  return engine.render(text, variables, fuel);
}

function quotable(text: string): string {
  return text.replaceAll(/["\\]/g, String.raw`\$&`);
}

function mapTexts(inputs: Inputs, map: (text: string) => string): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, mapText(value, map)]),
  );
}

function mapText(value: JsonValue, map: (text: string) => string): JsonValue {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((one) => mapText(one, map));
  return isTable(value) ? mapTexts(value, map) : value;
}

function isTable(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A character of the private use area that is not in the text; filters leave such characters alone. */
function unusedCharacter(text: string): string {
  for (let code = FIRST_PRIVATE; code <= LAST_PRIVATE; code++) {
    const character = String.fromCharCode(code);
    if (!text.includes(character)) return character;
  }
  throw new TemplateError('the workflow and its inputs use every character for private use');
}

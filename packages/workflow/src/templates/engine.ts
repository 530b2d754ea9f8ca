/** The port of the template engine: MiniJinja's language, strict about undefined names, without escaping. */
import { FabroError, type JsonValue } from '@fabro/protocol';

/** What a template may name. */
export interface TemplateVariables {
  readonly goal: string;
  readonly inputs: Readonly<Record<string, JsonValue>>;
}

/** Where in a template's own text something stands; both from 1, columns in UTF-16 units. */
export interface TemplatePlace {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a template; becomes a diagnostic with its place in the workflow. */
export class TemplateError extends FabroError {
  /** Undefined when the engine cannot tell. */
  readonly place: TemplatePlace | undefined;
  /** What to do about it, where the message does not say so itself. */
  readonly remedy: string | undefined;

  constructor(message: string, place?: TemplatePlace, remedy?: string) {
    super('invalid_workflow', message);
    this.place = place;
    this.remedy = remedy;
  }
}

/** Renders templates. It may load what it needs when it is first used. */
export interface TemplateEngine {
  /**
   * The text with its templates filled in, without the one newline that may stand at its end.
   * Throws a TemplateError for a text that is no template, that names what is undefined, that takes more than
   * `fuel` steps, or that needs too much memory.
   */
  render(text: string, variables: TemplateVariables, fuel: number): string;
}

/** True for a text that an engine has to look at; any other text is its own rendering. */
export function hasTemplate(text: string): boolean {
  return /\{[{%#]/.test(text);
}

/** The names that a template may use, for messages: `goal, inputs.name`. */
export function knownNames(variables: TemplateVariables): string {
  const inputs = Object.keys(variables.inputs).map((name) => `inputs.${name}`);
  return inputs.length > 0
    ? `known are goal, ${inputs.join(', ')}`
    : 'known is goal; the run has no inputs, which are set under [run.inputs] or by --input name=value';
}

/** The pass over the attributes (engine reference §1.3, 6): templates in every string, the goal's first. */
import { CHILD_SOURCE } from '../children/child-reference.js';
import { type Owner, mapAttributes } from '../graph/assemble.js';
import { type Attribute, type Attributes, typedText } from '../graph/attributes.js';
import { type Graph, goalOf } from '../graph/graph.js';
import {
  MAX_RENDERED_LENGTH,
  MAX_RENDERED_TOTAL,
  MAX_STEPS_OF_TEMPLATE,
  MAX_TEMPLATE_STEPS,
  MIN_STEPS_OF_TEMPLATE,
} from '../limits.js';
import {
  type TemplateEngine,
  TemplateError,
  type TemplateVariables,
  hasTemplate,
} from './engine.js';
import { GOAL_TEMPLATE, type Inputs, render } from './whole.js';

/** A template that could not be rendered, and where. */
export interface TemplateProblem {
  readonly owner: Owner;
  readonly key: string;
  readonly attribute: Attribute;
  readonly error: TemplateError;
}

export interface ExpandOptions {
  /** Values of `{{ inputs.* }}`. */
  readonly inputs: Inputs;
  readonly engine: TemplateEngine | undefined;
  /** What `{{ goal }}` is in a graph that has no goal; default the empty text. */
  readonly outerGoal?: string | undefined;
}

export interface Expanded {
  readonly graph: Graph;
  /** Attributes that are left as written because their template is wrong. */
  readonly problems: readonly TemplateProblem[];
}

/**
 * Renders the templates in every string attribute: the goal first, with the inputs alone (a `{{ goal }}`
 * inside of it stays), then all others. Never throws.
 */
export function expandTemplates(graph: Graph, options: ExpandOptions): Expanded {
  const { inputs } = options;
  const pass = new Pass(options.engine, stepsEach(graph));
  const withGoal = mapAttributes(graph, (attributes, owner) => {
    const goal = owner.kind === 'graph' ? attributes.get('goal') : undefined;
    if (goal === undefined) return attributes;
    const rendered = pass.render(goal, 'goal', owner, { goal: GOAL_TEMPLATE, inputs });
    return rendered === goal ? attributes : new Map(attributes).set('goal', rendered);
  });
  const variables = { goal: goalOf(withGoal) ?? options.outerGoal ?? '', inputs };
  const expanded = mapAttributes(withGoal, (attributes, owner) =>
    mapValues(attributes, (attribute, key) =>
      isRenderedElsewhere(owner, key) ? attribute : pass.render(attribute, key, owner, variables),
    ),
  );
  return { graph: expanded, problems: pass.problems };
}

/** The goal has been rendered; the text of a child workflow is, when that is prepared. */
function isRenderedElsewhere(owner: Owner, key: string): boolean {
  return owner.kind === 'graph' ? key === 'goal' : key === CHILD_SOURCE;
}

/** The graph with another goal; the same graph without one. */
export function overrideGoal(graph: Graph, goal: string | undefined): Graph {
  if (goal === undefined) return graph;
  const position = graph.attributes.get('goal')?.position ?? graph.position;
  return mapAttributes(graph, (attributes, owner) =>
    owner.kind === 'graph'
      ? new Map(attributes).set('goal', { kind: 'string', value: goal, position })
      : attributes,
  );
}

/** The steps that each template of the graph may take, so that all of them together stay within a limit. */
function stepsEach(graph: Graph): number {
  let templates = 0;
  for (const { attributes } of [graph, ...graph.nodes.values(), ...graph.edges])
    for (const attribute of attributes.values()) if (isTemplate(attribute)) templates++;
  const share = Math.floor(MAX_TEMPLATE_STEPS / Math.max(templates, 1));
  return Math.min(Math.max(share, MIN_STEPS_OF_TEMPLATE), MAX_STEPS_OF_TEMPLATE);
}

function isTemplate(attribute: Attribute): boolean {
  return attribute.kind === 'string' && hasTemplate(attribute.value);
}

function mapValues(
  attributes: Attributes,
  map: (attribute: Attribute, key: string) => Attribute,
): Attributes {
  let changed: Map<string, Attribute> | undefined;
  for (const [key, attribute] of attributes) {
    const mapped = map(attribute, key);
    if (mapped !== attribute) (changed ??= new Map(attributes)).set(key, mapped);
  }
  return changed ?? attributes;
}

/** What the renderings of one graph share. */
class Pass {
  readonly problems: TemplateProblem[] = [];
  readonly #engine: TemplateEngine | undefined;
  readonly #steps: number;
  /** Characters that the graph's templates may still fill. */
  #left = MAX_RENDERED_TOTAL;

  constructor(engine: TemplateEngine | undefined, steps: number) {
    this.#engine = engine;
    this.#steps = steps;
  }

  /** The attribute with its text rendered and typed; itself without a template, and when that is wrong. */
  render(attribute: Attribute, key: string, owner: Owner, variables: TemplateVariables): Attribute {
    if (attribute.kind !== 'string' || !hasTemplate(attribute.value)) return attribute;
    try {
      const rendered = render(this.#engine, attribute.value, variables, this.#steps);
      this.#count(rendered.length);
      const { position, file } = attribute;
      return { ...typedText(rendered), position, ...(file === undefined ? {} : { file }) };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      this.problems.push({ owner, key, attribute, error });
      return attribute;
    }
  }

  #count(length: number): void {
    if (length > MAX_RENDERED_LENGTH)
      throw new TemplateError(
        `the rendered text is longer than ${MAX_RENDERED_LENGTH} characters; use fewer or shorter inputs`,
      );
    this.#left -= length;
    if (this.#left < 0)
      throw new TemplateError(
        `the rendered texts of the graph are longer than ${MAX_RENDERED_TOTAL} characters together; use shorter inputs, or a shorter goal`,
      );
  }
}

import type { JsonValue } from '@fabro/protocol';
import { type Owner, mapAttributes } from '../graph/assemble.js';
import { type Attribute, type Attributes, typedText } from '../graph/attributes.js';
import { type Graph, goalOf } from '../graph/graph.js';
import type { Position } from '../text/position.js';
import { MAX_RENDERED_TOTAL } from '../limits.js';
import { TemplateError, type TemplateVariables, renderTemplate } from './render.js';

/** A template that could not be rendered, and where. */
export interface TemplateProblem {
  readonly owner: Owner;
  readonly attribute: string;
  readonly message: string;
  readonly position: Position;
}

export interface ExpandOptions {
  /** Replaces the graph's goal before anything is rendered; a template in it is rendered too. */
  readonly goal?: string | undefined;
  /** Values of `{{ inputs.* }}`. */
  readonly inputs: Readonly<Record<string, JsonValue>>;
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
  const problems: TemplateProblem[] = [];
  const { inputs } = options;
  const budget: Budget = { left: MAX_RENDERED_TOTAL };
  const withGoal = mapAttributes(overrideGoal(graph, options.goal), (attributes, owner) => {
    const goal = owner.kind === 'graph' ? attributes.get('goal') : undefined;
    if (goal === undefined) return attributes;
    const render = renderer(owner, { goal: undefined, inputs }, { problems, budget });
    return new Map(attributes).set('goal', render(goal, 'goal'));
  });
  const goal = goalOf(withGoal) ?? '';
  const expanded = mapAttributes(withGoal, (attributes, owner) => {
    const render = renderer(owner, { goal, inputs }, { problems, budget });
    return mapValues(attributes, (attribute, key) =>
      owner.kind === 'graph' && key === 'goal' ? attribute : render(attribute, key),
    );
  });
  return { graph: expanded, problems };
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

/** Characters that the graph's templates may still fill. */
interface Budget {
  left: number;
}

function renderer(
  owner: Owner,
  variables: TemplateVariables,
  { problems, budget }: { readonly problems: TemplateProblem[]; readonly budget: Budget },
): (attribute: Attribute, key: string) => Attribute {
  return (attribute, key) => {
    if (attribute.kind !== 'string') return attribute;
    try {
      const rendered = renderTemplate(attribute.value, variables);
      if (rendered === attribute.value) return attribute;
      budget.left -= rendered.length;
      if (budget.left < 0)
        throw new TemplateError(
          `the rendered texts of the graph are longer than ${MAX_RENDERED_TOTAL} characters together; use shorter inputs, or a shorter goal`,
        );
      return { ...typedText(rendered), position: attribute.position };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      problems.push({
        owner,
        attribute: key,
        message: error.message,
        position: attribute.position,
      });
      return attribute;
    }
  };
}

/** Gives nodes what the model stylesheet says (engine reference §9.2, pass 7 of §1.3). */
import { type Attribute, type Attributes, attr } from '../graph/attributes.js';
import { type Graph, type GraphNode, withNodeAttributes } from '../graph/graph.js';
import { positionInText } from '../graph/position-in-text.js';
import { parseStylesheet } from './parse.js';
import {
  STYLE_PROPERTIES,
  type StyleProperty,
  type StyleRule,
  type StylesheetParse,
  isStyleProperty,
} from './stylesheet.js';

/** The graph's stylesheet; undefined when it has none. */
export function stylesheetOf(graph: Graph): StylesheetParse | undefined {
  const text = attr.string(graph, 'model_stylesheet');
  return text === undefined ? undefined : parseStylesheet(text);
}

/**
 * The graph with the stylesheet's values on its nodes. The more specific rule wins (`#id`, `.class`, shape,
 * `*`), among equals the later one; what a node has already stays. A stylesheet with a mistake changes
 * nothing; lint reports it.
 */
export function applyStylesheet(graph: Graph): Graph {
  const stylesheet = stylesheetOf(graph);
  const source = graph.attributes.get('model_stylesheet');
  if (source === undefined || stylesheet?.ok !== true || stylesheet.rules.length === 0)
    return graph;
  const styles = stylesBySelector(stylesheet.rules, source);
  return withNodeAttributes(graph, (node) => styled(node, styles));
}

interface Style {
  /** Rules are numbered in order; a later one wins over its equals. */
  readonly order: number;
  readonly attribute: Attribute;
}

/** What each selector gives in the end, so that a node asks once for each selector that it can have. */
type Styles = ReadonlyMap<string, ReadonlyMap<StyleProperty, Style>>;

function stylesBySelector(rules: readonly StyleRule[], source: Attribute): Styles {
  const styles = new Map<string, Map<StyleProperty, Style>>();
  for (const [order, { selector, declarations }] of rules.entries()) {
    const own = styles.get(selector.text) ?? new Map<StyleProperty, Style>();
    styles.set(selector.text, own);
    for (const { property, value, offset } of declarations) {
      if (!isStyleProperty(property)) continue;
      const position = positionInText(source, offset);
      own.set(property, { order, attribute: { kind: 'string', value, position } });
    }
  }
  return styles;
}

function styled(node: GraphNode, styles: Styles): Attributes {
  let changed: Map<string, Attribute> | undefined;
  for (const property of STYLE_PROPERTIES) {
    if (node.attributes.has(property)) continue;
    const style = styleOf(node, property, styles);
    if (style !== undefined) (changed ??= new Map(node.attributes)).set(property, style.attribute);
  }
  return changed ?? node.attributes;
}

function styleOf(node: GraphNode, property: StyleProperty, styles: Styles): Style | undefined {
  const of = (selector: string): Style | undefined => styles.get(selector)?.get(property);
  let byClass: Style | undefined;
  for (const name of node.classes) {
    const style = of(`.${name}`);
    if (style !== undefined && (byClass === undefined || style.order > byClass.order))
      byClass = style;
  }
  return of(`#${node.id}`) ?? byClass ?? of(attr.string(node, 'shape') ?? 'box') ?? of('*');
}

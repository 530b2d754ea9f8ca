/**
 * The first two passes (engine reference §1.3): templates of the whole text, then parsing.
 *
 * A text whose templates all stand inside of quoted values is parsed as it is: its templates are filled in
 * value by value later on, so that an input may hold quotes and every position is one of the text as written.
 * Only a text that its templates shape (a loop that writes nodes) is rendered as a whole.
 */
import type { Ast, AttributeSyntax, Statement } from '../dot/ast.js';
import { parseDot } from '../dot/parse.js';
import { DotSyntaxError } from '../dot/syntax-error.js';
import { buildGraph } from '../graph/build.js';
import type { Graph } from '../graph/graph.js';
import { mapPositions } from '../graph/map-positions.js';
import { MAX_SOURCE_LENGTH } from '../limits.js';
import { type TemplateEngine, TemplateError, hasTemplate } from './engine.js';
import { renderReferences } from './references.js';
import { originalPositions } from './original-position.js';
import { type Inputs, renderWhole } from './whole.js';

export interface ReadOptions {
  readonly inputs: Inputs;
  readonly engine: TemplateEngine | undefined;
  /** True to render the whole text although it could be parsed as it is. */
  readonly whole?: boolean;
}

export type GraphRead =
  | { readonly graph: Graph }
  | { readonly syntaxError: DotSyntaxError }
  /** Its place, if it has one, is one of the text as written. */
  | { readonly templateError: TemplateError };

/** Reads a workflow's text. Templates that decide nothing about the graph's shape are left in its values. */
export function readGraph(source: string, options: ReadOptions): GraphRead {
  // A text that is too long is refused by the parser, with what to do about it.
  if (!hasTemplate(source) || source.length > MAX_SOURCE_LENGTH) return parsed(source);
  try {
    if (options.whole !== true) {
      const graph = graphAsWritten(source);
      if (graph !== undefined) return { graph: renderReferences(graph, options) };
    }
    return renderedGraph(source, options);
  } catch (error) {
    if (error instanceof TemplateError) return { templateError: error };
    throw error;
  }
}

function parsed(source: string): Extract<GraphRead, { graph: Graph } | { syntaxError: unknown }> {
  try {
    return { graph: buildGraph(parseDot(source)) };
  } catch (error) {
    if (error instanceof DotSyntaxError) return { syntaxError: error };
    throw error;
  }
}

/** The graph of a text that its templates do not shape, as far as one can see; else undefined. */
function graphAsWritten(source: string): Graph | undefined {
  try {
    const ast = parseDot(source);
    // A block that is no part of a value stands in comments, where it may well switch statements on and off.
    return count(source, '{%') === blocksInValues(ast) ? buildGraph(ast) : undefined;
  } catch (error) {
    if (error instanceof DotSyntaxError) return undefined;
    throw error;
  }
}

function renderedGraph(source: string, options: ReadOptions): GraphRead {
  const rendered = renderWhole(source, options);
  const read = parsed(rendered);
  const original = originalPositions(source, rendered);
  return 'graph' in read
    ? { graph: mapPositions(read.graph, original, { rendered: true }) }
    : { syntaxError: read.syntaxError.at(original(read.syntaxError.position)) };
}

function blocksInValues(ast: Ast): number {
  let blocks = 0;
  const addAll = (attributes: readonly AttributeSyntax[]): void => {
    for (const { value } of attributes)
      if (value.kind === 'Str') blocks += count(value.value, '{%');
  };
  const visit = (statement: Statement): void => {
    switch (statement.kind) {
      case 'GraphAttrDecl':
        addAll([statement.attribute]);
        return;
      case 'Subgraph':
        statement.statements.forEach(visit);
        return;
      default:
        addAll(statement.attributes);
    }
  };
  ast.statements.forEach(visit);
  return blocks;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

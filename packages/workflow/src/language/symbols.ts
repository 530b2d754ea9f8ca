/** The parts of a workflow as a tree, for an editor's overview. */
import type { HandlerType } from '../graph/handler-type.js';
import { MAX_SUBGRAPH_DEPTH } from '../limits.js';
import { handlersOf, valueText } from './nodes.js';
import { type OutlineStatement, type SubgraphOutline, attributesIn } from './outline.js';
import { outlineOf } from './read-outline.js';
import type { Span } from './tokens.js';

export interface WorkflowSymbol {
  readonly kind: 'graph' | 'subgraph' | 'node';
  readonly name: string;
  /** What a node does, or how a subgraph is called. */
  readonly detail: string;
  readonly span: Span;
  /** The name itself, within the span. */
  readonly nameSpan: Span;
  readonly children: readonly WorkflowSymbol[];
}

/** Graph, subgraphs and declared nodes, as they are nested; a node stands once, where it is declared first. */
export function symbolsOf(source: string): WorkflowSymbol[] {
  const outline = outlineOf(source);
  const handlers = handlersOf(outline);
  const seen = new Set<string>();
  const children = symbolsIn(outline.statements, { handlers, seen, depth: 0 });
  const { name } = outline;
  if (name === undefined) return children;
  return [
    {
      kind: 'graph',
      name: name.text,
      detail: 'digraph',
      span: { start: 0, end: source.length },
      nameSpan: name,
      children,
    },
  ];
}

interface Around {
  readonly handlers: ReadonlyMap<string, HandlerType>;
  readonly seen: Set<string>;
  readonly depth: number;
}

function symbolsIn(statements: readonly OutlineStatement[], around: Around): WorkflowSymbol[] {
  const symbols: WorkflowSymbol[] = [];
  for (const statement of statements) {
    if (statement.kind === 'subgraph') {
      if (around.depth < MAX_SUBGRAPH_DEPTH) symbols.push(subgraphSymbol(statement, around));
    } else if (statement.kind === 'node' && !around.seen.has(statement.id.text)) {
      const { id, start, end } = statement;
      around.seen.add(id.text);
      const detail = around.handlers.get(id.text) ?? '';
      symbols.push({
        kind: 'node',
        name: id.text,
        detail,
        span: { start, end },
        nameSpan: id,
        children: [],
      });
    }
  }
  return symbols;
}

function subgraphSymbol(statement: SubgraphOutline, around: Around): WorkflowSymbol {
  const { start, end, name, statements } = statement;
  const label = statements
    .flatMap(attributesOfGraph)
    .find(({ key, value }) => key.text === 'label' && value !== undefined)?.value;
  const title = label === undefined ? '' : valueText(label);
  return {
    kind: 'subgraph',
    name: name?.text ?? (title.trim() === '' ? 'subgraph' : title),
    detail: name === undefined ? '' : title,
    span: { start, end },
    nameSpan: name ?? { start, end: start + 'subgraph'.length },
    children: symbolsIn(statements, { ...around, depth: around.depth + 1 }),
  };
}

function attributesOfGraph(statement: OutlineStatement): ReturnType<typeof attributesIn> {
  const ofGraph =
    statement.kind === 'declaration' ||
    (statement.kind === 'defaults' && statement.scope === 'graph');
  return ofGraph ? attributesIn(statement) : [];
}

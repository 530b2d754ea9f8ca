/** Syntax tree to graph (engine reference §1.2). */
import type { Ast, AttributeSyntax, NodeReference, Statement } from '../dot/ast.js';
import { DotSyntaxError } from '../dot/syntax-error.js';
import { MAX_EDGES, MAX_NODES } from '../limits.js';
import type { Position } from '../text/position.js';
import { type EdgeParts, assembleGraph, endpointIds } from './assemble.js';
import { type Attribute, type Attributes, typedValue } from './attributes.js';
import type { Cluster, Graph } from './graph.js';
import { typeOfShape } from './handler-type.js';
import {
  ROOT_SCOPE,
  type Scope,
  mergeAttributes,
  subgraphScope,
  typedAttribute,
  withDefaults,
} from './scope.js';

interface NodeDraft {
  readonly id: string;
  attributes: Attributes;
  readonly classes: Set<string>;
  position: Position;
  /** False while only edges have named the node. */
  declared: boolean;
}

/** A cluster that is being filled; the root is one too. */
interface ClusterDraft extends Cluster {
  readonly nodes: string[];
  readonly clusters: Cluster[];
}

/**
 * Builds the graph of a syntax tree. Graph attributes inside of a subgraph describe that subgraph alone.
 * Throws a DotSyntaxError when the graph is past a limit (nodes, edges, defaults).
 */
export function buildGraph(ast: Ast): Graph {
  const builder = new GraphBuilder();
  const root: ClusterDraft = { label: undefined, nodes: [], clusters: [] };
  const attributes = new Map<string, Attribute>();
  let scope = ROOT_SCOPE;
  for (const statement of ast.statements) {
    scope = withDefaults(scope, statement);
    for (const attribute of graphAttributes(statement))
      attributes.set(attribute.key, typedAttribute(attribute));
    builder.add(statement, scope, root);
  }
  const drafts = [...builder.nodes.values()];
  const endpoints = [endpointIds(drafts, 'start')[0], endpointIds(drafts, 'exit')[0]];
  return assembleGraph({
    name: ast.name,
    attributes,
    nodes: drafts.map(({ id, attributes, classes, position }) => ({
      id,
      attributes: withLegacyType(attributes, endpoints.includes(id)),
      classes: [...classes],
      position,
    })),
    edges: builder.edges,
    clusters: root.clusters,
    position: ast.position,
  });
}

function graphAttributes(statement: Statement): readonly AttributeSyntax[] {
  if (statement.kind === 'GraphAttr') return statement.attributes;
  return statement.kind === 'GraphAttrDecl' ? [statement.attribute] : [];
}

class GraphBuilder {
  readonly nodes = new Map<string, NodeDraft>();
  readonly edges: EdgeParts[] = [];

  /** Adds nodes, edges and subgraphs; the recursion is as deep as subgraphs may be nested. */
  add(statement: Statement, scope: Scope, cluster: ClusterDraft): void {
    switch (statement.kind) {
      case 'Node':
        this.#declare(statement, scope, cluster);
        return;
      case 'Edge':
        this.#connect(statement, scope, cluster);
        return;
      case 'Subgraph': {
        const inner = subgraphScope(scope, statement.statements);
        const draft: ClusterDraft = { label: inner.label, nodes: [], clusters: [] };
        cluster.clusters.push(draft);
        for (const child of statement.statements) this.add(child, inner, draft);
        return;
      }
      case 'GraphAttr':
      case 'GraphAttrDecl':
      case 'NodeDefaults':
      case 'EdgeDefaults':
        return;
      default:
        statement satisfies never;
    }
  }

  #declare(
    statement: Extract<Statement, { kind: 'Node' }>,
    scope: Scope,
    cluster: ClusterDraft,
  ): void {
    const node = this.#node(statement, scope, cluster);
    if (!node.declared) {
      node.declared = true;
      node.position = statement.position;
    }
    node.attributes = mergeAttributes(node.attributes, statement.attributes);
    for (const name of ownClasses(statement.attributes)) node.classes.add(name);
  }

  #connect(
    statement: Extract<Statement, { kind: 'Edge' }>,
    scope: Scope,
    cluster: ClusterDraft,
  ): void {
    const attributes = mergeAttributes(scope.edgeDefaults, statement.attributes);
    let from: NodeReference | undefined;
    for (const to of statement.nodes) {
      this.#node(to, scope, cluster);
      if (from !== undefined) this.#edge({ from, to, attributes });
      from = to;
    }
  }

  #edge(edge: { from: NodeReference; to: NodeReference; attributes: Attributes }): void {
    const { from, to, attributes } = edge;
    if (this.edges.length === MAX_EDGES) failCount(from.position, 'edges', MAX_EDGES);
    this.edges.push({ from: from.id, to: to.id, attributes, position: from.position });
  }

  /** The node of that id, made with the defaults in force if it is new. */
  #node(reference: NodeReference, scope: Scope, cluster: ClusterDraft): NodeDraft {
    const { id, position } = reference;
    let node = this.nodes.get(id);
    if (node === undefined) {
      if (this.nodes.size === MAX_NODES) failCount(position, 'nodes', MAX_NODES);
      node = { id, attributes: scope.nodeDefaults, classes: new Set(), position, declared: false };
      this.nodes.set(id, node);
      cluster.nodes.push(id);
    }
    if (scope.className !== undefined) node.classes.add(scope.className);
    return node;
  }
}

function failCount(position: Position, what: string, limit: number): never {
  throw new DotSyntaxError(position, {
    found: `more than ${limit} ${what}`,
    expected: `at most ${limit}`,
    remedy: 'Split the workflow.',
  });
}

function ownClasses(attributes: readonly AttributeSyntax[]): string[] {
  const names: string[] = [];
  for (const { key, value } of attributes)
    if (key === 'class') {
      const typed = typedValue(value);
      if (typed.kind === 'string') names.push(...typed.value.split(',').map((name) => name.trim()));
    }
  return names.filter((name) => name !== '');
}

/**
 * The old attribute `codergen_mode` stands for `type` where that is missing. It says how a model is asked, so
 * as a default of all nodes it leaves alone those whose shape, or id as start or exit, is no model's.
 */
function withLegacyType(attributes: Attributes, isEndpoint: boolean): Attributes {
  const mode = attributes.get('codergen_mode');
  if (mode?.kind !== 'string' || attributes.has('type')) return attributes;
  const shape = attributes.get('shape');
  const byShape = shape?.kind === 'string' ? typeOfShape(shape.value) : undefined;
  if (byShape !== undefined && byShape !== 'agent' && byShape !== 'prompt') return attributes;
  if (isEndpoint && !attributes.has('prompt')) return attributes;
  const value =
    mode.value === 'one_shot' ? 'prompt' : mode.value === 'agent_loop' ? 'agent' : mode.value;
  return new Map(attributes).set('type', { ...mode, value });
}

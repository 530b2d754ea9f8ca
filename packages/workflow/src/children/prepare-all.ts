/** A workflow with all child workflows that its manager nodes run, each prepared once. */
import { FabroError } from '@fabro/protocol';
import { attr } from '../graph/attributes.js';
import { type Graph, type GraphNode, goalOf } from '../graph/graph.js';
import { MAX_CHILD_WORKFLOWS } from '../limits.js';
import type { Diagnostic } from '../lint/diagnostic.js';
import { type PrepareInput, type Prepared, prepare } from '../prepare.js';
import { type Position, originOf } from '../text/position.js';
import { CHILD_FILES, type ChildKey, childKey, childReference } from './child-reference.js';

/** A workflow of a manifest. */
export interface WorkflowText {
  readonly source: string;
  /** Texts of the files it names, by normalised manifest path. */
  readonly files?: ReadonlyMap<string, string> | undefined;
}

export interface PrepareAllInput extends PrepareInput {
  /** Child workflows by normalised manifest path. */
  readonly workflows?: ReadonlyMap<string, WorkflowText> | undefined;
}

export interface PreparedAll {
  /** The workflow itself. Its diagnostics hold those of the children too, and they decide whether it is `ok`. */
  readonly root: Prepared;
  /**
   * The graph of every child that could be parsed, at any depth, by `childKeyOf`. The workflow itself is among
   * them, under its path, when a child names it.
   */
  readonly children: ReadonlyMap<ChildKey, Graph>;
}

/**
 * Prepares the workflow and every child that a manager node of it, or of a child, names; one that is named
 * many times, or names itself, is prepared once. Children have the run's inputs; one without a
 * goal of its own renders `{{ goal }}` as the goal of the workflow.
 * Never throws for bad input: a child that is missing or cannot be parsed is an error that names the node.
 */
export function prepareAll(input: PrepareAllInput): PreparedAll {
  const root = prepare(input);
  const children = new Map<ChildKey, Graph>();
  if (root.graph === undefined) return { root, children };
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<ChildKey>();
  const waiting = managersOf(root.graph, input);
  // Grows while it is walked: children have children.
  for (const manager of waiting) {
    const child = childOf(manager, input);
    if ('message' in child) {
      diagnostics.push(problemAt(manager, child));
      continue;
    }
    if (seen.has(child.path)) continue;
    if (seen.size === MAX_CHILD_WORKFLOWS) {
      diagnostics.push(problemAt(manager, TOO_MANY));
      break;
    }
    seen.add(child.path);
    if (child.path === input.path) {
      children.set(child.path, root.graph);
      continue;
    }
    const prepared = prepare({
      ...input,
      ...child,
      goal: undefined,
      outerGoal: goalOf(root.graph),
    });
    diagnostics.push(...prepared.diagnostics.map((one) => fromChild(manager, child.path, one)));
    if (prepared.graph === undefined) continue;
    children.set(child.path, prepared.graph);
    waiting.push(...managersOf(prepared.graph, { ...child, above: manager }));
  }
  return { root: withMore(root, diagnostics), children };
}

/** A manager node and where it stands. */
interface Manager {
  readonly node: GraphNode;
  /** Key of the graph in which it stands, and the files of that graph. */
  readonly path: string;
  readonly files: WorkflowText['files'];
  /** Node of the workflow itself through which this one is reached: its own id, or that of a manager above. */
  readonly rootNode: string;
  /** Where that is written. */
  readonly position: Position;
  /** What messages begin with: nothing for a node of the workflow itself. */
  readonly place: string;
}

interface Problem {
  readonly message: string;
  readonly fix: string;
}

const TOO_MANY: Problem = {
  message: `more than ${MAX_CHILD_WORKFLOWS} child workflows`,
  fix: 'Let nodes share child workflows',
};

function managersOf(
  graph: Graph,
  at: { readonly path: string; readonly files?: WorkflowText['files']; readonly above?: Manager },
): Manager[] {
  const { path, files, above } = at;
  return [...graph.nodes.values()]
    .filter(({ handler }) => handler === 'stack.manager_loop')
    .map((node) => ({
      node,
      path,
      files,
      rootNode: above?.rootNode ?? node.id,
      position: above?.position ?? childPosition(node),
      place: above === undefined ? '' : `child workflow ${path}, node '${node.id}': `,
    }));
}

function childPosition(node: GraphNode): Position {
  const reference = childReference(node);
  return (reference && attr.position(node, reference.attribute)) ?? node.position;
}

interface Child extends WorkflowText {
  readonly path: ChildKey;
}

/** The text of a manager's child. */
function childOf(manager: Manager, input: PrepareAllInput): Child | Problem {
  const { node, path, files } = manager;
  const reference = childReference(node);
  if (reference === undefined)
    return {
      message: `node '${node.id}' names no child workflow`,
      fix: `Name its file by ${CHILD_FILES[0]}="child.fabro"`,
    };
  const fix = `Fix ${reference.attribute} of node '${node.id}'; it is relative to the folder of ${path}`;
  let key: ChildKey;
  try {
    key = childKey(node, path, reference);
  } catch (error) {
    if (error instanceof FabroError) return { message: error.message, fix };
    throw error;
  }
  if (reference.kind === 'inline') return { path: key, source: reference.source, files };
  if (key === input.path) return { path: key, source: input.source, files: input.files };
  const found = input.workflows?.get(key);
  const source = found?.source ?? files?.get(key);
  if (source === undefined) return { message: `file not found: ${key}`, fix };
  return { path: key, source, files: found?.files ?? files };
}

function problemAt({ rootNode, position, place }: Manager, { message, fix }: Problem): Diagnostic {
  return {
    rule: 'child_workflow',
    severity: 'error',
    message: `${place}Failed to parse child pipeline: ${message}`,
    node_id: rootNode,
    edge: null,
    fix,
    position,
  };
}

/** What was found in a child, as a finding at the node of the workflow itself that leads to it. */
function fromChild(manager: Manager, path: ChildKey, found: Diagnostic): Diagnostic {
  const { rule, message, position } = found;
  const unparsable = rule === 'parse_error';
  return {
    ...found,
    rule: unparsable ? 'child_workflow' : rule,
    message: unparsable
      ? `${manager.place}Failed to parse child pipeline: ${path}: ${message}`
      : `child workflow ${path}: ${message}`,
    node_id: manager.rootNode,
    edge: null,
    position: {
      ...manager.position,
      ...(position === null ? {} : { origin: originOf(position, path) }),
    },
  };
}

function withMore(root: Prepared, more: readonly Diagnostic[]): Prepared {
  const diagnostics = [...root.diagnostics, ...more];
  if (root.ok && more.every(({ severity }) => severity !== 'error'))
    return { ...root, diagnostics };
  return { ok: false, graph: root.graph, diagnostics };
}

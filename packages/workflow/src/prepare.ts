/** Workflow text to a graph that may run: the passes of engine reference §1.3, in order. */
import type { JsonValue } from '@fabro/protocol';
import { parseDot } from './dot/parse.js';
import { DotSyntaxError } from './dot/syntax-error.js';
import { inlineFiles } from './files/inline.js';
import type { Owner } from './graph/assemble.js';
import { buildGraph } from './graph/build.js';
import type { Graph } from './graph/graph.js';
import { type Diagnostic, syntaxDiagnostic } from './lint/diagnostic.js';
import { lint } from './lint/lint.js';
import type { ModelNames } from './model-names/model-names.js';
import { resolveModelNames } from './model-names/resolve.js';
import { applyStylesheet } from './stylesheet/apply.js';
import { type TemplateProblem, expandTemplates, overrideGoal } from './templates/expand.js';

export interface PrepareInput {
  readonly source: string;
  /** The workflow's path in the manifest; file references are relative to it. */
  readonly path: string;
  /** Texts of named files by normalised manifest path. */
  readonly files?: ReadonlyMap<string, string> | undefined;
  /** Replaces the goal of the graph. */
  readonly goal?: string | undefined;
  /** Values of `{{ inputs.* }}`; default none. */
  readonly inputs?: Readonly<Record<string, JsonValue>> | undefined;
  /** The models there are; without it aliases stay as written and unknown names are not reported. */
  readonly models?: ModelNames | undefined;
}

export type Prepared =
  /** Diagnostics hold warnings at most. */
  | { readonly ok: true; readonly graph: Graph; readonly diagnostics: readonly Diagnostic[] }
  /** Diagnostics hold an error; the graph is there when the text could be parsed. */
  | {
      readonly ok: false;
      readonly graph: Graph | undefined;
      readonly diagnostics: readonly Diagnostic[];
    };

/** Parses, inlines files, renders templates and lints. Never throws for bad input. */
export function prepare(input: PrepareInput): Prepared {
  const parsed = parseGraph(input.source);
  if ('diagnostic' in parsed)
    return { ok: false, graph: undefined, diagnostics: [parsed.diagnostic] };
  const inputs = input.inputs ?? {};
  const withGoal = overrideGoal(parsed.graph, input.goal);
  const inlined = inlineFiles(withGoal, input.path, input.files ?? new Map());
  const { graph: expanded, problems } = expandTemplates(inlined, { inputs });
  const graph = withModels(applyStylesheet(expanded), input.models);
  const diagnostics = [
    ...problems.map(templateDiagnostic),
    ...lint({ graph, path: input.path, models: input.models }),
  ];
  const ok = diagnostics.every(({ severity }) => severity !== 'error');
  return { ok, graph, diagnostics };
}

function withModels(graph: Graph, models: ModelNames | undefined): Graph {
  return models === undefined ? graph : resolveModelNames(graph, models);
}

function parseGraph(
  source: string,
): { readonly graph: Graph } | { readonly diagnostic: Diagnostic } {
  try {
    return { graph: buildGraph(parseDot(source)) };
  } catch (error) {
    if (!(error instanceof DotSyntaxError)) throw error;
    return { diagnostic: syntaxDiagnostic(error) };
  }
}

function templateDiagnostic({ owner, attribute, message, position }: TemplateProblem): Diagnostic {
  return {
    rule: 'template_error',
    severity: 'error',
    message: `Parse error: template expansion failed: ${ownerName(owner)}, attribute ${attribute}: ${message}`,
    node_id: owner.kind === 'node' ? owner.id : null,
    edge: owner.kind === 'edge' ? [owner.from, owner.to] : null,
    fix: 'Mend the template, or give the value with --input or in [run.inputs]',
    position,
  };
}

function ownerName(owner: Owner): string {
  switch (owner.kind) {
    case 'graph':
      return 'graph';
    case 'node':
      return `node '${owner.id}'`;
    case 'edge':
      return `edge ${owner.from} -> ${owner.to}`;
    default:
      return owner satisfies never;
  }
}

/** Workflow text to a graph that may run: the passes of engine reference §1.3, in order. */
import type { JsonValue } from '@fabro/protocol';
import { inlineFiles } from './files/inline.js';
import type { Graph } from './graph/graph.js';
import { expandImports } from './imports/expand-imports.js';
import { type Diagnostic, syntaxDiagnostic } from './lint/diagnostic.js';
import { lint } from './lint/lint.js';
import type { ModelNames } from './model-names/model-names.js';
import { resolveModelNames } from './model-names/resolve.js';
import { attributeFailure, importFailure, wholeFailure } from './prepare-failures.js';
import { applyStylesheet } from './stylesheet/apply.js';
import type { TemplateEngine } from './templates/engine.js';
import { expandTemplates, overrideGoal } from './templates/expand.js';
import { type ReadOptions, readGraph } from './templates/read-graph.js';

/** A pass over the graph. What it finds joins what the lint rules find. */
export type Pass = (graph: Graph) => PassResult;

export interface PassResult {
  readonly graph: Graph;
  readonly diagnostics: readonly Diagnostic[];
}

export interface PrepareInput {
  readonly source: string;
  /** The workflow's path in the manifest; file references are relative to it. */
  readonly path: string;
  /**
   * Texts of named files by normalised manifest path. Without it there is no directory to look in: imports
   * and `@file` stay as they are, and lint names them.
   */
  readonly files?: ReadonlyMap<string, string> | undefined;
  /** Replaces the goal of the graph. */
  readonly goal?: string | undefined;
  /** What `{{ goal }}` is in a workflow without a goal; default the empty text. */
  readonly outerGoal?: string | undefined;
  /** Values of `{{ inputs.* }}`; default none. */
  readonly inputs?: Readonly<Record<string, JsonValue>> | undefined;
  /** Renders templates; a workflow that has any is an error without it. */
  readonly templates?: TemplateEngine | undefined;
  /** The models there are; without it aliases stay as written and unknown names are not reported. */
  readonly models?: ModelNames | undefined;
  /** Passes of the caller, after all others and before lint. */
  readonly transforms?: readonly Pass[] | undefined;
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

/** Takes a workflow's text through all passes. Never throws for bad input. */
export function prepare(input: PrepareInput): Prepared {
  const asWritten = passes(input, false);
  if (!asWritten.wrongTemplates || !input.source.includes('{%')) return asWritten.prepared;
  // Values may share what a block of one of them defines: then only the text as a whole is a template.
  const asWhole = passes(input, true);
  return asWhole.wrongTemplates || asWhole.prepared.graph === undefined
    ? asWritten.prepared
    : asWhole.prepared;
}

interface Passed {
  readonly prepared: Prepared;
  /** True when a template in a value could not be rendered. */
  readonly wrongTemplates: boolean;
}

function passes(input: PrepareInput, whole: boolean): Passed {
  const { source, path, files, templates: engine, inputs = {} } = input;
  const options: ReadOptions = { inputs, engine, whole };
  // 1, 2: templates of the whole text; parsing.
  const read = readGraph(source, options);
  if ('syntaxError' in read) return refused(undefined, [syntaxDiagnostic(read.syntaxError)]);
  if ('templateError' in read)
    return refused(undefined, [wholeFailure(read.templateError, source)]);
  // 3: the goal of the run.
  const withGoal = overrideGoal(read.graph, input.goal);
  // 4, 5: imports; files.
  const imported =
    files === undefined
      ? { graph: withGoal, fixes: new Map<string, string>(), failures: [] }
      : expandImports(withGoal, { path, files, read: options });
  if (imported.failures.length > 0) return refused(withGoal, imported.failures.map(importFailure));
  const inlined = files === undefined ? imported.graph : inlineFiles(imported.graph, path, files);
  // 6: templates of the values.
  const { graph: expanded, problems } = expandTemplates(inlined, {
    inputs,
    engine,
    outerGoal: input.outerGoal,
  });
  const found = problems.map(attributeFailure);
  // 7, 8, 9: stylesheet; models; what the caller does.
  let graph = withModels(applyStylesheet(expanded), input.models);
  for (const pass of input.transforms ?? []) {
    const result = pass(graph);
    graph = result.graph;
    found.push(...result.diagnostics);
  }
  // 10.
  found.push(
    ...lint({ graph, path, models: input.models }).map((one) => withFix(one, imported.fixes)),
  );
  const wrongTemplates = problems.length > 0;
  return found.some(({ severity }) => severity === 'error')
    ? { prepared: { ok: false, graph, diagnostics: found }, wrongTemplates }
    : { prepared: { ok: true, graph, diagnostics: found }, wrongTemplates };
}

function withModels(graph: Graph, models: ModelNames | undefined): Graph {
  return models === undefined ? graph : resolveModelNames(graph, models);
}

function refused(graph: Graph | undefined, diagnostics: readonly Diagnostic[]): Passed {
  return { prepared: { ok: false, graph, diagnostics }, wrongTemplates: false };
}

function withFix(diagnostic: Diagnostic, fixes: ReadonlyMap<string, string>): Diagnostic {
  const fix = diagnostic.rule === 'import_error' ? fixes.get(diagnostic.node_id ?? '') : undefined;
  return fix === undefined ? diagnostic : { ...diagnostic, fix };
}

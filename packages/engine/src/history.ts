/** What a model stage may be told of the run: the stages before it, from every frame that its own grew out of. */
import type { JsonValue, OutputRef } from '@fabro/protocol';
import { attr, labelOf, type Graph, type GraphNode } from '@fabro/workflow';
import { blobReference } from './blob-reference.js';
import type { StageInput } from './handler.js';
import type { PreambleFacts, StageSummary } from './preamble/facts.js';
import { fidelityOf } from './preamble/fidelity.js';
import { renderPreamble } from './preamble/render.js';
import { frameOf, type Frame, type RecordedOutcome } from './state.js';

/** The text of a blob reference; other values unchanged. */
type Materialise = (value: JsonValue) => JsonValue;

/** Where a stage stands, as far as it matters for what it is told. */
export type Told = Pick<StageInput, 'state' | 'frame' | 'graph' | 'above'>;

/** Facts for the preamble of the stage. */
export function preambleFacts(input: Told, materialise: Materialise): PreambleFacts {
  const { graph, frame, state } = input;
  const goal = attr.string(graph, 'goal');
  const parent = parentPreamble(input, materialise);
  return {
    ...(goal === undefined ? {} : { goal }),
    runId: state.runId,
    stages: stagesBefore(input, materialise),
    totalStages: [...graph.nodes.values()].filter(isTold).length,
    context: new Map([...frame.context].map(([key, value]) => [key, materialise(value)])),
    ...(parent === undefined ? {} : { parentPreamble: parent }),
  };
}

/** Stages of a branch stand behind those of the frames that it forked from; a child workflow begins anew. */
function stagesBefore(input: Told, materialise: Materialise): readonly StageSummary[] {
  const latest = new Map<string, { readonly frame: Frame; readonly outcome: RecordedOutcome }>();
  for (const frame of lineage(input)) {
    for (const [id, outcome] of frame.outcomes) {
      latest.delete(id);
      latest.set(id, { frame, outcome });
    }
  }
  return [...latest].flatMap(([id, { frame, outcome }]) => {
    const node = input.graph.nodes.get(id);
    return node === undefined || !isTold(node) ? [] : [summary(node, outcome, frame, materialise)];
  });
}

/** The frame and those that it forked from, the outermost first. */
function lineage({ state, frame }: Told): readonly Frame[] {
  const frames = [frame];
  for (let at = frame; at.branch !== undefined;) {
    at = frameOf(state, at.branch.frame);
    frames.unshift(at);
  }
  return frames;
}

function isTold(node: GraphNode): boolean {
  return node.handler !== 'start' && node.handler !== 'exit';
}

function summary(
  node: GraphNode,
  outcome: RecordedOutcome,
  frame: Frame,
  materialise: Materialise,
): StageSummary {
  const { facts = {}, notes, failure } = outcome;
  const script =
    node.handler === 'command'
      ? (attr.string(node, 'script') ?? attr.string(node, 'tool_command'))
      : undefined;
  const response = frame.context.get(`response.${node.id}`);
  const text = response === undefined ? undefined : materialise(response);
  return {
    id: node.id,
    label: labelOf(node),
    handlerType: node.handler,
    status: outcome.status,
    ...(notes === undefined ? {} : { notes }),
    ...(failure === undefined ? {} : { failureReason: failure.message }),
    ...(script === undefined ? {} : { script }),
    ...(facts.stdout === undefined ? {} : { stdout: outputOf(facts.stdout, materialise) }),
    ...(facts.stderr === undefined ? {} : { stderr: outputOf(facts.stderr, materialise) }),
    ...(facts.model === undefined ? {} : { model: facts.model }),
    ...(facts.inputTokens === undefined ? {} : { inputTokens: facts.inputTokens }),
    ...(facts.outputTokens === undefined ? {} : { outputTokens: facts.outputTokens }),
    ...(facts.filesTouched === undefined ? {} : { filesTouched: facts.filesTouched }),
    ...(typeof text === 'string' ? { response: text } : {}),
  };
}

function outputOf({ blob, tail }: OutputRef, materialise: Materialise): string {
  const whole = blob === undefined ? tail : materialise(blobReference(blob));
  return typeof whole === 'string' ? whole : tail;
}

/** What the manager stage above would be told: its frame as it stands, in its own fidelity. */
export function parentPreamble(input: Told, materialise: Materialise): string | undefined {
  const [root] = lineage(input);
  if (root?.child === undefined) return undefined;
  const above = input.above();
  if (above === undefined) return undefined;
  const mode = fidelityOf(arrivalEdge(above.graph, above.frame), above.node, above.graph);
  // A manager has no session of its own to go on with.
  return renderPreamble(mode === 'full' ? 'compact' : mode, preambleFacts(above, materialise));
}

/** The edge over which a frame came to the node that it is at. */
export function arrivalEdge(graph: Graph, frame: Frame): Graph['edges'][number] | undefined {
  const index = frame.arrival?.edge;
  return index === undefined ? undefined : graph.edges[index];
}

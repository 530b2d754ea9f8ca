/** What stages that ask a model share: the prompt with its preamble, the session, and the outcome of its text. */
import { platform, release } from 'node:os';
import { runAgent, type AgentPorts, type AgentResult, type AgentThread } from '@fabro/agent';
import type { Model } from '@fabro/models';
import { callKey, type EventDraft, type JsonValue, type Outcome } from '@fabro/protocol';
import { attr, labelOf } from '@fabro/workflow';
import { cutBytes } from '../failure.js';
import type { AttemptResult, StageInput, StagePorts } from '../handler.js';
import { arrivalEdge, preambleFacts } from '../history.js';
import { LAST_RESPONSE_BYTES } from '../limits.js';
import { fidelityOf, threadOf } from '../preamble/fidelity.js';
import { renderPreamble } from '../preamble/render.js';
import { readRouting, type RoutingObject } from '../routing-object.js';
import { openThread } from '../thread.js';
import { modelWish } from './model-wish.js';

/** How the model is asked. */
export interface Asking {
  readonly mode: 'agent' | 'prompt';
  /** The system text of a prompt; an agent has ours. */
  system?(model: Model): Promise<string>;
  /** Where an agent may have left what its text does not say. */
  routingElsewhere?(result: AgentResult): Promise<RoutingObject>;
}

/** Asks the model of the stage and settles what it said. */
export async function askModel(
  input: StageInput,
  ports: StagePorts,
  asking: Asking,
): Promise<AttemptResult> {
  const { node, stage, frame } = input;
  const model = ports.models.resolve(modelWish(node, input.settings));
  const edge = arrivalEdge(input.graph, frame);
  const fidelity = fidelityOf(edge, node, input.graph);
  const thread = threadOf(edge, node, input.graph, frame.arrival?.from);
  const before = renderPreamble(fidelity, preambleFacts(input, ports.materialise));
  const prompt = promptOf(input, before);
  await ports.calls.note(callKey(ports.key, 'prompt'), {
    ...ports.scope,
    event: 'stage.prompt',
    properties: {
      text: prompt,
      mode: asking.mode,
      visit: stage.visit,
      model: model.id,
      provider: model.provider,
      fidelity,
      ...(thread === undefined ? {} : { thread_id: thread }),
    },
  });
  const goesOn =
    fidelity === 'full' && thread !== undefined
      ? await openThread(thread, frame, { provider: model.provider, model: model.id }, ports.calls)
      : undefined;
  const result = await converse(input, ports, { model, prompt, asking, thread: goesOn });
  const outcome = await outcomeOf(input, result, asking);
  return {
    retryable: result.failure?.retryable ?? false,
    ...(result.failure === undefined ? {} : { broke: true }),
    events: result.failure === undefined ? [promptCompleted(ports, model, result)] : [],
    outcome: withThread(outcome, thread, node.id),
  };
}

async function converse(
  input: StageInput,
  ports: StagePorts,
  ask: {
    readonly model: Model;
    readonly prompt: string;
    readonly asking: Asking;
    readonly thread: AgentThread | undefined;
  },
): Promise<AgentResult> {
  const { node, stage } = input;
  const { model, asking } = ask;
  const effort = attr.string(node, 'reasoning_effort');
  const system = await asking.system?.(model);
  return runAgent(
    {
      key: ports.key,
      scope: { ...ports.scope, session_id: `${stage.stageId}/a${stage.attempt}` },
      visit: stage.visit,
      prompt: ask.prompt,
      maxTurns: system === undefined ? (attr.integer(node, 'max_turns') ?? 0) : 1,
      ...(system === undefined ? {} : { plain: { system } }),
      ...(ask.thread === undefined ? {} : { thread: ask.thread }),
      ...defined('maxOutputTokens', attr.integer(node, 'max_tokens')),
      ...(effort === 'low' || effort === 'medium' || effort === 'high'
        ? { reasoningEffort: effort }
        : {}),
    },
    agentPorts(input, ports, model),
  );
}

/** The world of a session, as its stage has it. */
export function agentPorts(input: StageInput, ports: StagePorts, model: Model): AgentPorts {
  return {
    model,
    sandbox: ports.sandbox,
    calls: ports.calls,
    clock: ports.clock,
    random: ports.random,
    live: ports.live,
    redact: ports.redact,
    // Steering comes with the sessions API.
    takeSteering: () => [],
    pause: ports.pause,
    environment: async () => ({
      platform: platform(),
      osVersion: release(),
      date: new Date(ports.clock.now()).toISOString().slice(0, 10),
      isGitRepository: input.state.git !== undefined,
      ...defined('gitBranch', input.state.git?.runBranch),
    }),
  };
}

function promptOf(input: StageInput, before: string): string {
  const prompt = attr.string(input.node, 'prompt') ?? labelOf(input.node);
  return before === '' ? prompt : `${before}\n\n${prompt}`;
}

/** The event that records what a model said. */
export function promptCompleted(ports: StagePorts, model: Model, result: AgentResult): EventDraft {
  return {
    ...ports.scope,
    event: 'prompt.completed',
    properties: {
      response: result.text,
      model: model.id,
      provider: model.provider,
      ...(result.usage === undefined ? {} : { billing: result.usage }),
    },
  };
}

/** What a dry run says in place of a model. */
export function simulateModel(input: StageInput): Outcome {
  const text = `[Simulated] Response for stage: ${input.node.id}`;
  return {
    status: 'succeeded',
    notes: `[Simulated] ${input.node.id}`,
    context_updates: responseUpdates(input, text),
  };
}

function responseUpdates(input: StageInput, text: string): Record<string, JsonValue> {
  return {
    last_stage: input.node.id,
    last_response: cutBytes(text, LAST_RESPONSE_BYTES),
    [`response.${input.node.id}`]: text,
  };
}

/** The session's result, with what its last text says about the way on. */
async function outcomeOf(input: StageInput, result: AgentResult, asking: Asking): Promise<Outcome> {
  const usage = result.usage === undefined ? {} : { usage: result.usage };
  const files = result.filesTouched.length === 0 ? {} : { files_touched: [...result.filesTouched] };
  const updates = responseUpdates(input, result.text);
  if (result.failure !== undefined) {
    const { retryable: _retryable, ...failure } = result.failure;
    return { status: 'failed', failure, ...usage, ...files, context_updates: updates };
  }
  const said = readRouting(result.text);
  const routing =
    Object.keys(said).length > 0 ? said : ((await asking.routingElsewhere?.(result)) ?? said);
  const status = routing.outcome ?? 'succeeded';
  return {
    status,
    notes: `Stage completed: ${input.node.id}`,
    context_updates: { ...updates, ...routing.context_updates },
    ...defined('preferred_label', routing.preferred_next_label),
    ...defined('suggested_next_ids', routing.suggested_next_ids),
    ...(status === 'failed'
      ? {
          failure: {
            message: routing.failure_reason ?? `the ${asking.mode} reported a failure`,
            failure_class: 'deterministic' as const,
          },
        }
      : {}),
    ...usage,
    ...files,
  };
}

function withThread(outcome: Outcome, thread: string | undefined, node: string): Outcome {
  if (thread === undefined) return outcome;
  return {
    ...outcome,
    context_updates: { ...outcome.context_updates, [`thread.${thread}.current_node`]: node },
  };
}

function defined<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}

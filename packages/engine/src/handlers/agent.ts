/** `agent`: a session of the agent loop, whose answer may route (engine reference §3.2). */
import { platform, release } from 'node:os';
import { runAgent, type AgentResult } from '@fabro/agent';
import { callKey, type JsonValue, type Outcome } from '@fabro/protocol';
import { attr, labelOf } from '@fabro/workflow';
import { cutBytes } from '../failure.js';
import type { ActedHandler, AttemptResult, StageInput } from '../handler.js';
import { LAST_RESPONSE_BYTES } from '../limits.js';
import { preamble } from '../preamble.js';
import { readRouting } from '../routing-object.js';

export const agentHandler: ActedHandler = {
  kind: 'acted',
  onInterrupt: 'continue',

  async act(input, ports): Promise<AttemptResult> {
    const { node, stage } = input;
    const model = ports.models.resolve({
      ...defined('model', attr.string(node, 'model') ?? input.settings.model),
      ...defined('provider', attr.string(node, 'provider') ?? input.settings.provider),
    });
    const prompt = promptOf(input, ports.materialise);
    const effort = attr.string(node, 'reasoning_effort');
    await ports.calls.note(callKey(ports.key, 'prompt'), {
      ...ports.scope,
      event: 'stage.prompt',
      properties: { text: prompt, mode: 'agent' },
    });
    const result = await runAgent(
      {
        key: ports.key,
        scope: { ...ports.scope, session_id: `${stage.stageId}/a${stage.attempt}` },
        visit: stage.visit,
        prompt,
        maxTurns: attr.integer(node, 'max_turns') ?? 0,
        ...defined('maxOutputTokens', attr.integer(node, 'max_tokens')),
        ...(effort === 'low' || effort === 'medium' || effort === 'high'
          ? { reasoningEffort: effort }
          : {}),
      },
      {
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
      },
    );
    return { retryable: result.failure?.retryable ?? false, outcome: outcomeOf(input, result) };
  },

  simulate(input) {
    const text = `[Simulated] Response for stage: ${input.node.id}`;
    return {
      status: 'succeeded',
      notes: `[Simulated] ${input.node.id}`,
      context_updates: responseUpdates(input, text),
    };
  },
};

function promptOf(input: StageInput, materialise: (value: JsonValue) => JsonValue): string {
  const prompt = attr.string(input.node, 'prompt') ?? labelOf(input.node);
  const before = preamble(input, materialise);
  return before === '' ? prompt : `${before}\n\n${prompt}`;
}

function responseUpdates(input: StageInput, text: string): Record<string, JsonValue> {
  return {
    last_stage: input.node.id,
    last_response: cutBytes(text, LAST_RESPONSE_BYTES),
    [`response.${input.node.id}`]: text,
  };
}

/** The session's result, with what its last text says about the way on. */
function outcomeOf(input: StageInput, result: AgentResult): Outcome {
  const usage = result.usage === undefined ? {} : { usage: result.usage };
  const files = result.filesTouched.length === 0 ? {} : { files_touched: [...result.filesTouched] };
  const updates = responseUpdates(input, result.text);
  if (result.failure !== undefined) {
    const { retryable: _retryable, ...failure } = result.failure;
    return { status: 'failed', failure, ...usage, ...files, context_updates: updates };
  }
  const routing = readRouting(result.text);
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
            message: routing.failure_reason ?? 'the agent reported a failure',
            failure_class: 'deterministic' as const,
          },
        }
      : {}),
    ...usage,
    ...files,
  };
}

function defined<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}

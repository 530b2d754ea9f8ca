/** `parallel.fan_in`: chooses the best branch, by rank or by a model, and takes over its commit (engine reference §3.2). */
import { runAgent } from '@fabro/agent';
import {
  callKey,
  type EventDraft,
  type JsonValue,
  type Outcome,
  type Usage,
} from '@fabro/protocol';
import { attr } from '@fabro/workflow';
import { z } from 'zod';
import type { ActedHandler, AttemptResult, StageInput, StagePorts } from '../handler.js';
import { agentPorts, promptCompleted } from './model-stage.js';
import { modelWish } from './model-wish.js';

const Results = z.array(
  z.object({
    id: z.string(),
    status: z.string(),
    head_sha: z.string().optional(),
    score: z.number().optional(),
  }),
);
type Candidate = z.infer<typeof Results>[number];

const Responses = z.record(z.string(), z.string());

const RANK: Readonly<Record<string, number>> = { succeeded: 0, partially_succeeded: 1, failed: 2 };

export const fanInHandler: ActedHandler = {
  kind: 'acted',
  onInterrupt: 'continue',

  async act(input, ports): Promise<AttemptResult> {
    const candidates = candidatesOf(input, ports.materialise);
    const refused = refusal(candidates);
    if (refused !== undefined) return { outcome: refused, retryable: false };
    const judged = await judge(input, ports, candidates);
    if (judged.failure !== undefined) return judged.failure;
    const best = candidates.find(({ id }) => id === judged.chosen) ?? ranked(candidates);
    if (best?.head_sha !== undefined) await ports.fastForward?.(best.head_sha);
    return {
      outcome: chosen(best, judged.usage),
      retryable: false,
      ...(judged.events === undefined ? {} : { events: judged.events }),
    };
  },

  simulate(input) {
    const candidates = candidatesOf(input, (value) => value);
    return refusal(candidates) ?? chosen(ranked(candidates));
  },
};

function candidatesOf(
  input: StageInput,
  materialise: (value: JsonValue) => JsonValue,
): readonly Candidate[] {
  const found = materialise(input.frame.context.get('parallel.results') ?? null);
  const parsed = Results.safeParse(found);
  return parsed.success ? parsed.data : [];
}

/** A judge that knew no more than how the branches ended could only guess. */
function withResponses(
  candidates: readonly Candidate[],
  input: StageInput,
  materialise: (value: JsonValue) => JsonValue,
): readonly (Candidate & { readonly response?: string })[] {
  const said = Responses.safeParse(
    materialise(input.frame.context.get('parallel.responses') ?? null),
  );
  return candidates.map((candidate) => {
    const response = said.data?.[candidate.id];
    return response === undefined ? candidate : { ...candidate, response };
  });
}

function refusal(candidates: readonly Candidate[]): Outcome | undefined {
  if (candidates.length === 0) return failure('No parallel results to evaluate');
  return candidates.every((r) => r.status === 'failed')
    ? failure('all candidates failed')
    : undefined;
}

interface Judgement {
  /** Id of the candidate that the model named; absent when nobody was asked, or it named none. */
  readonly chosen?: string;
  readonly usage?: Usage;
  readonly events?: readonly EventDraft[];
  readonly failure?: AttemptResult;
}

/** Asks the model when the node has a prompt. */
async function judge(
  input: StageInput,
  ports: StagePorts,
  candidates: readonly Candidate[],
): Promise<Judgement> {
  const { node, stage, settings } = input;
  const prompt = attr.string(node, 'prompt');
  if (prompt === undefined || prompt.trim() === '') return {};
  const model = ports.models.resolve(modelWish(node, settings));
  const shown = withResponses(candidates, input, ports.materialise);
  const question = `${prompt}\n\nParallel branch results:\n${JSON.stringify(shown, null, 2)}\n\nRespond with the ID of the best candidate.`;
  await ports.calls.note(callKey(ports.key, 'prompt'), {
    ...ports.scope,
    event: 'stage.prompt',
    properties: { text: question, mode: 'prompt', model: model.id, provider: model.provider },
  });
  const result = await runAgent(
    {
      key: ports.key,
      scope: { ...ports.scope, session_id: `${stage.stageId}/a${stage.attempt}` },
      visit: stage.visit,
      prompt: question,
      maxTurns: 1,
      plain: { system: '' },
    },
    agentPorts(input, ports, model),
  );
  const usage = result.usage === undefined ? {} : { usage: result.usage };
  if (result.failure !== undefined) {
    const { retryable, ...why } = result.failure;
    const outcome: Outcome = { status: 'failed', failure: why, ...usage };
    return { failure: { retryable, broke: true, outcome } };
  }
  const named = firstNamed(result.text, candidates);
  return {
    ...usage,
    events: [promptCompleted(ports, model, result)],
    ...(named === undefined ? {} : { chosen: named }),
  };
}

/** The candidate whose id stands first in the text, as a word of its own. */
function firstNamed(text: string, candidates: readonly Candidate[]): string | undefined {
  const places = candidates
    .map(({ id }) => ({ id, at: wordAt(text, id) }))
    .filter(({ at }) => at >= 0)
    // Of ids that begin at the same place the longer one is meant.
    .toSorted((a, b) => a.at - b.at || b.id.length - a.id.length);
  return places[0]?.id;
}

function wordAt(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (!/\w/.test(before) && !/\w/.test(after)) return at;
  }
  return -1;
}

function ranked(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.toSorted(
    (a, b) =>
      (RANK[a.status] ?? 4) - (RANK[b.status] ?? 4) ||
      (b.score ?? 0) - (a.score ?? 0) ||
      (a.id < b.id ? -1 : 1),
  )[0];
}

function chosen(best: Candidate | undefined, usage?: Usage): Outcome {
  if (best === undefined) return failure('No parallel results to evaluate');
  return {
    status: 'succeeded',
    notes: `Selected best candidate: ${best.id}`,
    context_updates: {
      'parallel.fan_in.best_id': best.id,
      'parallel.fan_in.best_outcome': best.status,
      ...(best.head_sha === undefined ? {} : { 'parallel.fan_in.best_head_sha': best.head_sha }),
    },
    ...(usage === undefined ? {} : { usage }),
  };
}

function failure(message: string): Outcome {
  return { status: 'failed', failure: { message, failure_class: 'deterministic' } };
}

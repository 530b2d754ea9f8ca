/** `parallel.fan_in`: chooses the best branch and takes over its commit (engine reference §3.2). */
import type { JsonValue, Outcome } from '@fabro/protocol';
import { z } from 'zod';
import type { ActedHandler, StageInput } from '../handler.js';

const Results = z.array(
  z.object({
    id: z.string(),
    status: z.string(),
    head_sha: z.string().optional(),
    score: z.number().optional(),
  }),
);
type Candidate = z.infer<typeof Results>[number];

const RANK: Readonly<Record<string, number>> = { succeeded: 0, partially_succeeded: 1, failed: 2 };

export const fanInHandler: ActedHandler = {
  kind: 'acted',
  onInterrupt: 'repeat',
  async act(input, ports) {
    const { outcome, best } = choose(input, ports.materialise);
    if (best?.head_sha !== undefined) await ports.fastForward?.(best.head_sha);
    return { outcome, retryable: false };
  },
  simulate: (input) => choose(input, (value) => value).outcome,
};

function choose(
  input: StageInput,
  materialise: (value: JsonValue) => JsonValue,
): { readonly outcome: Outcome; readonly best?: Candidate } {
  const parsed = Results.safeParse(
    materialise(input.frame.context.get('parallel.results') ?? null),
  );
  if (!parsed.success || parsed.data.length === 0)
    return { outcome: failure('No parallel results to evaluate') };
  const [best] = parsed.data.toSorted(
    (a, b) =>
      (RANK[a.status] ?? 4) - (RANK[b.status] ?? 4) ||
      (b.score ?? 0) - (a.score ?? 0) ||
      (a.id < b.id ? -1 : 1),
  );
  if (best === undefined || parsed.data.every((r) => r.status === 'failed'))
    return { outcome: failure('all candidates failed') };
  return {
    best,
    outcome: {
      status: 'succeeded',
      notes: `Selected best candidate: ${best.id}`,
      context_updates: {
        'parallel.fan_in.best_id': best.id,
        'parallel.fan_in.best_outcome': best.status,
        ...(best.head_sha === undefined ? {} : { 'parallel.fan_in.best_head_sha': best.head_sha }),
      },
    },
  };
}

function failure(message: string): Outcome {
  return { status: 'failed', failure: { message, failure_class: 'deterministic' } };
}

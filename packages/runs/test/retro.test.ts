import { describe, expect, test } from 'vitest';
import { retroOf, type AttemptEnd, type RetroFacts } from '../src/retro/retro-of.js';

const FACTS: RetroFacts = {
  runId: '01JNQVR7M0EJ5GKAT2SC4ERS1Z',
  workflowName: 'Ship',
  goal: 'ship it',
  timestamp: '2026-01-31T12:00:00.000Z',
  durationMs: 900,
  dryRun: false,
};

let seq = 0;
const scope = (stage: string) => ({
  seq: ++seq,
  id: `e${seq}`,
  ts: FACTS.timestamp,
  run_id: FACTS.runId,
  stage_id: stage,
  node_id: stage.split('@')[0] ?? '',
  node_label: `The ${stage.split('@')[0]}`,
});
const usage = (usd: number) => ({
  input_tokens: 10,
  output_tokens: 1,
  reasoning_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  total_usd_micros: usd,
});

function completed(stage: string, more: object = {}): AttemptEnd {
  const properties = {
    status: 'succeeded' as const,
    index: 0,
    duration_ms: 100,
    attempt: 1,
    max_attempts: 1,
  };
  return { ...scope(stage), event: 'stage.completed', properties: { ...properties, ...more } };
}

function failed(stage: string, willRetry: boolean, more: object = {}): AttemptEnd {
  const properties = {
    index: 0,
    duration_ms: 50,
    attempt: 1,
    max_attempts: 3,
    will_retry: willRetry,
    failure: { message: 'exit code: 1', failure_class: 'deterministic' as const },
  };
  return { ...scope(stage), event: 'stage.failed', properties: { ...properties, ...more } };
}

describe('§11 the figures of a retro', () => {
  test('a stage has its label, status, notes, files and the money of all its attempts', () => {
    const retro = retroOf(FACTS, [
      completed('plan@1', { notes: 'Planned.', files_touched: ['b.ts', 'a.ts'], usage: usage(30) }),
    ]);
    expect(retro).toEqual({
      run_id: FACTS.runId,
      workflow_name: 'Ship',
      goal: 'ship it',
      timestamp: '2026-01-31T12:00:00.000Z',
      stages: [
        {
          stage_id: 'plan@1',
          stage_label: 'The plan',
          status: 'succeeded',
          duration_ms: 100,
          retries: 0,
          billing_usd_micros: 30,
          notes: 'Planned.',
          files_touched: ['b.ts', 'a.ts'],
        },
      ],
      stats: {
        total_duration_ms: 900,
        total_billing_usd_micros: 30,
        total_retries: 0,
        files_touched: ['a.ts', 'b.ts'],
        stages_completed: 1,
        stages_failed: 0,
      },
    });
  });

  test.each([
    ['no stage', [], { total_retries: 0, stages_completed: 0, stages_failed: 0 }],
    [
      'a stage that was tried three times and then worked',
      [failed('a@1', true), failed('a@1', true), completed('a@1', { attempt: 3 })],
      { total_retries: 2, stages_completed: 1, stages_failed: 0 },
    ],
    [
      'a stage that was tried twice and failed',
      [failed('a@1', true), failed('a@1', false)],
      { total_retries: 1, stages_completed: 0, stages_failed: 1 },
    ],
    [
      'two visits of one node',
      [failed('a@1', false), completed('a@2')],
      { total_retries: 0, stages_completed: 1, stages_failed: 1 },
    ],
    [
      'a partial success, a skipped one, and one that reports a failure itself',
      [
        completed('a@1', { status: 'partially_succeeded' }),
        completed('b@1', { status: 'skipped' }),
        completed('c@1', {
          status: 'failed',
          failure: { message: 'no', failure_class: 'deterministic' },
        }),
      ],
      { total_retries: 0, stages_completed: 1, stages_failed: 1 },
    ],
    [
      'a stage that ended again after the run was resumed',
      [failed('a@1', false), completed('a@1')],
      { total_retries: 0, stages_completed: 1, stages_failed: 0 },
    ],
  ])('%s', (_, ends, stats) => {
    expect(retroOf(FACTS, ends).stats).toEqual({ total_duration_ms: 900, ...stats });
  });

  test('the duration of a stage is that of its attempts, and its money that of all of them', () => {
    const [stage] = retroOf(FACTS, [
      failed('a@1', true, { usage: usage(5) }),
      completed('a@1', { usage: usage(7) }),
    ]).stages;
    expect(stage).toMatchObject({ duration_ms: 150, retries: 1, billing_usd_micros: 12 });
  });

  test('a failure is quoted, and a long one is cut', () => {
    const long = { failure: { message: 'x'.repeat(2_000), failure_class: 'deterministic' } };
    const { stages } = retroOf(FACTS, [failed('a@1', false), failed('b@1', false, long)]);
    expect(stages[0]).toMatchObject({ status: 'failed', failure_reason: 'exit code: 1' });
    expect(stages[1]?.failure_reason).toBe(`${'x'.repeat(500)}…`);
  });

  test('how it went is said of a dry run only: nobody has looked back yet', () => {
    expect(retroOf(FACTS, [])).not.toHaveProperty('smoothness');
    expect(retroOf({ ...FACTS, dryRun: true }, [])).toMatchObject({
      smoothness: 'smooth',
      intent: '[dry-run] No LLM analysis performed',
      outcome: '[dry-run] Run completed in simulated mode',
    });
  });

  test('past a megabyte the latest stages stay, and the figures count all', () => {
    const ends = Array.from({ length: 8_000 }, (_, i) =>
      completed(`n@${i + 1}`, { notes: 'n'.repeat(200) }),
    );
    const { stages, stats } = retroOf(FACTS, ends);
    expect(stats).toMatchObject({ stages_completed: 8_000, stages_omitted: 6_000 });
    expect([stages.length, stages.at(-1)?.stage_id]).toEqual([2_000, 'n@8000']);
  });
});

/** Model calls that fail: which are tried again, when, and what the stage learns (§4.5, §9.3). */
import type { ModelError } from '@fabro/models';
import { describe, expect, it } from 'vitest';
import { Crash } from './support/crash.js';
import { fails, says } from './support/model.js';
import { properties, start } from './support/process.js';
import { given } from './support/session.js';

describe('failed model calls', () => {
  const limited: Pick<ModelError, 'kind' | 'retryable'> = { kind: 'rate_limit', retryable: true };

  it('are tried again up to three times, with waits that grow', async () => {
    let tries = 0;
    const session = await given(() => (++tries <= 3 ? fails(limited) : says('Done.')));
    const process = start(session);
    expect((await process.result).text).toBe('Done.');
    expect(session.clock.slept).toEqual([1_000, 2_000, 4_000]);
    expect(
      properties(session.disk, 'agent.llm.retry').map((p) => [
        p['attempt'],
        p['delay_secs'],
        p['due_at'],
      ]),
    ).toEqual([
      [1, 1, 1_001_000],
      [2, 2, 1_003_000],
      [3, 4, 1_007_000],
    ]);
    expect(session.disk.named('agent.turn.started')).toHaveLength(1);
    expect(process.live.map((event) => event.event)).toEqual([
      'agent.output.start',
      'agent.output.replace',
      'agent.output.replace',
      'agent.output.replace',
      'agent.text.delta',
    ]);
  });

  it('wait only the remainder after a restart, and are not counted anew', async () => {
    let tries = 0;
    const session = await given(() =>
      ++tries === 1 ? fails({ ...limited, retryAfterMs: 10_000 }) : says('Done.'),
    );
    const asleep = {
      ...session.clock,
      now: () => session.clock.time,
      sleepUntil: () => Promise.reject(new Crash('killed asleep')),
    };
    await expect(start(session, { ports: { clock: asleep } }).result).rejects.toThrow(
      'killed asleep',
    );

    session.clock.time += 7_000;
    await start(session).result;

    expect(session.clock.slept).toEqual([3_000]);
    expect(tries).toBe(2);
    expect(session.disk.named('agent.llm.retry')).toHaveLength(1);
  });

  it('end the session as retryable when the retries are used up, also after a restart', async () => {
    const session = await given(() => fails(limited));
    const expected = {
      message: 'fake: rate_limit',
      failure_class: 'transient_infra',
      retryable: true,
    };
    expect((await start(session).result).failure).toEqual(expected);
    expect(session.provider.requests).toHaveLength(4);
    expect((await start(session).result).failure).toEqual(expected);
    expect(session.provider.requests).toHaveLength(4);
  });

  // §4.5 model errors
  it.each([
    ['authentication', false, 'deterministic'],
    ['access_denied', false, 'deterministic'],
    ['not_found', false, 'deterministic'],
    ['invalid_request', false, 'deterministic'],
    ['content_filter', false, 'deterministic'],
    ['context_length', false, 'budget_exhausted'],
    ['quota_exceeded', false, 'budget_exhausted'],
    ['canceled', false, 'canceled'],
    ['server', true, 'transient_infra'],
    ['timeout', true, 'transient_infra'],
    ['network', true, 'transient_infra'],
    ['stream', true, 'transient_infra'],
  ] as const)(
    'of kind %s (retryable: %s) have the class %s (§4.5)',
    async (kind, retryable, failure_class) => {
      const session = await given(() => fails({ kind, retryable }));
      const { failure } = await start(session).result;
      expect(failure).toEqual({ message: `fake: ${kind}`, failure_class, retryable });
      expect(session.provider.requests).toHaveLength(retryable ? 4 : 1);
      expect(properties(session.disk, 'agent.error')).toMatchObject([
        { error: `fake: ${kind}`, failure_class },
      ]);
    },
  );

  it('include streams that stop without a last event', async () => {
    let tries = 0;
    const session = await given(() =>
      ++tries === 1 ? [{ type: 'text_delta', delta: 'Do' }] : says('Done.'),
    );
    expect((await start(session).result).text).toBe('Done.');
    expect(properties(session.disk, 'agent.llm.retry')[0]?.['error']).toBe(
      'fake fake-1: the stream ended without a last event',
    );
  });
});

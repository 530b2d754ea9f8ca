/** What an attempt that breaks comes to, and what counts as activity: whole runs in memory (§4.4, §4.6). */
import type { ActedHandler, StagePorts } from '@fabro/engine';
import type { ModelErrorKind, ModelEvent } from '@fabro/models';
import { FabroError, type Outcome } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { play, type Scenario } from '../crash/harness.js';

const acts = (act: (ports: StagePorts) => Promise<Outcome>): ActedHandler => ({
  kind: 'acted',
  onInterrupt: 'repeat',
  act: async (_input, ports) => ({ outcome: await act(ports), retryable: false }),
  simulate: () => ({ status: 'succeeded' }),
});

async function run(attributes: string, more: Partial<Scenario>, graph = '') {
  const { events, conclusion } = await play(
    {
      source: `digraph G { ${graph} start [shape=Mdiamond] exit [shape=Msquare] n [${attributes}] start -> n -> exit }`,
      script: () => ({ exit: 0 }),
      ...more,
    },
    [],
  );
  const of = (name: string) =>
    events.filter((e) => e.event === name && e.stage_id === 'n@1').map((e) => e.properties);
  return {
    conclusion,
    started: of('stage.started').length,
    failed: of('stage.failed'),
    of,
    events,
  };
}

const command = 'shape=parallelogram, script=x, max_retries=2';

describe('§4.4 retried', () => {
  it.each<[string, Error]>([
    ['of a handler', new Error('something broke')],
    ['of the engine', new FabroError('internal', 'a defect')],
    ['of a service', new FabroError('upstream', 'the registry answered with 418')],
    ['of input and output', Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })],
  ])('an error %s is tried again, whatever its class', async (_kind, error) => {
    const { started, failed } = await run(command, {
      handlers: { n: acts(() => Promise.reject(error)) },
    });
    expect(started).toBe(3);
    expect(failed.map((p) => p['will_retry'])).toEqual([true, true, false]);
    expect(failed[0]?.['failure']).toMatchObject({
      message: error.message,
      failure_class: 'deterministic',
    });
  });

  it('a model that may be asked again makes another attempt', async () => {
    const { started, failed } = await run('prompt=x, max_retries=1', {
      answer: fails('server', true),
    });
    expect(started).toBe(2);
    expect(failed.at(-1)?.['failure']).toMatchObject({ failure_class: 'transient_infra' });
  });
});

describe('§4.4 not retried', () => {
  it.each<[string, Error]>([
    ['of validation', new FabroError('invalid_argument', 'cwd: expected a folder')],
    ['about a missing program', new FabroError('missing_program', 'bash is not there')],
  ])('an error %s', async (_kind, error) => {
    const { started } = await run(command, { handlers: { n: acts(() => Promise.reject(error)) } });
    expect(started).toBe(1);
  });

  it.each<ModelErrorKind>([
    'authentication',
    'invalid_request',
    'context_length',
    'content_filter',
  ])('an error of a model of kind %s', async (kind) => {
    const { started } = await run('prompt=x, max_retries=1', { answer: fails(kind, false) });
    expect(started).toBe(1);
  });

  it('an outcome that is failed and asks for nothing', async () => {
    const failure = { message: 'no', failure_class: 'transient_infra' as const };
    const { started } = await run(command, {
      handlers: { n: acts(async () => ({ status: 'failed', failure })) },
    });
    expect(started).toBe(1);
  });
});

const sleeps: ActedHandler = acts(async (ports) => {
  await ports.clock.sleepUntil(ports.clock.now() + 3_600_000, ports.calls.signal);
  return { status: 'succeeded' };
});

describe('§4.4 timeout', () => {
  it('ends an attempt of any handler, and the next one begins', async () => {
    const { started, failed } = await run(
      'shape=parallelogram, script=x, max_retries=1, timeout=2s',
      {
        handlers: { n: sleeps },
      },
    );
    expect(started).toBe(2);
    expect(failed).toMatchObject([
      {
        will_retry: true,
        duration_ms: 2_000,
        failure: {
          message: 'handler timed out after 2000ms',
          failure_class: 'transient_infra',
          system_actor: 'timeout',
        },
      },
      { will_retry: false },
    ]);
  });
});

describe('§4.4 exhausted errors', () => {
  it.each<[string, string, Partial<Scenario>]>([
    ['a handler', command, { handlers: { n: acts(() => Promise.reject(new Error('broke'))) } }],
    ['a deadline', `${command}, timeout=1s`, { handlers: { n: sleeps } }],
    ['the time of a command', command, { script: () => ({ exit: 0, timedOut: true }) }],
    ['a model', 'prompt=x, max_retries=1', { answer: fails('server', true) }],
  ])('of %s are failed, with allow_partial too', async (_kind, attributes, more) => {
    const { failed, of } = await run(`${attributes}, allow_partial=true`, more);
    expect(of('stage.completed')).toEqual([]);
    expect(failed.at(-1)).toMatchObject({ will_retry: false });
  });
});

describe('§4.6 stall touched', () => {
  const speaks = (streams: boolean): ActedHandler =>
    acts(async (ports) => {
      for (let piece = 0; piece < 5; piece++) {
        await ports.clock.sleepUntil(ports.clock.now() + 20_000, ports.calls.signal);
        if (streams)
          ports.live({
            ...ports.scope,
            event: 'command.output.delta',
            properties: { stream: 'stdout', delta: '.' },
          });
      }
      return { status: 'succeeded' };
    });
  const graph = 'graph [stall_timeout=30s]';

  it('what a stage streams is activity, although it is no event', async () => {
    const { conclusion, of } = await run(command, { handlers: { n: speaks(true) } }, graph);
    expect(conclusion).toEqual({ status: 'completed', reason: 'completed' });
    expect(of('stage.completed')).toMatchObject([{ duration_ms: 100_000 }]);
  });

  it('a stage that streams nothing for so long has stalled', async () => {
    const { conclusion } = await run(command, { handlers: { n: speaks(false) } }, graph);
    expect(conclusion).toMatchObject({
      error: 'stall watchdog: node "n" had no activity for 30s',
    });
  });
});

function fails(kind: ModelErrorKind, retryable: boolean): () => ModelEvent {
  return () => ({ type: 'error', error: { kind, message: `model: ${kind}`, retryable } });
}

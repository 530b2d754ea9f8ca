/** Acts under way, the bell, and what reaches handlers from the state. */
import { stageId, type Answer, type FrameId } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { InFlight } from '../src/in-flight.js';
import { RunSignals } from '../src/run-signals.js';
import { initialState } from '../src/state.js';
import { Wake } from '../src/wake.js';
import { turns } from './fake-journal.js';
import { RUN } from './hand-walk.js';

const A = 'root/p@1:0' as FrameId;
const B = 'root/p@1:1' as FrameId;

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

describe('acts under way', () => {
  it('ring when they settle, and are under way until then', async () => {
    let rings = 0;
    const acts = new InFlight(() => rings++);
    acts.start(A, async () => () => []);
    expect([...acts.slots]).toEqual([A]);
    await turns();
    expect({ rings, size: acts.size }).toEqual({ rings: 1, size: 0 });
    expect(acts.take()).toHaveLength(1);
    expect(acts.take()).toHaveLength(0);
  });

  it('that are cancelled still settle, and their rejection is no failure', async () => {
    const acts = new InFlight(() => undefined);
    acts.start(A, untilAborted);
    acts.cancel(A, new Error('enough'));
    acts.cancel(B, new Error('never begun'));
    expect(acts.size).toBe(1);
    await turns();
    expect(acts.take()).toEqual([undefined]);
  });

  it('that fail in a way that no event records throw', async () => {
    const acts = new InFlight(() => undefined);
    acts.start(A, async () => {
      throw new Error('defect');
    });
    await turns();
    expect(() => acts.take()).toThrow('defect');
  });

  it('have all ended when stopping has', async () => {
    const acts = new InFlight(() => undefined);
    acts.start(A, untilAborted);
    acts.start(B, untilAborted);
    await acts.stop(new Error('the server stops'));
    expect(acts.size).toBe(0);
  });
});

describe('the bell', () => {
  it('keeps a ring for the next wait, and only one', async () => {
    const wake = new Wake();
    wake.ring();
    wake.ring();
    await wake.wait();
    let woken = false;
    const waiting = wake.wait().then(() => (woken = true));
    await turns();
    expect(woken).toBe(false);
    wake.ring();
    await waiting;
  });

  it('is heard once', () => {
    const wake = new Wake();
    expect(wake.heard()).toBe(false);
    wake.ring();
    expect([wake.heard(), wake.heard()]).toEqual([true, false]);
  });
});

describe('signals of the run', () => {
  const asked = (answer?: Answer) => {
    const state = initialState(RUN);
    state.questions.set('q', {
      id: 'q',
      stageId: stageId('ask', 1),
      frame: A,
      properties: {
        question_id: 'q',
        question: '?',
        stage: 'ask',
        question_type: 'yes_no',
        options: [],
        allow_freeform: false,
      },
      ...(answer === undefined ? {} : { answer }),
    });
    return state;
  };

  it('give an answer that was there before anyone asked', async () => {
    const signals = new RunSignals();
    const { signal } = new AbortController();
    expect(await signals.answered('q', asked({ kind: 'no' }), signal)).toEqual({ kind: 'no' });
  });

  it('give an answer that comes later', async () => {
    const signals = new RunSignals();
    const waiting = signals.answered('q', asked(), new AbortController().signal);
    signals.publish(asked());
    signals.publish(asked({ kind: 'yes' }));
    expect(await waiting).toEqual({ kind: 'yes' });
  });

  it('stop waiting when aborted', async () => {
    const signals = new RunSignals();
    const abort = new AbortController();
    const waiting = signals.answered('q', asked(), abort.signal);
    abort.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    signals.publish(asked({ kind: 'yes' }));
  });

  it('tell of a pause and its end, once each', () => {
    const signals = new RunSignals();
    const heard: boolean[] = [];
    const stop = signals.subscribe((paused) => heard.push(paused));
    const state = initialState(RUN);
    for (const status of ['running', 'paused', 'paused', 'running'] as const) {
      state.status = status;
      signals.publish(state);
    }
    stop();
    state.status = 'paused';
    signals.publish(state);
    expect(heard).toEqual([true, false]);
  });
});

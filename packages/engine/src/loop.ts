/**
 * The one loop of the engine. It reads in the order in which things happen: ask what is next, record it,
 * commit, stop what is to be stopped, begin what is to be begun, wait for something to happen.
 */
import { FabroError, type FrameId } from '@fabro/protocol';
import { actOnGit } from './acts.js';
import { askHook } from './hook-act.js';
import { runAttempt } from './attempt.js';
import { decide, type Act, type Conclusion, type Slot } from './decide.js';
import { InFlight, type ActResult } from './in-flight.js';
import { MAX_DECIDED_EVENTS } from './limits.js';
import { followOutside } from './outside.js';
import { materialiseIn } from './materialise.js';
import { settleAttempt } from './settle.js';
import { stageInput } from './decide/stage-input.js';
import { frameOf, openStage } from './state.js';
import { Wake } from './wake.js';
import { watchStall } from './watchdog.js';
import type { Walk } from './walk.js';

/**
 * Walks the run until it ends, or until `signal` aborts (the server stops): then all acts are ended, nothing
 * more is recorded, and the result is `suspended`. Rejects with LeaseLost, ImpossibleEvent, or what made the
 * journal unwritable; no act is left running whatever happens.
 */
export async function walkRun(walk: Walk, signal: AbortSignal): Promise<Conclusion | 'suspended'> {
  const { recorder, world, clock, signals } = walk;
  const { state } = recorder;
  const wake = new Wake();
  const ring = (): void => wake.ring();
  const inFlight = new InFlight(ring);
  const onAbort = (): void => {
    // A full disk must not keep the server from stopping.
    recorder.waitNoMore();
    ring();
  };
  const outside = followOutside(walk, ring);
  signal.addEventListener('abort', onAbort);
  recorder.lost.addEventListener('abort', ring);
  const watchdog = watchStall(walk, ring);
  const settleFacts = { random: walk.random, materialise: materialiseIn(walk) };
  try {
    for (;;) {
      if (signal.aborted) return 'suspended';
      outside.check();
      for (const settled of inFlight.take()) if (settled !== undefined) recorder.record(settled());
      const nowMs = clock.now();
      const facts = {
        ...settleFacts,
        nowMs,
        inFlight: inFlight.slots,
        idleMs: () => nowMs - recorder.activeAtMs,
      };
      const decision = decide(world, state, facts);
      recorder.record(decision.events);
      if (decision.events.length > 0 && recorder.pending < MAX_DECIDED_EVENTS) continue;
      signals.publish(state);
      await recorder.commit();
      recorder.quiescent();
      // What came in while the disk was written to may have changed the decision: a cancel, a pause.
      if (decision.events.length > 0 || wake.heard()) continue;
      if (decision.conclusion !== undefined && inFlight.size === 0) return decision.conclusion;
      for (const slot of decision.cancel)
        inFlight.cancel(slot, new Error('the stage was cancelled'));
      for (const act of decision.acts)
        inFlight.start(slotOf(act), (abort) => perform(walk, act, ring, abort));
      await wake.wait();
    }
  } catch (error) {
    if (signal.aborted && error instanceof FabroError && error.code === 'storage_full')
      return 'suspended';
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    recorder.lost.removeEventListener('abort', ring);
    await inFlight.stop(new Error('the server stops'));
    await watchdog.stop();
    await outside.stop();
  }
}

function slotOf(act: Act): Slot {
  return 'slot' in act && act.slot !== undefined ? act.slot : act.frame;
}

async function perform(
  walk: Walk,
  act: Act,
  ring: () => void,
  signal: AbortSignal,
): Promise<ActResult> {
  switch (act.kind) {
    case 'wait':
      await walk.clock.sleepUntil(act.dueAtMs, signal);
      return () => [];
    case 'hook': {
      const completed = await askHook(walk, act, signal);
      return () => [completed];
    }
    case 'attempt':
      return attempt(walk, act.frame, ring, signal);
    case 'commit':
    case 'reset':
    case 'prepare':
    case 'join': {
      if (walk.git === undefined)
        throw new Error(`act ${act.kind} of frame ${act.frame} needs git, and the run has none`);
      const events = await actOnGit(act, walk.world, walk.recorder.state, walk.git, signal);
      return () => events;
    }
  }
}

async function attempt(
  walk: Walk,
  frameId: FrameId,
  ring: () => void,
  signal: AbortSignal,
): Promise<ActResult> {
  const { world, recorder } = walk;
  const frame = frameOf(recorder.state, frameId);
  const stage = openStage(frame);
  if (stage === undefined) throw new Error(`frame ${frameId} is in no stage`);
  const input = stageInput(world, recorder.state, frame, stage);
  const handler = world.handlerOf(input.node);
  if (handler.kind !== 'acted') throw new Error(`node ${input.node.id} has no handler that acts`);
  const result = await runAttempt(walk, handler, input, { noted: ring, signal });
  if (result === undefined) return undefined;
  return () => settleAttempt(input, result, { nowMs: walk.clock.now(), random: walk.random });
}

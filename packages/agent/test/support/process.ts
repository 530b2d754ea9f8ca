/** One process that runs the session over what lies on disk. */
import { type Clock, type JsonObject, callKey } from '@fabro/protocol';
import { runAgent } from '../../src/index.js';
import type { AgentPorts, AgentRequest, AgentResult, LiveDraft } from '../../src/index.js';
import { type CrashPoint, Life } from './crash.js';
import { type World, folderSandbox } from './folder-sandbox.js';
import { Disk, journalCalls } from './journal.js';
import { type Provider, modelOf } from './model.js';

/** A clock that jumps to where it is told to sleep. */
class FakeClock implements Clock {
  time = 1_000_000;
  readonly slept: number[] = [];

  now(): number {
    return this.time;
  }

  async sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.slept.push(Math.max(0, atMs - this.time));
    this.time = Math.max(this.time, atMs);
  }
}

/** What outlives a process. */
export interface Setting {
  readonly disk: Disk;
  readonly world: World;
  readonly provider: Provider;
  readonly clock: FakeClock;
  /** All messages that were ever steered to the session. */
  readonly steered: string[];
}

export function setting(world: World, provider: Provider): Setting {
  return { disk: new Disk(), world, provider, clock: new FakeClock(), steered: [] };
}

export interface Process {
  readonly life: Life;
  readonly live: LiveDraft[];
  readonly result: Promise<AgentResult>;
}

export const SECRET = 'hunter2';

export function start(
  given: Setting,
  options: {
    readonly crash?: CrashPoint;
    readonly request?: Partial<AgentRequest>;
    readonly ports?: Partial<AgentPorts>;
    readonly signal?: AbortSignal;
  } = {},
): Process {
  const life = new Life(options.crash);
  const live: LiveDraft[] = [];
  let steeringTaken = 0;
  const request: AgentRequest = {
    key: callKey('run', 'root', 'fix@1', 1),
    scope: { session_id: 'session', node_id: 'fix', stage_id: 'fix@1' },
    visit: 1,
    prompt: 'Repair it.',
    maxTurns: 0,
    ...options.request,
  };
  const ports: AgentPorts = {
    model: modelOf(given.provider, life),
    sandbox: folderSandbox(given.world, life),
    calls: journalCalls(given.disk, life, options.signal ?? new AbortController().signal),
    clock: given.clock,
    random: () => 0.5,
    live: (event) => live.push(event),
    redact: (text) => text.replaceAll(SECRET, '***'),
    takeSteering() {
      const fresh = given.steered.slice(steeringTaken);
      steeringTaken = given.steered.length;
      return fresh;
    },
    pause: { paused: false, subscribe: () => () => {} },
    environment: () =>
      Promise.resolve({
        platform: 'linux',
        osVersion: '6.1',
        date: '2026-01-01',
        isGitRepository: false,
      }),
    ...options.ports,
  };
  return { life, live, result: runAgent(request, ports) };
}

/** The properties of an event, for literals in tests. */
export function properties(disk: Disk, event: string): JsonObject[] {
  return disk.named(event).map((found) => found.properties);
}

/** What must hold after any number of crashes, judged by what stands outside the journal. */
import { expect } from 'vitest';
import { marked } from './processes.js';
import type { LoggedEvent, Server } from './server.js';
import { until } from './wait.js';
import type { Watcher } from './watcher.js';

/** A client's record has every event once, in order, as the journal has it now. */
export async function expectWholeRecord(
  watcher: Watcher,
  run: string,
  server: Server,
): Promise<readonly LoggedEvent[]> {
  const events = await server.events(run);
  expect(watcher.record.map((frame) => frame.id)).toEqual(events.map((_, i) => i + 1));
  expect(watcher.record.map((frame): unknown => JSON.parse(frame.data))).toEqual(events);
  return events;
}

/** Each stage visit has one end that is no retry, and there are no others. */
export function expectStagesOnce(events: readonly LoggedEvent[], stages: readonly string[]): void {
  const ends = events
    .filter(
      (e) =>
        e.event === 'stage.completed' ||
        (e.event === 'stage.failed' && e.properties['will_retry'] !== true),
    )
    .map((e) => e.stage_id ?? '');
  expect(ends.toSorted()).toEqual([...stages].toSorted());
}

/** No script ran more often than once and one time for each kill, and the kills together cost no more. */
export function expectBoundedRepeats(
  ledger: readonly string[],
  scripts: readonly string[],
  { kills, openAtOnce = 1 }: { readonly kills: number; readonly openAtOnce?: number },
): void {
  const runs = new Map(scripts.map((script) => [script, 0]));
  for (const line of ledger) runs.set(line, (runs.get(line) ?? 0) + 1);
  expect([...runs.keys()].toSorted()).toEqual([...scripts].toSorted());
  for (const [script, times] of runs) {
    expect(times, `${script} ran`).toBeGreaterThanOrEqual(1);
    expect(times, `${script} ran ${times} times in ${kills} kills`).toBeLessThanOrEqual(1 + kills);
  }
  expect(ledger.length).toBeLessThanOrEqual(scripts.length + kills * openAtOnce);
}

/** Nothing that carries the root's marker is left but the living server's spawner. */
export async function expectNoLeftovers(server: Server): Promise<void> {
  await until('the commands of the run to be gone', () => {
    const left = marked(server.rootId).filter((p) => !p.marker.endsWith(`${server.rootId}/`));
    if (left.length > 0) throw new Error(JSON.stringify(left));
    return true;
  });
}

/** After the server has stopped not even the spawner is left. */
export async function expectNothingRuns(rootId: string): Promise<void> {
  await until('every process of the storage root to be gone', () => {
    const left = marked(rootId);
    if (left.length > 0) throw new Error(JSON.stringify(left));
    return true;
  });
}

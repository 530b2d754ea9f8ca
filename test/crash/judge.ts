/** What must hold however often a run's process has died. The judges stand outside of the journal. */
import { expect } from 'vitest';
import type { Outcome } from './harness.js';

/** Compares a run with crashes to the same run without. */
export function judge(outcome: Outcome, calm: Outcome, crashes: number): void {
  expect(outcome.conclusion).toEqual(calm.conclusion);
  expect(paths(outcome)).toEqual(paths(calm));
  expect(completedStages(outcome)).toEqual(completedStages(calm));
  // Every act has a key of its own, and a key whose end is recorded never acts again.
  for (const [key, times] of timesByKey(outcome, 'exec')) expect(times, `exec ${key}`).toBe(1);
  for (const [key, times] of timesByKey(outcome, 'commit')) expect(times, `commit ${key}`).toBe(1);
  // A hook whose end is not recorded is asked again, and no other.
  for (const [key, times] of timesByKey(outcome, 'hook'))
    expect(times - 1, `hook ${key}`).toBeLessThanOrEqual(crashes);
  expect(hooksEnded(outcome)).toEqual(hooksEnded(calm));
  for (const [script, times] of timesByDetail(outcome))
    expect(
      times - (timesByDetail(calm).get(script) ?? 0),
      `runs of "${script}"`,
    ).toBeLessThanOrEqual(crashes);
  // What a client has seen neither vanishes nor changes, and nothing is sent twice.
  expect(outcome.seen).toEqual(outcome.events.slice(0, outcome.seen.length));
  expect(outcome.events.map((e) => e.seq)).toEqual(outcome.events.map((_, i) => i + 1));
}

/** The way through the graph, frame by frame. */
function paths(outcome: Outcome): Record<string, readonly string[]> {
  const byFrame: Record<string, string[]> = {};
  for (const event of outcome.events) {
    if (event.event !== 'edge.selected') continue;
    const frame = (byFrame[event.frame_id ?? 'root'] ??= []);
    frame.push(
      `${String(event.properties['from_node'])}>${String(event.properties['to_node'])} (${String(event.properties['reason'])})`,
    );
  }
  return byFrame;
}

/** Each stage that ended, with its status; sorted, since branches run side by side. */
function completedStages(outcome: Outcome): readonly string[] {
  return outcome.events
    .filter(
      (e) =>
        e.event === 'stage.completed' ||
        (e.event === 'stage.failed' && e.properties['will_retry'] === false),
    )
    .map((e) => `${e.stage_id ?? ''} ${String(e.properties['status'] ?? 'failed')}`)
    .toSorted();
}

/**
 * Each hook that was asked, with its decision; sorted, since some stand beside the walk, and once for all
 * attempts, since a restart may add one.
 */
function hooksEnded(outcome: Outcome): readonly string[] {
  const ended = outcome.events
    .filter((e) => e.event === 'hook.completed')
    .map(({ properties: p }) => {
      const gate = String(p['gate']).replace(/\/a\d+$/, '');
      return `${gate} ${String(p['hook'])} ${String(p['decision'])}`;
    });
  return [...new Set(ended)].toSorted();
}

function timesByKey(outcome: Outcome, kind: string): ReadonlyMap<string, number> {
  return count(outcome.world.ledger.filter((e) => e.kind === kind).map((e) => e.key));
}

function timesByDetail(outcome: Outcome): ReadonlyMap<string, number> {
  return count(outcome.world.ledger.filter((e) => e.kind === 'exec').map((e) => e.detail));
}

function count(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

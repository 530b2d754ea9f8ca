/** Plays scenarios with the process ended around each port call, and counts what was lost or done again. */
import type { AnyEvent } from '@fabro/protocol';
import type { CrashPoint } from '../../test/crash/crasher.js';
import { type Outcome, type Scenario, play } from '../../test/crash/harness.js';
import { z } from 'zod';
import { answer } from '../support/answer.js';

const ends = 'start [shape=Mdiamond] exit [shape=Msquare]';
const command = (name: string): string => `${name} [shape=parallelogram, script="${name}"]`;
const ok = (): { exit: number } => ({ exit: 0 });

const SCENARIOS: readonly Scenario[] = [
  {
    source: `digraph G { ${ends} ${command('a')} ${command('b')} start -> a -> b -> exit }`,
    script: ok,
    git: true,
  },
  {
    source: `digraph G { ${ends} ${command('test')} gate [shape=diamond] ${command('fix')}
      start -> test -> gate gate -> exit [condition="outcome=succeeded"] gate -> fix fix -> test }`,
    script: (script, visit) => ({ exit: script === 'test' && visit <= 2 ? 1 : 0 }),
    git: true,
  },
  {
    source: `digraph G { ${ends} fork [shape=component] ${['a', 'a2', 'b'].map(command).join(' ')}
      join [shape=tripleoctagon] start -> fork fork -> a -> a2 -> join fork -> b -> join join -> exit }`,
    script: ok,
    git: true,
  },
];

interface Counts {
  schedules: number;
  calls: number;
  lost: number;
  repeated: number;
}

/** Before and after each of so many calls. */
function points(calls: number): readonly CrashPoint[] {
  return Array.from({ length: calls }, (_, i) => i + 1).flatMap((call): readonly CrashPoint[] => [
    { call, when: 'before' },
    { call, when: 'after' },
  ]);
}

/** Ends of stages and of calls, as the journal names them. */
function recordedEnds(events: readonly AnyEvent[]): readonly string[] {
  return events.flatMap((event) => {
    if (event.event === 'stage.completed') return [`stage ${event.stage_id ?? ''}`];
    return event.call !== undefined && event.call_phase === 'ended' ? [`call ${event.call}`] : [];
  });
}

/** How many more there are than different ones. */
function extra(keys: readonly string[]): number {
  return keys.length - new Set(keys).size;
}

function count(counts: Counts, outcome: Outcome, calm: Outcome): void {
  const ends = recordedEnds(outcome.events);
  const known = new Set(ends.filter((end) => end.startsWith('stage ')));
  const acts = outcome.world.ledger.filter((e) => e.kind === 'exec' || e.kind === 'commit');
  const stages = recordedEnds(calm.events).filter((end) => end.startsWith('stage '));
  const vanished = outcome.seen.filter((event, i) => event.id !== outcome.events[i]?.id);
  counts.schedules++;
  counts.calls += acts.length;
  counts.lost += stages.filter((stage) => !known.has(stage)).length + vanished.length;
  // A key acts once, and one end is recorded for it: an attempt that is repeated has a key of its own.
  counts.repeated += extra(ends) + extra(acts.map((act) => `${act.kind} ${act.key}`));
}

await answer(z.object({}), async () => {
  const counts: Counts = { schedules: 0, calls: 0, lost: 0, repeated: 0 };
  for (const scenario of SCENARIOS) {
    const calm = await play(scenario, []);
    for (const point of points(calm.calls[0] ?? 0))
      for (const schedule of [[point], [point, { call: 2, when: 'after' } as const]])
        count(counts, await play(scenario, schedule), calm);
  }
  return counts;
});

import { expect, it } from 'vitest';
import { explainFailure } from './support/explain.js';
import { testHome } from './support/home.js';
import {
  expectBoundedRepeats,
  expectNoLeftovers,
  expectNothingRuns,
  expectStagesOnce,
  expectWholeRecord,
} from './support/judge.js';
import { startServer } from './support/server.js';
import { until } from './support/wait.js';
import { watch } from './support/watcher.js';

const STAGES = Array.from({ length: 30 }, (_, i) => `s${String(i + 1).padStart(2, '0')}`);
/** The server is killed while these scripts run. */
const KILLED_IN = ['s03', 's09', 's14', 's20', 's27'];

function chain(ledger: string): string {
  const nodes = STAGES.map(
    (id, i) =>
      `${id} [shape=parallelogram, script="echo ${id} >> ${ledger}; sleep 0.${String(5 + ((i * 3) % 11)).padStart(2, '0')}"]`,
  );
  return `digraph Thirty {
    start [shape=Mdiamond]
    exit [shape=Msquare]
    ${nodes.join('\n    ')}
    start -> ${STAGES.join(' -> ')} -> exit
  }`;
}

it('a run of 30 commands completes by itself though its server is killed five times', async () => {
  const home = testHome();
  const ledger = home.at('ledger');
  let server = await startServer(home);
  const run = await server.run(chain(ledger));
  const watcher = watch(run, () => server);
  explainFailure(home, watcher);
  for (const script of KILLED_IN) {
    await until(`${script} to run`, () => home.lines('ledger').includes(script));
    await server.kill();
    server = await startServer(home);
  }
  await watcher.finished;

  expect(await server.status(run)).toMatchObject({
    status: 'completed',
    status_reason: 'completed',
  });
  const events = await expectWholeRecord(watcher, run, server);
  expect(watcher.connections).toBe(1 + KILLED_IN.length);
  expectStagesOnce(events, ['start@1', ...STAGES.map((id) => `${id}@1`), 'exit@1']);
  expectBoundedRepeats(home.lines('ledger'), STAGES, { kills: KILLED_IN.length });
  expect(events.filter((e) => e.event === 'run.resumed')).toHaveLength(KILLED_IN.length);
  await expectNoLeftovers(server);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  await expectNothingRuns(server.rootId);
});

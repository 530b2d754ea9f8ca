/** A chain of command stages through the engine, the sandbox, the spawner and the journal. */
import { join } from 'node:path';
import { handlerOf } from '@fabro/engine';
import { openSqliteJournal } from '@fabro/journal/sqlite';
import { createProcesses } from '@fabro/process';
import { RUN_PROJECTIONS } from '@fabro/runs';
import { createLocalSandbox } from '@fabro/sandbox/local';
import { z } from 'zod';
import { answer } from '../support/answer.js';
import { inTempFolder } from '../support/temp-folder.js';
import { graphOf, walkGraph } from '../support/walk-graph.js';

await answer(z.object({ stages: z.number() }), ({ stages }) =>
  inTempFolder(async (folder) => {
    const journal = await openSqliteJournal(join(folder, 'fabro.db'), {
      projections: RUN_PROJECTIONS,
    });
    const processes = createProcesses({ rootId: 'bench' });
    const sandbox = createLocalSandbox({
      processes,
      workdir: folder,
      scratchDir: join(folder, 'scratch'),
      baseEnv: process.env,
    });
    const walk = (n: number): Promise<void> =>
      walkGraph(journal, graphOf(chain(n)), { handlerOf, sandbox });
    try {
      // Starts the spawner and warms the code.
      await walk(10);
      const startedAt = performance.now();
      await walk(stages);
      return { ms: performance.now() - startedAt };
    } finally {
      await processes.close();
      await journal.close();
    }
  }),
);

function chain(n: number): string {
  const names = Array.from({ length: n }, (_, i) => `c${i}`);
  const nodes = names.map((name) => `${name} [shape=parallelogram, script="true"]`).join(' ');
  return `digraph Chain { start [shape=Mdiamond] exit [shape=Msquare] ${nodes} start -> ${names.join(' -> ')} -> exit }`;
}

/** Syncs per stage, counted by strace from outside of the process. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { runChild } from '../support/child.js';
import type { Bench, Result, Row } from '../support/row.js';
import { inTempFolder } from '../support/temp-folder.js';

const Walked = z.object({ stages: z.number() });
const hasStrace = (): boolean => spawnSync('strace', ['--version']).status === 0;

export const syncs: Bench = {
  name: 'syncs',
  gate: true,
  async measure() {
    const one = await perStage(1, 400);
    const fifty = await perStage(50, 40);
    return [
      row(
        'syncs per stage, one run',
        1,
        one,
        'Outcome, edge, checkpoint and the next start are one append, so a stage waits for the disk once.',
      ),
      row(
        'syncs per stage, 50 runs at once',
        0.1,
        fifty,
        'What arrives during a sync shares the next one (group commit).',
      ),
    ];
  },
};

function row(name: string, most: number, result: Result, why: string): Row {
  return { name, kind: 'gate', limit: { relation: 'at most', value: most }, unit: '', result, why };
}

/** The marginal count: opening and closing the journal cancel out. */
async function perStage(runs: number, stages: number): Promise<Result> {
  if (!hasStrace())
    return { kind: 'skipped', because: 'strace is missing (Debian: apt-get install strace)' };
  const some = await countSyncs(runs, stages);
  const twice = await countSyncs(runs, 2 * stages);
  return {
    kind: 'measured',
    value: (twice - some) / (runs * stages),
    detail: `${twice - some} syncs for ${runs * stages} more stages`,
  };
}

async function countSyncs(runs: number, stages: number): Promise<number> {
  return await inTempFolder(async (folder) => {
    const trace = join(folder, 'trace');
    const filter = 'trace=fsync,fdatasync,sync_file_range,msync';
    await runChild('walk', { runs, stages }, Walked, {
      under: ['strace', '-f', '-qq', '-e', filter, '-e', 'signal=none', '-o', trace],
    });
    return (
      readFileSync(trace, 'utf8').match(/\b(?:fsync|fdatasync|sync_file_range|msync)\(/g)?.length ??
      0
    );
  });
}

/** The time until the program answers, against Node alone. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Bench, Result } from '../support/row.js';
import { median } from '../support/statistics.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FABRO = `${ROOT}apps/fabro/bin/fabro.js`;
/** Of a few nodes, without templates. */
const SMALL = `${ROOT}docs/guide/examples/loop.fabro`;
const ROUNDS = 11;

function timed(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - startedAt;
}

function measure(command: readonly string[]): Result {
  if (!existsSync(`${ROOT}apps/fabro/dist/main.js`))
    return { kind: 'skipped', because: 'the program is not built (npm run build)' };
  const rounds = Array.from({ length: ROUNDS }, () => ({
    ours: timed([FABRO, ...command]),
    bare: timed(['-e', '0']),
  }));
  return {
    kind: 'measured',
    value: median(rounds.map(({ ours, bare }) => ours / bare)),
    detail: `${median(rounds.map((r) => r.ours)).toFixed(0)} against ${median(rounds.map((r) => r.bare)).toFixed(0)} ms`,
  };
}

export const version: Bench = {
  name: 'version',
  gate: false,
  async measure() {
    return [
      {
        name: '`fabro --version` against `node -e 0`',
        kind: 'ratio',
        limit: { relation: 'at most', value: 2 },
        unit: '',
        result: measure(['--version']),
        why: 'What a shell prompt or a script waits for; the rest of a command is loaded when it is called.',
      },
      {
        name: '`fabro validate` of a small workflow against `node -e 0`',
        kind: 'ratio',
        limit: { relation: 'at most', value: 3 },
        unit: '',
        result: measure(['validate', SMALL]),
        why: 'What an editor or a hook runs at every save; the template engine is loaded for a text with templates only.',
      },
    ];
  },
};

/**
 * `npm run bench`: measures and prints; `--check` measures the count gates only and fails when one is past
 * its limit; `--json` prints data; `--write` also writes docs/benchmarks.md.
 */
import { writeFileSync } from 'node:fs';
import { arch, availableParallelism, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { children } from './rows/children.js';
import { commands } from './rows/commands.js';
import { crash } from './rows/crash.js';
import { growth } from './rows/growth.js';
import { cpu, pace } from './rows/pace.js';
import { prepared } from './rows/prepared.js';
import { server } from './rows/server.js';
import { streams } from './rows/streams.js';
import { syncs } from './rows/syncs.js';
import { version } from './rows/version.js';
import { bundleChildren } from './support/bundle.js';
import { circumstancesText, pageText, tableText } from './support/report.js';
import { meets, type Row } from './support/row.js';
import { syncCostMs } from './support/sync-cost.js';

const BENCHES = [
  crash,
  syncs,
  cpu,
  growth,
  pace,
  children,
  commands,
  streams,
  prepared,
  version,
  server,
];
const PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

const { values: flags } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});

await bundleChildren();
const rows: Row[] = [];
for (const bench of BENCHES) {
  if (flags.check && !bench.gate) continue;
  if (flags.only !== undefined && flags.only !== bench.name) continue;
  process.stderr.write(`measuring ${bench.name} …\n`);
  rows.push(...(await bench.measure()));
}
const shown = flags.check ? rows.filter((row) => row.kind === 'gate') : rows;
const circumstances = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${platform()} ${arch()}, ${availableParallelism()} cores`,
  node: process.versions.node,
  syncMs: await syncCostMs(),
};
process.stdout.write(
  flags.json
    ? `${JSON.stringify({ ...circumstances, rows: shown.map((row) => ({ ...row, met: meets(row) })) })}\n`
    : `${circumstancesText(circumstances)}\n\n${tableText(shown)}\n`,
);
if (flags.write) writeFileSync(PAGE, pageText(shown, circumstances));
const failed = shown.filter((row) => row.kind === 'gate' && meets(row) === false);
if (failed.length > 0) {
  process.stderr.write(
    `${failed.length} past the limit: ${failed.map((r) => r.name).join('; ')}\n`,
  );
  process.exitCode = 1;
}

/** `npm run check`: what must hold before a change goes in, in the order of what is quickest to mend. */
import { ensureInstalled } from './prepare.mjs';
import { reportFailure, runNode } from './run.mjs';

const STEPS = [
  {
    title: 'Format',
    args: ['node_modules/oxfmt/bin/oxfmt', '--check', '.'],
    remedy: 'npm run format',
  },
  {
    title: 'Lint',
    args: [
      'node_modules/oxlint/bin/oxlint',
      '--type-aware',
      '--deny-warnings',
      '--report-unused-disable-directives',
    ],
    remedy: 'mend what is listed; the rules are in .oxlintrc.json',
  },
  {
    title: 'Types',
    args: ['node_modules/typescript/bin/tsc', '-p', '.'],
    remedy: 'mend what is listed',
  },
  {
    title: 'Generated pages',
    args: ['scripts/docs.mjs', '--check'],
    remedy: 'node scripts/docs.mjs',
  },
  {
    title: 'Dead exports and dependencies',
    args: ['node_modules/knip/bin/knip.js', '--no-progress'],
    remedy: 'remove what is listed, or name its entry point in knip.json',
  },
];

try {
  await ensureInstalled();
  for (const { title, args, remedy } of STEPS) {
    process.stdout.write(`\n== ${title}\n`);
    const startedAt = Date.now();
    const { code } = await runNode(args);
    if (code !== 0) {
      process.stdout.write(`\n${title}: failed (exit code ${code}). Remedy: ${remedy}.\n`);
      process.exitCode = 1;
      break;
    }
    process.stdout.write(`${title}: ok (${((Date.now() - startedAt) / 1000).toFixed(1)} s)\n`);
  }
} catch (error) {
  reportFailure(error);
}

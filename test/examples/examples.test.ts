/** Each example is valid, runs dry, and does for real what its page says, on the way that is pinned here. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AnyEvent } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { shellBlocks, type ShellBlock } from '../docs/blocks.js';
import { readPage, ROOT } from '../docs/pages.js';
import { masked } from '../docs/printed.js';
import { createReader } from '../docs/reader.js';
import { EXPECTED } from './expected.js';

const EXAMPLE_TIMEOUT_MS = 180_000;
const EXAMPLES = join(ROOT, 'examples');

const names = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const program = shellBlocks(readPage('docs/guide/getting-started.md').text).filter(
  (block) => block.beforeEveryPage,
);

function block(commands: string): ShellBlock {
  return { commands, line: 0, exitCode: 0, shows: [], beforeEveryPage: false };
}

/** How stages ended, in this order; those of branches, which end in any order, sorted where they join. */
function wayOf(log: string): readonly string[] {
  const way: string[] = [];
  const branches: string[] = [];
  for (const line of log.trim().split('\n')) {
    const event = AnyEvent.parse(JSON.parse(line));
    const { status, will_retry: again } = event.properties;
    const ended =
      event.event === 'stage.completed' || (event.event === 'stage.failed' && again === false);
    if (!ended || event.stage_id === undefined) continue;
    const how = event.event === 'stage.failed' ? 'failed' : String(status);
    const text = how === 'succeeded' ? event.stage_id : `${event.stage_id} ${how}`;
    if (event.parallel_branch_id === undefined) way.push(...branches.splice(0).toSorted(), text);
    else branches.push(text);
  }
  return way;
}

it('there are twelve examples, and the list has each of them', () => {
  expect(names).toEqual(Object.keys(EXPECTED).toSorted());
  expect(names).toHaveLength(12);
  const list = readPage('examples/README.md').text;
  expect(names.filter((name) => !list.includes(`[${name}](${name}/README.md)`))).toEqual([]);
});

describe.concurrent('the example', () => {
  it.each(Object.entries(EXPECTED))(
    '%s does what its page says, runs dry, and has no warning',
    async (name, expected) => {
      const reader = await createReader();
      try {
        const asked = [
          ...program,
          ...shellBlocks(readPage(`examples/${name}/README.md`).text).filter(
            ({ notRun }) => notRun === undefined,
          ),
          block('fabro ps --all --json'),
          block('fabro logs "$(fabro ps --all --ids --limit 1)" --json'),
        ];
        const results = await reader.read(asked);
        const [runs = '', log = ''] = results.slice(-2).map(({ output }) => output);
        const printed = results
          .slice(0, -2)
          .map(({ output }) => output)
          .join('');
        expect(
          results.map(({ exitCode }) => exitCode),
          printed,
        ).toEqual(asked.map(() => 0));
        expect(JSON.parse(runs), printed).toMatchObject({
          data: [{ status: 'completed', status_reason: expected.reason ?? 'completed' }],
        });
        const stages = wayOf(log).map((stage) => expected.alike?.(stage) ?? stage);
        expect(stages.join(' → '), printed).toBe(expected.way);

        if (expected.shownOn !== undefined) {
          const shown =
            /^```text\n([\s\S]*?)^```$/m.exec(readPage(expected.shownOn).text)?.[1] ?? '';
          const lines = new Set(masked(printed, reader.home).split('\n'));
          // Branches end in any order, so lines are looked for one by one.
          expect(
            masked(shown, reader.home)
              .split('\n')
              .filter((line) => !lines.has(line)),
            printed,
          ).toEqual([]);
        }

        const folder = `examples/${name}`;
        const entry = existsSync(join(ROOT, folder, 'workflow.toml'))
          ? 'workflow.toml'
          : 'workflow.fabro';
        const others = readdirSync(join(ROOT, folder)).filter(
          (file) => file.endsWith('.fabro') && file !== 'workflow.fabro',
        );
        for (const file of [entry, ...others])
          expect(
            await reader.shell(`npx fabro validate ${folder}/${file} --json || true`),
          ).toContain('"valid":true,"diagnostics":[]');
        expect(await reader.shell(`npx fabro run ${folder}/${entry} --dry-run`)).toContain(
          'Status:   SUCCEEDED',
        );
      } finally {
        await reader.leave();
      }
    },
    EXAMPLE_TIMEOUT_MS,
  );
});

/** The workflows of engine reference §14, rebuilt from what it says of them, and what must come of each. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fabro } from '../e2e/support/cli.js';
import { testHome } from '../e2e/support/home.js';

const FOLDER = join(import.meta.dirname, 'workflows');

/** The lines of a check without places, code frames and fixes. */
function verdict(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith(' '));
}

const VALID: readonly (readonly [name: string, workflow: string, ...warnings: string[]])[] = [
  ['simple', 'Simple (4 nodes, 3 edges)'],
  ['conditions', 'Conditions (5 nodes, 5 edges)'],
  ['parallel', 'Parallel (7 nodes, 7 edges)'],
  ['styled', 'Styled (5 nodes, 4 edges)'],
  ['legacy_tool', 'LegacyTool (3 nodes, 2 edges)'],
  [
    'branching',
    'Branch (6 nodes, 6 edges)',
    "warning [node: implement]: Node 'implement' has goal_gate=true but no retry_target or fallback_retry_target (goal_gate_has_retry)",
  ],
];

describe('§13 validate: the workflows of §14', () => {
  it.each(VALID)('%s is valid: %s', async (name, workflow, ...warnings) => {
    const path = join(FOLDER, `${name}.fabro`);
    const result = await fabro(testHome(), ['validate', path]);
    expect(verdict(result.stderr)).toEqual([
      `Workflow: ${workflow}`,
      `Graph: ${path}`,
      ...warnings,
      'Validation: OK',
    ]);
    expect([result.stdout, result.code]).toEqual(['', 0]);
  });

  it('invalid has two errors, and the exit code is 1', async () => {
    const path = join(FOLDER, 'invalid.fabro');
    const result = await fabro(testHome(), ['validate', path]);
    expect(verdict(result.stderr)).toEqual([
      'Workflow: Invalid (2 nodes, 1 edge)',
      `Graph: ${path}`,
      'error: Pipeline must have exactly one start node (shape=Mdiamond or id start/Start) (start_node)',
      "error [node: exit]: Exit node 'exit' has 1 outgoing edge(s) but must have none (exit_no_outgoing)",
      'error: Validation failed',
    ]);
    expect(result.code).toBe(1);
  });
});

/** Labels of the stages that a dry run shows, those of branches too, and the stage whose answer is the output. */
const DRY_RUNS: readonly (readonly [name: string, stages: readonly string[], output?: string])[] = [
  ['branching', ['Start', 'Plan', 'Implement', 'Validate', 'Tests passing?', 'Exit'], 'validate'],
  ['conditions', ['start', 'Decide', 'Path B', 'exit'], 'path_b'],
  ['parallel', ['start', 'Fork Work', 'Merge Results', 'Review', 'exit'], 'review'],
  ['styled', ['start', 'Plan', 'Implement', 'Critical Review', 'exit'], 'critical_review'],
  ['legacy_tool', ['Start', 'Echo', 'Exit']],
];

it('dry runs of the workflows of §14 succeed by way of the stages that it lists', async () => {
  const home = testHome();
  for (const name of readdirSync(FOLDER))
    home.write(name, readFileSync(join(FOLDER, name), 'utf8'));
  for (const [name, stages, output] of DRY_RUNS) {
    const args = ['run', `${name}.fabro`, '--dry-run', '--auto-approve'];
    const { code, stdout, stderr } = await fabro(home, args);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Status:   SUCCEEDED');
    // Stages of branches are indented: they are stages of their own here.
    const shown = [...stderr.matchAll(/^[✓◇] (.+?) {2}/gmu)].map(([, label]) => label);
    expect(shown).toEqual(stages);
    const [, told] = stdout.split('=== Output ===\n');
    expect(told?.trim()).toBe(output && `[Simulated] Response for stage: ${output}`);
  }
  expect((await fabro(home, ['server', 'stop'])).code).toBe(0);
});

/** `fabro dump`, `diff` and the retro over HTTP, by the bundled program and a real server. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fabro } from './support/cli.js';
import { git, testHome } from './support/home.js';
import { startServer } from './support/server.js';

const GRAPH = `digraph Work { graph [goal="get it done"]
  start [shape=Mdiamond] exit [shape=Msquare]
  make [shape=parallelogram, script="seq 1 5000; echo made > made.txt"]
  ask [shape=hexagon, label="Ship?"]
  start -> make -> ask
  ask -> exit [label="[Y] Yes"]
  ask -> make [label="[N] No"] }`;

it('§13 dump, diff: a run that waits for an answer is dumped over TCP as it stands, and again when it has ended', async () => {
  const home = testHome({ FABRO_DEV_TOKEN: `fabro_dev_${'ab'.repeat(32)}` });
  const repo = home.repository('project', { 'a.txt': 'one\n' });
  const server = await startServer(home, { args: ['--bind', '127.0.0.1:0'] });
  const run = await server.run(GRAPH, { cwd: repo });
  await server.event(run, 'run.blocked');
  const there = ['--server', server.address];

  const early = await fabro(home, ['dump', run, '-o', 'early', ...there]);
  expect(early.code, early.stderr).toBe(0);
  expect(readdirSync(home.at('early')).toSorted()).toEqual([
    'checkpoints',
    'dump.log',
    'events.jsonl',
    'graph.fabro',
    'run.json',
    'run.log',
    'stages',
  ]);
  expect(readdirSync(home.at('early/stages')).toSorted()).toEqual([
    '001-start@1',
    '002-make@1',
    '003-ask@1',
  ]);
  expect(home.lines('early/stages/002-make@1/stdout.log')).toHaveLength(5000);
  expect(home.lines('early/events.jsonl').at(-1)).toContain('"event":"run.blocked"');

  const [question] = (await server.events(run)).filter((e) => e.event === 'interview.started');
  const id = String(question?.properties['question_id']);
  expect((await fabro(home, ['answer', run, id, 'Y', ...there])).code).toBe(0);
  expect(await server.ended(run)).toMatchObject({ status: 'completed' });

  expect((await fabro(home, ['dump', run, '-o', 'early', ...there])).code).toBe(2);
  expect((await fabro(home, ['dump', run, '-o', 'late', ...there])).code).toBe(0);
  const lines = home.lines('late/events.jsonl');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual(await server.events(run));
  const names = lines.map((line) => /"event":"([^"]+)"/.exec(line)?.[1]);
  expect(names.slice(-3)).toEqual(['retro.started', 'retro.completed', 'run.completed']);
  const state: unknown = JSON.parse(readFileSync(home.at('late/run.json'), 'utf8'));
  expect(state).toMatchObject({ run_id: run, retro: { stats: { stages_failed: 0 } } });

  const patch = (await fabro(home, ['diff', run, ...there])).stdout;
  expect(patch).toBe(readFileSync(home.at('late/stages/002-make@1/diff.patch'), 'utf8'));
  execFileSync('git', ['apply', '--check'], { cwd: repo, input: patch });
  expect(patch).toContain('+++ b/made.txt');
  expect(git(repo, 'status', '--porcelain')).toBe('');
  expect((await fabro(home, ['inspect', run, ...there])).stdout).toMatch(
    /^Retro: \d stages completed$/m,
  );
  await server.stop();
});

it('§13 artifact: files that a stage leaves behind are listed, copied by name or as a tree, and dumped', async () => {
  const home = testHome();
  const repo = home.repository('project', { 'a.txt': 'one\n' });
  const server = await startServer(home);
  const run = await server.run(
    `digraph Make { start [shape=Mdiamond] exit [shape=Msquare]
      build [shape=parallelogram, script="mkdir -p out/deep; echo report > out/deep/report.txt; echo log > out/build.log"]
      start -> build -> exit }`,
    { cwd: repo, config: 'run.artifacts.include = ["out/**/*.txt", "out/*.log"]' },
  );
  expect(await server.ended(run)).toMatchObject({ status: 'completed' });
  const list = await fabro(home, ['artifact', 'list', run, '--json']);
  expect(list.code, list.stderr).toBe(0);
  const entry = { stage_id: 'build@1', node_slug: 'build', retry: 1 };
  const listed: unknown = JSON.parse(list.stdout);
  expect(listed).toMatchObject({
    data: [
      { ...entry, relative_path: 'out/build.log', size: 4 },
      { ...entry, relative_path: 'out/deep/report.txt', size: 7 },
    ],
  });
  await fabro(home, ['artifact', 'cp', `${run}:out/deep/report.txt`, 'mine.txt']);
  expect(home.lines('mine.txt')).toEqual(['report']);
  await fabro(home, ['artifact', 'cp', run, 'all', '--tree']);
  expect(home.lines('all/build@1/1/out/build.log')).toEqual(['log']);
  await fabro(home, ['dump', run, '-o', 'dump']);
  expect(home.lines('dump/artifacts/build@1/1/out/deep/report.txt')).toEqual(['report']);
  await server.stop();
});

/** Where a run works, and that the caller's own files stay as they are (issue 2, Build 7). */
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fabro } from './support/cli.js';
import { git, testHome } from './support/home.js';
import { startServer } from './support/server.js';
import { until } from './support/wait.js';
import { containing, matching } from './support/matchers.js';

/** Writes a file, changes one, and tells where it stood. */
const GRAPH = `digraph Change {
  start [shape=Mdiamond]
  exit [shape=Msquare]
  change [shape=parallelogram, script="pwd; cat a.txt; echo changed > a.txt; echo new > b.txt"]
  start -> change -> exit
}`;

describe('a run in a git repository', () => {
  it('works in a worktree on its own branch; the caller sees nothing of it, staged, unstaged and ignored files included', async () => {
    const home = testHome();
    const server = await startServer(home);
    const repo = home.repository('project', { 'a.txt': 'one\n', '.gitignore': 'ignored\n' });
    home.write('project/a.txt', 'edited\n');
    home.write('project/staged.txt', 'staged\n');
    git(repo, 'add', 'staged.txt');
    home.write('project/untracked.txt', 'untracked\n');
    home.write('project/ignored', 'ignored\n');
    const look = () => [
      git(repo, 'status', '--porcelain', '--ignored'),
      git(repo, 'rev-parse', 'HEAD'),
      git(repo, 'symbolic-ref', 'HEAD'),
      git(repo, 'diff'),
      git(repo, 'diff', '--staged'),
      git(repo, 'stash', 'list'),
    ];
    const before = look();
    const run = await server.run(GRAPH, { cwd: repo });
    expect(await server.ended(run)).toMatchObject({
      status: 'completed',
      status_reason: 'completed',
    });
    expect(look()).toEqual(before);

    const branch = `fabro/run/${run}`;
    expect(git(repo, 'show', `${branch}:a.txt`)).toBe('changed');
    expect(git(repo, 'show', `${branch}:b.txt`)).toBe('new');
    const log = git(repo, 'log', '--format=%an <%ae>%n%B', `main..${branch}`);
    expect(log).toContain('Fabro <noreply@fabro.sh>');
    expect(log).toContain(`Fabro-Call: ${run}/`);

    const events = await server.events(run);
    const notice = events.find((e) => e.event === 'run.notice');
    expect(notice?.properties).toMatchObject({
      level: 'warn',
      code: 'dirty_worktree',
      message: containing(repo),
    });
    const output = events.find((e) => e.event === 'command.completed')?.properties['stdout'];
    expect(output).toMatchObject({ tail: matching(/\/worktree\none\n$/) });
    expect(events.find((e) => e.event === 'run.started')?.properties).toMatchObject({
      base_branch: 'main',
      base_sha: git(repo, 'rev-parse', 'main'),
      run_branch: branch,
    });
  });

  it('a clean repository gives no notice, and a run from a subfolder works in that subfolder', async () => {
    const home = testHome();
    const server = await startServer(home);
    const repo = home.repository('project', { 'sub/a.txt': 'sub\n' });
    const run = await server.run(GRAPH, { cwd: `${repo}/sub` });
    expect(await server.ended(run)).toMatchObject({ status_reason: 'completed' });
    expect(git(repo, 'show', `fabro/run/${run}:sub/b.txt`)).toBe('new');
    expect((await server.events(run)).filter((e) => e.event === 'run.notice')).toEqual([]);
  });

  it('hooks, fsmonitor and filters that the repository plants do not run', async () => {
    const home = testHome();
    const server = await startServer(home);
    const ledger = home.at('planted');
    const repo = home.repository('project', {
      'a.txt': 'one\n',
      '.gitattributes': '*.txt filter=planted\n',
    });
    for (const hook of [
      'pre-commit',
      'post-checkout',
      'post-commit',
      'commit-msg',
      'reference-transaction',
    ]) {
      const path = home.write(
        `project/.git/hooks/${hook}`,
        `#!/bin/sh\necho ${hook} >> ${ledger}\n`,
      );
      chmodSync(path, 0o755);
    }
    const monitor = home.write('monitor', `#!/bin/sh\necho fsmonitor >> ${ledger}\n`);
    chmodSync(monitor, 0o755);
    for (const [key, value] of [
      ['core.fsmonitor', monitor],
      ['filter.planted.clean', `sh -c 'echo clean >> ${ledger}; cat'`],
      ['filter.planted.smudge', `sh -c 'echo smudge >> ${ledger}; cat'`],
      ['filter.planted.process', `sh -c 'echo process >> ${ledger}'`],
    ] as const)
      git(repo, 'config', key, value);
    const run = await server.run(GRAPH, { cwd: repo });
    expect(await server.ended(run)).toMatchObject({ status_reason: 'completed' });
    expect(home.lines('planted')).toEqual([]);
    // They are planted well: an ordinary git runs them.
    home.write('project/a.txt', 'two\n');
    git(repo, 'config', '--unset', 'filter.planted.process');
    git(repo, 'commit', '--quiet', '--all', '--message=second');
    expect(home.lines('planted')).toEqual(
      expect.arrayContaining(['fsmonitor', 'clean', 'pre-commit', 'post-commit']),
    );
  });
});

describe('a run without a worktree', () => {
  it('in place: the caller asked for it, so files change where they are and no branch is made', async () => {
    const home = testHome();
    const server = await startServer(home);
    const repo = home.repository('project', { 'a.txt': 'one\n' });
    const run = await server.run(GRAPH, { cwd: repo, args: { in_place: true } });
    expect(await server.ended(run)).toMatchObject({ status_reason: 'completed' });
    expect(readFileSync(`${repo}/a.txt`, 'utf8')).toBe('changed\n');
    expect(git(repo, 'branch', '--list', '--all')).toBe('* main');
    expect(git(repo, 'rev-list', '--count', '--all')).toBe('1');
  });

  it('an in-place run that was interrupted is not reset, and a notice says so (design, the way of one run 4)', async () => {
    const home = testHome();
    let server = await startServer(home);
    const repo = home.repository('project', { 'a.txt': 'one\n' });
    const graph = GRAPH.replace(
      'echo new > b.txt',
      `echo x >> b.txt; [ -e ${home.at('go')} ] || sleep 4000`,
    );
    const run = await server.run(graph, { cwd: repo, args: { in_place: true } });
    await server.event(run, 'command.started');
    await until('the first attempt', () => home.lines('project/b.txt').length === 1);
    await server.kill();
    home.write('go', '');
    server = await startServer(home);
    expect(await server.ended(run)).toMatchObject({ status_reason: 'completed' });
    expect(home.lines('project/b.txt')).toEqual(['x', 'x']);
    const notices = (await server.events(run)).filter((e) => e.event === 'run.notice');
    expect(notices.map((e) => e.properties['message'])).toEqual([
      matching(/not reset|as it is|left/),
    ]);
  });

  it('a folder that is no repository is worked in as it is', async () => {
    const home = testHome();
    const server = await startServer(home);
    home.write('plain/a.txt', 'one\n');
    const run = await server.run(GRAPH, { cwd: home.at('plain') });
    expect(await server.ended(run)).toMatchObject({ status_reason: 'completed' });
    expect(readFileSync(home.at('plain/b.txt'), 'utf8')).toBe('new\n');
    expect(existsSync(home.at('plain/.git'))).toBe(false);
  });

  it('--dry-run runs no command, makes no worktree and ends well', async () => {
    const home = testHome();
    const server = await startServer(home);
    const repo = home.repository('project', { 'a.txt': 'one\n', 'flow.fabro': GRAPH });
    const result = await fabro(home, ['run', 'flow.fabro', '--dry-run'], {
      cwd: repo,
      env: { FABRO_SERVER: server.address },
    });
    expect(result.code, result.stderr).toBe(0);
    expect(git(repo, 'status', '--porcelain')).toBe('');
    expect(git(repo, 'branch', '--list', '--all')).toBe('* main');
  });
});

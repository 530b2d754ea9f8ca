/** Forks, rewinding and archiving with the bundled server and real repositories (engine reference §6, §13). */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { ForkResult, RewindResult, Timeline } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expectOneMessage, fabro } from './support/cli.js';
import { Failure } from './support/http.js';
import { type Home, git, testHome } from './support/home.js';
import { containing } from './support/matchers.js';
import { type Server, startServer } from './support/server.js';

const IDS = ['one', 'two', 'three', 'four'];

/** Four stages, each of which tells what it finds and leaves a file. */
function chain(scripts: Readonly<Record<string, string>> = {}): string {
  const nodes = IDS.map((id) => {
    const script = `ls; echo ${id} > ${id}.txt; ${scripts[id] ?? 'true'}`;
    return `${id} [shape=parallelogram, script=${JSON.stringify(script)}]`;
  });
  return `digraph Chain {
    start [shape=Mdiamond]
    exit [shape=Msquare]
    ${nodes.join('\n    ')}
    start -> ${IDS.join(' -> ')} -> exit
  }`;
}

const ALL = ['README.md', 'four.txt', 'one.txt', 'three.txt', 'two.txt'];

function filesOf(repo: string, run: string): readonly string[] {
  return git(repo, 'ls-tree', '--name-only', `fabro/run/${run}`).split('\n');
}

async function fork(server: Server, run: string, target?: string): Promise<string> {
  const body = target === undefined ? {} : { target };
  return (await server.api('POST', `/runs/${run}/fork`, { body })).as(ForkResult).new_run_id;
}

async function resume(server: Server, run: string): Promise<void> {
  await server.api('POST', `/runs/${run}/start`, { body: { resume: true } });
  expect(await server.ended(run)).toMatchObject({ status: 'completed' });
}

/** What the first command of a node's stage printed: the files that were there. */
async function found(server: Server, run: string, stage: string): Promise<unknown> {
  const event = (await server.events(run)).find(
    (e) => e.event === 'command.completed' && e.stage_id === stage,
  );
  return z.object({ tail: z.string() }).parse(event?.properties['stdout']).tail.split('\n');
}

describe('fabro fork', () => {
  it('§6 fork: at @3 the worktree has exactly the files of that checkpoint, and the run goes on from there', async () => {
    const home = testHome();
    const server = await startServer(home);
    const repo = home.repository('project', { 'README.md': 'A project.\n' });
    const env = { FABRO_SERVER: server.address };
    const run = await server.run(chain(), { cwd: repo });
    await server.ended(run);
    const before = await server.events(run);

    const listed = await fabro(home, ['fork', run, '--list'], { env });
    expect(listed.stdout.split('\n').map((line) => line.split(/ +/).slice(0, 2))).toEqual([
      ['TARGET', 'STAGE'],
      ['@1', 'start@1'],
      ['@2', 'one@1'],
      ['@3', 'two@1'],
      ['@4', 'three@1'],
      ['@5', 'four@1'],
      [''],
    ]);
    const forked = await fabro(home, ['fork', run, '@3'], { env });
    expect(forked.code, forked.stderr).toBe(0);
    const id = forked.stdout.trim();
    expect(forked.stderr).toBe(`Forked run ${run} at two@1.\nTo resume: fabro resume ${id}\n`);
    expect(await server.status(id)).toMatchObject({ status: 'submitted' });
    const resumed = await fabro(home, ['resume', id], { env });
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stdout).toContain('SUCCEEDED');
    expect(await found(server, id, 'three@1')).toEqual(['README.md', 'one.txt', 'two.txt', '']);
    expect(filesOf(repo, id)).toEqual(ALL);
    expect(await server.events(run)).toEqual(before);
    expect(git(repo, 'status', '--porcelain')).toBe('');
    expect(git(repo, 'branch', '--show-current')).toBe('main');
    // The history before the fork is shared, what came after is its own.
    expect(git(repo, 'merge-base', `fabro/run/${run}`, `fabro/run/${id}`)).toBe(
      git(repo, 'rev-parse', `fabro/run/${run}~2`),
    );
  });

  it('§6 fork: two forks at once, and a fork of a fork, are runs of their own', async () => {
    const home = testHome();
    const server = await startServer(home);
    const repo = home.repository('project', { 'README.md': 'A project.\n' });
    const run = await server.run(chain(), { cwd: repo });
    await server.ended(run);
    const [a, b] = await Promise.all([fork(server, run, 'two'), fork(server, run, 'two')]);
    const c = await fork(server, a, 'one@1');
    await Promise.all([a, b, c].map((id) => resume(server, id)));
    for (const id of [a, b, c]) expect(filesOf(repo, id)).toEqual(ALL);
    expect(await found(server, c, 'two@1')).toEqual(['README.md', 'one.txt', '']);
    const tips = [run, a, b, c].map((id) => git(repo, 'rev-parse', `fabro/run/${id}`));
    expect(new Set(tips).size).toBe(4);
    expect(git(repo, 'worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(5);
  });

  it('§6 fork: of a run that was killed and recovered, at a checkpoint before the kill and one after it', async () => {
    const home = testHome();
    let server = await startServer(home);
    const repo = home.repository('project', { 'README.md': 'A project.\n' });
    const graph = chain({
      three: `echo half > half.txt; [ -e ${home.at('go')} ] || sleep 4000; rm half.txt`,
    });
    const run = await server.run(graph, { cwd: repo });
    await server.event(run, 'command.started', 'three');
    await server.kill();
    home.write('go', '');
    server = await startServer(home);
    await server.ended(run);
    for (const [target, stage, files] of [
      ['two', 'three@1', ['README.md', 'one.txt', 'two.txt', '']],
      ['three', 'four@1', ['README.md', 'one.txt', 'three.txt', 'two.txt', '']],
    ] as const) {
      const id = await fork(server, run, target);
      await resume(server, id);
      expect(await found(server, id, stage)).toEqual(files);
      expect(filesOf(repo, id)).toEqual(ALL);
    }
  });

  it('§6 fork: of a run whose folder was deleted; a run under way gets its worktree back after a restart, with a notice', async () => {
    const home = testHome();
    let server = await startServer(home);
    const repo = home.repository('project', { 'README.md': 'A project.\n' });
    const graph = chain({ three: `[ -e ${home.at('go')} ] || sleep 4000` });
    const run = await server.run(graph, { cwd: repo });
    await server.event(run, 'command.started', 'three');
    await server.kill();
    rmSync(home.at('storage/scratch'), { recursive: true });
    home.write('go', '');
    server = await startServer(home);
    expect(await server.ended(run)).toMatchObject({ status: 'completed' });
    expect(filesOf(repo, run)).toEqual(ALL);
    const notices = (await server.events(run)).filter((e) => e.event === 'run.notice');
    expect(notices.map((e) => e.properties)).toEqual([
      {
        level: 'warn',
        code: 'worktree_restored',
        message: containing('is made again at commit'),
      },
    ]);
    rmSync(home.at('storage/scratch'), { recursive: true });
    const id = await fork(server, run, 'one');
    await resume(server, id);
    expect(await found(server, id, 'two@1')).toEqual(['README.md', 'one.txt', '']);
  });

  it('§6 fork: a run in place is refused in one message', async () => {
    const home = testHome();
    const server = await startServer(home);
    const repo = home.repository('project', { 'README.md': 'A project.\n' });
    const run = await server.run(chain(), { cwd: repo, args: { in_place: true } });
    await server.ended(run);
    const env = { FABRO_SERVER: server.address };
    expectOneMessage(await fabro(home, ['fork', run], { env }), 1, ['has no commit', '--in-place']);
    expectOneMessage(await fabro(home, ['fork', run, 'nope'], { env }), 2, [
      'has no checkpoint "nope"; it has @1 (start@1)',
    ]);
  });
});

/** A git that ends the server before or after it has done a certain thing for the first time. */
function deadlyGit(home: Home, word: string, when: 'before' | 'after'): string {
  const real = process.env['PATH'];
  const path = home.write(
    'bin/git',
    `#!/bin/bash
real() { PATH='${real}' command git "$@"; }
die() { if mkdir ${home.at('reached')} 2> /dev/null; then kill -9 $(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' ${home.storage}/server.json); sleep 5; fi; }
hit=; for w in "$@"; do [ "$w" = ${word} ] && [ -e ${home.at('armed')} ] && hit=1; done
[ "$hit" ] && [ ${when} = before ] && die
real "$@"; code=$?
[ "$hit" ] && [ ${when} = after ] && die
exit $code
`,
  );
  chmodSync(path, 0o755);
  return `${home.at('bin')}:${real}`;
}

describe('SIGKILL of the server around a fork', () => {
  it.each(['before', 'after'] as const)(
    '§6 fork: %s its branch is made: nothing of the fork is left when the server has started again',
    async (when) => {
      const home = testHome();
      const env = { PATH: deadlyGit(home, 'update-ref', when) };
      let server = await startServer(home, { env });
      const repo = home.repository('project', { 'README.md': 'A project.\n' });
      const run = await server.run(chain(), { cwd: repo });
      await server.ended(run);
      const branches = () => git(repo, 'branch', '--list', '--all');
      const before = branches();
      home.write('armed', '');
      await expect(fork(server, run, 'two')).rejects.toThrow(/socket hang up|ECONNRESET/);
      await server.exited;
      server = await startServer(home, { env });
      const list = (await server.api('GET', '/runs')).as(
        z.object({ data: z.array(z.looseObject({ id: z.string() })) }),
      );
      expect(list.data.map((r) => r.id)).toEqual([run]);
      expect(branches()).toBe(before);
      await resume(server, await fork(server, run, 'two'));
    },
  );

  it.each(['before', 'after'] as const)(
    '§6 resume: %s the worktree of a fork is added: the next server makes it whole, and the run goes on',
    async (when) => {
      const home = testHome();
      const env = { PATH: deadlyGit(home, 'worktree', when) };
      let server = await startServer(home, { env });
      const repo = home.repository('project', { 'README.md': 'A project.\n' });
      const run = await server.run(chain(), { cwd: repo });
      await server.ended(run);
      const id = await fork(server, run, 'two');
      home.write('armed', '');
      await server.api('POST', `/runs/${id}/start`, { body: { resume: true } });
      await server.exited;
      expect(existsSync(home.at('reached'))).toBe(true);
      server = await startServer(home, { env });
      expect(await server.ended(id)).toMatchObject({ status: 'completed' });
      expect(await found(server, id, 'three@1')).toEqual(['README.md', 'one.txt', 'two.txt', '']);
      expect(filesOf(repo, id)).toEqual(ALL);
    },
  );
});

describe('fabro rewind and archive', () => {
  it('§13 rewind: the run is archived and names its successor; archived runs are hidden and refuse what would change them', async () => {
    const home = testHome();
    const server = await startServer(home);
    const repo = home.repository('project', { 'README.md': 'A project.\n' });
    const env = { FABRO_SERVER: server.address };
    const run = await server.run(chain(), { cwd: repo });
    await server.ended(run);
    const list = await fabro(home, ['rewind', run], { env });
    expect(list.stdout).toContain('@5      four@1');
    const rewound = await fabro(home, ['rewind', run, 'two', '--json'], { env });
    expect(rewound.code, rewound.stderr).toBe(0);
    const result = RewindResult.parse(JSON.parse(rewound.stdout));
    expect(result).toMatchObject({ source_run_id: run, target: 'two@1', archived: true });
    const id = result.new_run_id;

    const ids = async (...flags: readonly string[]) =>
      (await fabro(home, ['ps', '-q', ...flags], { env })).stdout.trim().split('\n');
    expect(await ids()).toEqual([id]);
    expect(await ids('-a')).toEqual([id, run]);
    expect((await fabro(home, ['ps', '-a'], { env })).stdout).toContain('completed (archived)');
    expect((await fabro(home, ['inspect', run], { env })).stdout).toContain(`Went on as:  ${id}\n`);
    expect((await fabro(home, ['inspect', id], { env })).stdout).toContain(`Forked from: ${run}\n`);
    const refusal = `run ${run} is archived; run \`fabro unarchive ${run}\` to restore it and try again`;
    for (const args of [
      ['resume', run],
      ['start', run],
      ['cancel', run],
      ['fork', run],
      ['rewind', run, '@1'],
    ])
      expectOneMessage(await fabro(home, args, { env }), 1, [refusal]);
    const answer = await server.api('POST', `/runs/${run}/fork`);
    expect(answer.status).toBe(409);
    expect(answer.as(Failure).detail).toBe(refusal);
    // What is past can be looked at: the replay ends at the last event.
    const attached = await fabro(home, ['attach', run], { env });
    expect(attached.code, attached.stderr).toBe(0);

    const restored = await fabro(home, ['unarchive', run, 'nope'], { env });
    expect(restored.code).toBe(1);
    expect(restored.stderr).toBe(`Restored ${run}.\nerror: nope: Run nope not found.\n`);
    expect((await ids('-a')).length).toBe(2);
    await resume(server, id);
    expect(filesOf(repo, id)).toEqual(ALL);
    expect((await server.api('GET', `/runs/${id}/timeline`)).as(Timeline)).toHaveLength(5);
    expect((await fabro(home, ['archive', id, run], { env })).code).toBe(0);
    expect((await fabro(home, ['rm', id, run], { env })).code).toBe(0);
    expect(git(repo, 'worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(1);
  });
});

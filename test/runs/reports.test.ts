/** Retros, patches, artifacts and the check before a run, on a journal in memory with real git where it matters. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createGit } from '@fabro/git';
import { blobOf } from '@fabro/journal';
import { createProcesses } from '@fabro/process';
import { runStream, type EventDraft, type RunId } from '@fabro/protocol';
import { createLocalSandbox } from '@fabro/sandbox/local';
import { CALLER, ONE_COMMAND, REMOTE, WAITING, manifest, openHouse, type House } from './house.js';

const processes = createProcesses({ rootId: crypto.randomUUID() });
afterAll(() => processes.close());
const signal = new AbortController().signal;

async function ended(house: House, run: RunId): Promise<void> {
  await Promise.race([house.event(run, 'run.completed'), house.event(run, 'run.failed')]);
  await house.queue.idle(run);
}

const names = (house: House, run: RunId): string[] => house.events(run).map((e) => e.event);

describe('§11 the retro of a run', () => {
  test('is recorded before the last event, of runs that succeed and of runs that fail', async () => {
    const house = await openHouse();
    const good = await house.start(ONE_COMMAND);
    const bad = await house.start(
      'a [shape=parallelogram, script="fail", goal_gate=true] start -> a -> exit',
    );
    for (const [run, last] of [
      [good, 'run.completed'],
      [bad, 'run.failed'],
    ] as const) {
      await ended(house, run);
      expect(names(house, run).slice(-3)).toEqual(['retro.started', 'retro.completed', last]);
    }
    expect(await house.service.retro(good)).toMatchObject({
      workflow_name: 'Work',
      goal: 'get it done',
      stages: [
        { stage_id: 'start@1' },
        { stage_id: 'a@1', status: 'succeeded' },
        { stage_id: 'exit@1' },
      ],
      stats: { stages_completed: 3, stages_failed: 0 },
    });
    expect(await house.service.retro(bad)).toMatchObject({ stats: { stages_failed: 1 } });
    expect((await house.service.state(good))['retro']).toMatchObject({ workflow_name: 'Work' });
  });

  test.each([
    ['--no-retro', { args: { in_place: true, no_retro: true } }],
    [
      'run.execution.retros = false',
      {
        configs: [{ type: 'user', path: 'settings.toml', source: 'run.execution.retros = false' }],
      },
    ],
  ])('is not made with %s', async (_, more) => {
    const house = await openHouse();
    const run = await house.start(ONE_COMMAND, more);
    await ended(house, run);
    expect(names(house, run)).not.toContain('retro.started');
    expect(await house.service.retro(run)).toBeUndefined();
  });

  test('needs a checkpoint', async () => {
    const house = await openHouse();
    const run = await house.start(ONE_COMMAND, { cwd: '/nowhere/at/all' });
    await ended(house, run);
    expect(names(house, run)).not.toContain('retro.started');
  });

  test('of a dry run says so', async () => {
    const house = await openHouse();
    const run = await house.start(ONE_COMMAND, { args: { dry_run: true } });
    await ended(house, run);
    expect(await house.service.retro(run)).toMatchObject({ smoothness: 'smooth' });
  });

  test('is there once, whatever crash the run has survived', async () => {
    const house = await openHouse();
    const run = await house.start(WAITING);
    await house.event(run, 'command.started');
    await house.queue.stop();
    const next = house.next();
    next.queue.recover();
    next.commands.release('a');
    await ended(next, run);
    expect(names(next, run).filter((e) => e.startsWith('retro.'))).toHaveLength(2);
  });

  test('stands in the list of all, newest first, by workflow and by smoothness', async () => {
    const house = await openHouse();
    const first = await house.start(ONE_COMMAND);
    await ended(house, first);
    house.clock.advance(1_000);
    const second = await house.start(ONE_COMMAND, { args: { dry_run: true } });
    await ended(house, second);
    const ids = async (filter: Parameters<House['service']['retros']>[1]) =>
      (await house.service.retros({ limit: 10, offset: 0 }, filter)).data.map((r) => r.run.id);
    expect(await ids({})).toEqual([second, first]);
    expect(await ids({ smoothness: 'smooth' })).toEqual([second]);
    expect(await ids({ workflow: 'work' })).toEqual([second, first]);
    expect(await ids({ workflow: 'other' })).toEqual([]);
  });
});

const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=U', '-c', 'user.email=u@example.org', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

async function folder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'fabro-reports-')));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function repository(): Promise<string> {
  const repo = join(await folder(), 'repo');
  await mkdir(repo);
  git(repo, 'init', '-q', '-b', 'main');
  await writeFile(join(repo, 'a.txt'), 'one\n');
  git(repo, 'add', '-A');
  git(repo, 'commit', '-q', '-m', 'base');
  return repo;
}

/** A house whose commands are real. */
async function realHouse(): Promise<House> {
  const sandbox = (request: { readonly workdir: string; readonly scratchDir: string }) =>
    createLocalSandbox({ processes, baseEnv: process.env, ...request });
  const scratch = await folder();
  return openHouse({
    sandbox,
    git: createGit({ sandbox: sandbox({ workdir: scratch, scratchDir: scratch }) }),
  });
}

const TWO =
  'a [shape=parallelogram, script="echo two > a.txt"] b [shape=parallelogram, script="echo b > b.txt"] start -> a -> b -> exit';

describe('§13 diff', () => {
  test('is the patch of the run from its base to its head, or of the latest stage of a node', async () => {
    const repo = await repository();
    const house = await realHouse();
    const run = await house.start(TWO, { args: {}, cwd: repo });
    await ended(house, run);
    const whole = await house.service.diff(run, {}, signal);
    expect(whole).toMatchObject({ run_id: run, truncated: false });
    expect(whole.from_sha).toBe(git(repo, 'rev-parse', 'main').trim());
    expect(whole.patch).toContain('-one\n+two');
    expect(whole.patch).toContain('+++ b/b.txt');
    const b = await house.service.diff(run, { node: 'b' }, signal);
    expect(b).toMatchObject({
      stage_id: 'b@1',
      to_sha: git(repo, 'rev-parse', `fabro/run/${run}`).trim(),
    });
    expect(b.patch).not.toContain('a.txt');
    expect((await house.service.diff(run, { stage: 'a@1' }, signal)).patch).toContain('+two');
    await expect(house.service.diff(run, { node: 'c' }, signal)).rejects.toThrow(
      `Run ${run} has no commit of node "c"; there are some of a, b.`,
    );
  });

  test('of a run without git says why there is none', async () => {
    const house = await openHouse();
    const run = await house.start(ONE_COMMAND);
    await ended(house, run);
    await expect(house.service.diff(run, {}, signal)).rejects.toThrow(
      `Run ${run} has no commits: it has not begun, or works without git (outside a repository, in place, or as a dry run).`,
    );
  });

  test('says that commits or the repository are gone', async () => {
    const repo = await repository();
    const house = await realHouse();
    const run = await house.start(TWO, { args: {}, cwd: repo });
    await ended(house, run);
    const { to_sha: head } = await house.service.diff(run, {}, signal);
    git(repo, 'worktree', 'list', '--porcelain')
      .split('\n')
      .filter((line) => line.startsWith('worktree ') && !line.endsWith('/repo'))
      .forEach((line) =>
        git(repo, 'worktree', 'remove', '--force', line.slice('worktree '.length)),
      );
    git(repo, 'branch', '-D', `fabro/run/${run}`);
    git(repo, 'reflog', 'expire', '--expire=now', '--all');
    git(repo, 'gc', '-q', '--prune=now');
    await expect(house.service.diff(run, {}, signal)).rejects.toThrow(
      new RegExp(
        `Commit .* or ${head.slice(0, 12)} of run ${run} is no longer in the repository at`,
      ),
    );
    await rm(repo, { recursive: true });
    await expect(house.service.diff(run, {}, signal)).rejects.toThrow(
      `The repository of run ${run} is no longer at ${repo}.`,
    );
  });
});

describe('artifacts', () => {
  const captured = (path: string, attempt: number, text: string): EventDraft => ({
    event: 'artifact.captured',
    stage_id: 'a@1',
    node_id: 'a',
    properties: {
      attempt,
      node_slug: 'a',
      path,
      mime: 'text/plain',
      content_md5: '0',
      content_sha256: blobOf(Buffer.from(text)).hash,
      bytes: text.length,
      blob: blobOf(Buffer.from(text)).hash,
    },
  });

  test('files are listed in the order of their capture, and read by stage, path and attempt', async () => {
    const house = await openHouse();
    const run = await house.create(ONE_COMMAND);
    await house.journal.append({
      stream: runStream(run),
      authority: { kind: 'outside', preconditions: [] },
      events: [],
      blobs: [blobOf(Buffer.from('first')), blobOf(Buffer.from('second'))],
    });
    await house.put(run, captured('out/x.txt', 1, 'first'), captured('out/x.txt', 2, 'second'));
    expect(await house.service.artifacts(run)).toMatchObject([
      { stage_id: 'a@1', node_slug: 'a', retry: 1, relative_path: 'out/x.txt', size: 5 },
      { stage_id: 'a@1', retry: 2, size: 6 },
    ]);
    expect(await house.service.artifacts(run, 'b@1')).toEqual([]);
    const read = async (retry?: number) =>
      new TextDecoder().decode(
        await house.service.artifact(run, {
          stage: 'a@1',
          path: 'out/x.txt',
          ...(retry === undefined ? {} : { retry }),
        }),
      );
    expect([await read(), await read(1)]).toEqual(['second', 'first']);
    await expect(read(3)).rejects.toThrow('Artifact not found: out/x.txt of stage a@1, attempt 3.');
  });
});

describe('§13 preflight', () => {
  const check = async (house: House, more: object, statements = ONE_COMMAND, caller = CALLER) => {
    const report = await house.service.preflight(manifest(statements, more), caller, signal);
    return {
      ok: report.ok,
      report,
      checks: Object.fromEntries(
        report.checks.sections.flatMap((s) => s.checks.map((c) => [c.name, c] as const)),
      ),
    };
  };

  test('of a run that has all it needs is ok, names what it found, and makes nothing', async () => {
    const repo = await repository();
    const house = await realHouse();
    const { ok, report, checks } = await check(house, { args: {}, cwd: repo });
    expect(ok).toBe(true);
    expect(report.workflow).toMatchObject({
      name: 'Work',
      nodes: 3,
      edges: 2,
      goal: 'get it done',
    });
    expect(checks['git']?.summary).toMatch(/, main at [0-9a-f]{12}, clean$/);
    expect(checks['models']?.summary).toBe('no stage asks a model');
    expect((await house.service.list({ limit: 1, offset: 0 }, {})).data).toEqual([]);
    await writeFile(join(repo, 'a.txt'), 'changed\n');
    const dirty = await check(house, { args: {}, cwd: repo });
    expect([dirty.ok, dirty.checks['git']?.status]).toEqual([true, 'warning']);
  });

  test.each([
    [
      'a workflow with an error',
      {},
      'a [shape=parallelogram, script="ok"] start -> a -> exit [',
      'graph',
      /error/,
    ],
    [
      'a directory that is not there',
      { cwd: '/nowhere/at/all' },
      ONE_COMMAND,
      'directory',
      /does not exist on this server/,
    ],
    [
      'a sandbox that is not built',
      { args: { sandbox: 'docker' } },
      ONE_COMMAND,
      'provider',
      /"docker" is not built yet/,
    ],
    [
      'settings with a mistake',
      { configs: [{ type: 'user', path: 'settings.toml', source: 'run.nonsense = 1' }] },
      ONE_COMMAND,
      'settings',
      /nonsense/,
    ],
    [
      'a variable that is not set',
      {
        configs: [
          { type: 'user', path: 's.toml', source: 'run.sandbox.env.X = "{{ env.NOT_THERE }}"' },
        ],
      },
      ONE_COMMAND,
      'variables',
      /run\.sandbox\.env.*NOT_THERE/,
    ],
  ])('of %s is not ok and says why', async (_, more, statements, name, says) => {
    const { ok, checks } = await check(await openHouse(), more, statements);
    expect(ok).toBe(false);
    expect(checks[name]?.status).toBe('error');
    expect(checks[name]?.summary).toMatch(says);
  });

  test('asks for a model only where a stage does, names the stages, and asks for none in a dry run', async () => {
    const agent = 'a [prompt="do it", model="nope"] start -> a -> exit';
    const house = await openHouse({
      models: {
        configured: false,
        resolve: ({ model }) => {
          throw new Error(`unknown model "${model ?? ''}"`);
        },
      },
    });
    const { ok, checks } = await check(house, {}, agent);
    expect(ok).toBe(false);
    expect(checks['nope']).toMatchObject({
      status: 'error',
      summary: 'unknown model "nope"',
      details: [{ text: 'for a', warn: false }],
    });
    const dry = await check(house, { args: { dry_run: true } }, agent);
    expect([dry.ok, dry.checks['models']?.summary]).toEqual([true, 'none is asked in a dry run']);
  });

  test('lists the steps that prepare the run, and holds variables of others back from callers over TCP', async () => {
    const steps = '[[run.prepare.steps]]\nscript = "npm ci"\nenv = { A = "{{ env.SECRET }}" }\n';
    const more = { configs: [{ type: 'user', path: 'settings.toml', source: steps }] };
    const house = await openHouse({ env: { SECRET: 's' } });
    const { checks } = await check(house, more);
    expect(checks['prepare']).toMatchObject({
      status: 'pass',
      summary: 'one step within 300 s together',
      details: [{ text: '1. npm ci' }],
    });
    expect((await check(house, more, ONE_COMMAND, REMOTE)).ok).toBe(false);
  });
});

describe('§13 system events', () => {
  test('are those of several runs in the order of their commits, and go on after an earlier one', async () => {
    const house = await openHouse();
    const other = await house.create(ONE_COMMAND);
    const run = await house.create(ONE_COMMAND);
    const stop = new AbortController();
    const seen: { run_id: string; event: string; seq: number }[] = [];
    const follow = async (after: number): Promise<void> => {
      const batches = await house.service.followAll({ runs: [run], after, signal: stop.signal });
      for await (const batch of batches)
        for (const item of batch) {
          if (item.kind !== 'event') continue;
          const { run_id, event } = JSON.parse(item.json) as { run_id: string; event: string };
          seen.push({ run_id, event, seq: item.seq });
          if (event === 'run.completed') return;
        }
    };
    const following = follow(0);
    await house.service.start(other, { resume: false }, CALLER);
    await house.service.start(run, { resume: false }, CALLER);
    await following;
    expect(new Set(seen.map((s) => s.run_id))).toEqual(new Set([run]));
    expect(seen.map((s) => s.event)).toEqual(names(house, run));
    const middle = seen[3]?.seq ?? 0;
    const before = seen.splice(0);
    await follow(middle);
    expect(seen).toEqual(before.slice(4));
    stop.abort();
    await expect(
      house.service.followAll({ runs: ['nope'], signal: stop.signal }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});

import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyEvent, RunArtifactEntry } from '@fabro/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../src/cli.js';
import { safeName, safePath } from '../src/commands/dump/safe-name.js';
import { StageFiles } from '../src/commands/dump/stage-files.js';
import { RUN, completed, script, stage, started } from './support/events.js';
import { fakeIo } from './support/fake-io.js';
import { type FakeServer, fakeServer } from './support/fake-server.js';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fabro-dump-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const SERVER = { FABRO_SERVER: 'http://127.0.0.1:1', FABRO_DEV_TOKEN: 'token' };

async function cli(server: FakeServer, cwd: string, ...argv: string[]) {
  const io = fakeIo({ cwd, env: { HOME: cwd, ...SERVER }, world: server.world });
  const code = await runCli(argv, io);
  return { code, out: io.out(), err: io.err() };
}

/** A run with a command that was tried twice, an agent, and a parallel stage of two branches. */
function events(): AnyEvent[] {
  const e = script();
  const build = stage('build', 'Build');
  const fix = stage('fix', 'Fix');
  const fork = stage('fork', 'Fork');
  const branch = (index: number) => ({
    ...fork,
    parallel_group_id: 'fork@1',
    frame_id: `root/fork@1:${index}`,
  });
  const output = (tail: string, blob?: string) => ({
    tail,
    bytes: tail.length,
    ...(blob === undefined ? {} : { blob }),
  });
  const command = (ms: number, out: object, err: object) => [
    e(ms, 'command.started', { script: 'npm test', language: 'shell', timeout_ms: 1000 }, build),
    e(
      ms + 1,
      'command.completed',
      { stdout: out, stderr: err, exit_code: 0, duration_ms: 7, termination: 'exited' } as never,
      build,
    ),
  ];
  return [
    e(0, 'run.created', { manifest_blob: 'm', labels: {}, in_place: false }),
    e(0, 'run.started', { name: 'Demo' }),
    e(1, 'stage.started', started('command'), build),
    ...command(1, output('first try'), output('')),
    e(3, 'stage.failed', failure(true), build),
    e(
      3,
      'stage.retrying',
      { index: 0, attempt: 2, max_attempts: 2, delay_ms: 0, due_at: 0 },
      build,
    ),
    e(4, 'stage.started', started('command', 2, 2), build),
    ...command(4, output('the end', 'b'.repeat(64)), output('oops')),
    e(6, 'stage.completed', completed(2), build),
    e(6, 'edge.selected', edge('build', 'fix')),
    e(
      6,
      'checkpoint.completed',
      { status: 'succeeded', current_node: 'build', next_node_id: 'fix' },
      build,
    ),
    e(7, 'stage.started', started('agent'), fix),
    e(7, 'stage.prompt', { text: 'Fix it.', mode: 'agent' }, fix),
    e(
      7,
      'agent.session.started',
      {
        visit: 1,
        provider: 'anthropic',
        model: 'opus',
        scripted: false,
        head_blob: 'h',
        input_blob: 'i',
      },
      fix,
    ),
    e(8, 'agent.message', message('thinking'), fix),
    e(9, 'agent.message', message('Fixed.'), fix),
    e(9, 'stage.completed', completed(2), fix),
    e(9, 'git.commit', { sha: 'c'.repeat(40) }, fix),
    e(9, 'edge.selected', edge('fix', 'fork')),
    e(
      9,
      'checkpoint.completed',
      { status: 'succeeded', current_node: 'fix', next_node_id: 'fork' },
      fix,
    ),
    e(9, 'stage.started', started('parallel'), fork),
    e(9, 'parallel.branch.started', { index: 0, start_node: 'x' }, branch(0)),
    e(9, 'parallel.branch.started', { index: 1, start_node: 'y' }, branch(1)),
    e(9, 'parallel.branch.completed', branchEnd(1, 'y'), branch(1)),
    e(9, 'parallel.branch.completed', branchEnd(0, 'x'), branch(0)),
    e(
      9,
      'parallel.completed',
      { visit: 1, duration_ms: 1, success_count: 2, failure_count: 0 },
      fork,
    ),
    e(10, 'stage.completed', completed(1), fork),
    e(11, 'run.completed', { duration_ms: 11, status: 'succeeded', reason: 'completed' }),
  ];
}

const failure = (willRetry: boolean) => ({
  index: 0,
  duration_ms: 2,
  attempt: 1,
  max_attempts: 2,
  will_retry: willRetry,
  failure: { message: 'exit code: 1', failure_class: 'deterministic' },
});
const edge = (from: string, to: string) => ({
  from_node: from,
  to_node: to,
  reason: 'unconditional',
  stage_status: 'succeeded',
  is_jump: false,
});
const message = (text: string) => ({
  visit: 1,
  turn: 1,
  text,
  model: 'opus',
  tool_call_count: 0,
  finish_reason: 'stop',
  message: { role: 'assistant', content: [{ type: 'text', text }] },
});
const branchEnd = (index: number, id: string) => ({
  index,
  id,
  duration_ms: 1,
  status: 'succeeded',
});

const ARTIFACTS: readonly RunArtifactEntry[] = [
  { stage_id: 'build@1', node_slug: 'build', retry: 1, relative_path: 'out/report.txt', size: 3 },
  { stage_id: 'build@1', node_slug: 'build', retry: 2, relative_path: 'out/report.txt', size: 3 },
  { stage_id: 'fix@1', node_slug: 'fix', retry: 1, relative_path: 'notes/a b.md', size: 3 },
];

function serverWith(artifacts: readonly RunArtifactEntry[] = ARTIFACTS): FakeServer {
  const server = fakeServer();
  server.events = events();
  server.routes.set('GET /runs/:id/state', () =>
    Response.json({ run_id: RUN, last_seq: server.events.length }),
  );
  server.routes.set('GET /runs/:id/graph/source', () => new Response('digraph Demo { }\n'));
  server.routes.set('GET /runs/:id/diff', (url) =>
    Response.json({
      run_id: RUN,
      stage_id: url.searchParams.get('stage') ?? 'fix@1',
      from_sha: 'a'.repeat(40),
      to_sha: 'c'.repeat(40),
      patch: 'diff --git a/x b/x\n',
      truncated: false,
    }),
  );
  server.routes.set(`GET /runs/:id/blobs/${'b'.repeat(64)}`, () =>
    Response.json('all of it\nthe end'),
  );
  server.routes.set('GET /runs/:id/artifacts', () => Response.json({ data: artifacts }));
  for (const { stage_id: id } of artifacts)
    server.routes.set(
      `GET /runs/:id/stages/${encodeURIComponent(id)}/artifacts/download`,
      (url) => new Response(`${url.searchParams.get('filename')} ${url.searchParams.get('retry')}`),
    );
  return server;
}

const tree = async (path: string): Promise<string[]> => {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .toSorted();
};

describe('§7 Dump, §13 dump', () => {
  it('writes what applies to each stage, the events, checkpoints and artifacts', async () => {
    const cwd = await folder();
    const { code, err } = await cli(serverWith(), cwd, 'dump', 'Demo', '-o', 'out/here');
    expect(code).toBe(0);
    expect(err).toBe(
      `Dumped 30 events, 3 stages, 2 checkpoints, 3 artifacts of run ${RUN} into ${cwd}/out/here\n`,
    );
    const at = join(cwd, 'out/here');
    expect(await tree(at)).toEqual([
      'artifacts/build@1/1/out/report.txt',
      'artifacts/build@1/2/out/report.txt',
      'artifacts/fix@1/1/notes/a b.md',
      'checkpoints/0013.json',
      'checkpoints/0022.json',
      'dump.log',
      'events.jsonl',
      'graph.fabro',
      'run.json',
      'run.log',
      'stages/001-build@1/script_invocation.json',
      'stages/001-build@1/script_timing.json',
      'stages/001-build@1/status.json',
      'stages/001-build@1/stderr.log',
      'stages/001-build@1/stdout.log',
      'stages/002-fix@1/diff.patch',
      'stages/002-fix@1/prompt.md',
      'stages/002-fix@1/provider_used.json',
      'stages/002-fix@1/response.md',
      'stages/002-fix@1/status.json',
      'stages/003-fork@1/parallel_results.json',
      'stages/003-fork@1/status.json',
    ]);
    const text = (name: string) => readFile(join(at, name), 'utf8');
    const json = async (name: string): Promise<unknown> => JSON.parse(await text(name));
    expect(
      (await text('events.jsonl'))
        .trimEnd()
        .split('\n')
        .map((l): unknown => JSON.parse(l)),
    ).toEqual(events());
    expect(await json('stages/001-build@1/status.json')).toMatchObject({ status: 'succeeded' });
    expect(await text('stages/001-build@1/stdout.log')).toBe('all of it\nthe end');
    expect(await text('stages/001-build@1/stderr.log')).toBe('oops');
    expect(await json('stages/001-build@1/script_invocation.json')).toEqual({
      command: 'npm test',
      language: 'shell',
      timeout_ms: 1000,
    });
    expect(await json('stages/001-build@1/script_timing.json')).toMatchObject({
      duration_ms: 7,
      exit_code: 0,
    });
    expect(await text('stages/002-fix@1/prompt.md')).toBe('Fix it.');
    expect(await text('stages/002-fix@1/response.md')).toBe('Fixed.');
    expect(await json('stages/002-fix@1/provider_used.json')).toMatchObject({ model: 'opus' });
    expect(await json('stages/003-fork@1/parallel_results.json')).toMatchObject([
      { index: 0, id: 'x' },
      { index: 1, id: 'y' },
    ]);
    expect(await json('checkpoints/0013.json')).toMatchObject({
      seq: 13,
      current_node: 'build',
      completed_nodes: ['build'],
      node_visits: { build: 1 },
    });
    expect(await text('artifacts/build@1/2/out/report.txt')).toBe('out/report.txt 2');
    expect((await text('run.log')).split('\n')[0]).toMatch(/^\d\d:\d\d:\d\d/);
  });

  it('refuses a folder that holds something, and what is no folder', async () => {
    const cwd = await folder();
    await mkdir(join(cwd, 'full'));
    await writeFile(join(cwd, 'full', 'mine.txt'), '');
    const full = await cli(serverWith(), cwd, 'dump', 'Demo', '-o', 'full');
    expect([full.code, full.err]).toEqual([
      2,
      `error: --output: ${cwd}/full is not empty (it holds mine.txt). Name a new or an empty folder.\n`,
    ]);
    const file = await cli(serverWith(), cwd, 'dump', 'Demo', '-o', 'full/mine.txt');
    expect(file.err).toContain('is no folder');
    expect((await cli(serverWith(), cwd, 'dump', 'Demo')).code).toBe(2);
  });

  it('ends with the event that run.json knows, although the run has gone on meanwhile', async () => {
    const server = serverWith([]);
    server.routes.set('GET /runs/:id/state', () => Response.json({ run_id: RUN, last_seq: 9 }));
    const cwd = await folder();
    expect((await cli(server, cwd, 'dump', 'Demo', '-o', 'd')).code).toBe(0);
    expect(
      (await readFile(join(cwd, 'd/events.jsonl'), 'utf8')).trimEnd().split('\n'),
    ).toHaveLength(9);
  });

  it('says in dump.log what could not be had, and writes the rest', async () => {
    const server = serverWith();
    server.routes.delete('GET /runs/:id/diff');
    server.routes.delete(`GET /runs/:id/blobs/${'b'.repeat(64)}`);
    const cwd = await folder();
    expect((await cli(server, cwd, 'dump', 'Demo', '-o', 'd')).code).toBe(0);
    const log = await readFile(join(cwd, 'd/dump.log'), 'utf8');
    expect(log).toContain('no patches from fix@1 on: No route');
    expect(log).toContain('the end of the output stands in');
    expect(await readFile(join(cwd, 'd/stages/001-build@1/stdout.log'), 'utf8')).toBe('the end');
  });

  it('gives the first 999 stages a folder and counts the rest', async () => {
    const directory = await folder();
    const stages = new StageFiles({
      api: { blob: async () => new Uint8Array(), diff: () => Promise.reject(new Error('none')) },
      run: RUN,
      directory,
      remark: () => {},
    });
    const e = script();
    for (let visit = 1; visit <= 1_002; visit++)
      await stages.take(
        e(0, 'stage.started', started('command'), { stage_id: `a@${visit}`, node_id: 'a' }),
      );
    expect([stages.count, stages.left]).toEqual([999, 3]);
    expect((await readdir(directory)).toSorted().at(-1)).toBe('999-a@999');
  });

  it.each([
    ['../../etc@1', '_/../etc@1'.replaceAll('/', '_')],
    ['a/b@2', 'a_b@2'],
    ['..', '_'],
    ['', '_'],
    ['.hidden@1', '_hidden@1'],
    ['ok-1.x@3', 'ok-1.x@3'],
    ['x'.repeat(300), 'x'.repeat(100)],
  ])('names a folder after %j without leaving the dump', (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });

  it.each([
    ['../../x', '_/_/x'],
    ['/etc/passwd', 'etc/passwd'],
    ['a\\..\\b', 'a/_/b'],
    ['a b/ü.md', 'a b/ü.md'],
    ['', '_'],
  ])('keeps an artifact %j inside', (path, safe) => {
    expect(safePath(path)).toBe(safe);
  });
});

describe('§13 artifact list', () => {
  it('§13 artifact list --node, §13 artifact list --retry: shows stage, attempt, size and path, of one node or attempt when asked', async () => {
    const cwd = await folder();
    const all = await cli(serverWith(), cwd, 'artifact', 'list', 'Demo');
    expect(all.out).toBe(
      'STAGE    RETRY  SIZE  PATH\nbuild@1      1   3 B  out/report.txt\nbuild@1      2   3 B  out/report.txt\nfix@1        1   3 B  notes/a b.md\n',
    );
    const some = await cli(
      serverWith(),
      cwd,
      'artifact',
      'list',
      'Demo',
      '--node',
      'build',
      '--retry',
      '2',
      '--json',
    );
    expect(JSON.parse(some.out)).toEqual({ data: [ARTIFACTS[1]] });
  });

  it('§13 artifact cp: takes the latest attempt of each, by its own name', async () => {
    const cwd = await folder();
    const { err } = await cli(serverWith(), cwd, 'artifact', 'cp', 'Demo', 'to');
    expect(err).toBe(`Copied 2 artifacts to ${cwd}/to\n`);
    expect(await tree(join(cwd, 'to'))).toEqual(['a b.md', 'report.txt']);
    expect(await readFile(join(cwd, 'to/report.txt'), 'utf8')).toBe('out/report.txt 2');
  });

  it('cp RUN:path takes one, to a name or into a folder, of the attempt that is asked for', async () => {
    const cwd = await folder();
    await cli(
      serverWith(),
      cwd,
      'artifact',
      'cp',
      'Demo:out/report.txt',
      'mine.txt',
      '--retry',
      '1',
    );
    expect(await readFile(join(cwd, 'mine.txt'), 'utf8')).toBe('out/report.txt 1');
    await cli(serverWith(), cwd, 'artifact', 'cp', 'Demo:out/report.txt');
    expect(await readFile(join(cwd, 'report.txt'), 'utf8')).toBe('out/report.txt 2');
    const missing = await cli(serverWith(), cwd, 'artifact', 'cp', 'Demo:nope');
    expect([missing.code, missing.err]).toEqual([
      1,
      `error: Run ${RUN} has no such artifact (nope); it has out/report.txt, notes/a b.md.\n`,
    ]);
  });

  it('§13 artifact cp --tree: keeps stage, attempt and path', async () => {
    const cwd = await folder();
    await cli(serverWith(), cwd, 'artifact', 'cp', 'Demo', 'to', '--tree');
    expect(await tree(join(cwd, 'to'))).toEqual([
      'build@1/1/out/report.txt',
      'build@1/2/out/report.txt',
      'fix@1/1/notes/a b.md',
    ]);
  });

  it('cp says which two would become one file', async () => {
    const twice = [
      ...ARTIFACTS,
      { ...(ARTIFACTS[0] as RunArtifactEntry), relative_path: 'b/report.txt' },
    ];
    const { code, err } = await cli(
      serverWith(twice),
      await folder(),
      'artifact',
      'cp',
      'Demo',
      'to',
    );
    expect(code).toBe(1);
    expect(err).toMatch(
      /out\/report\.txt and b\/report\.txt would both become .*\/to\/report\.txt\. Use --tree/,
    );
  });

  it.each(['../../evil', '/etc/evil', 'a/../../evil', 'C:\\evil', 'a\\..\\evil'])(
    'cp refuses %j, which would lead out of the destination',
    async (path) => {
      const evil = [{ ...(ARTIFACTS[0] as RunArtifactEntry), relative_path: path }];
      const cwd = await folder();
      const { code, err } = await cli(
        serverWith(evil),
        cwd,
        'artifact',
        'cp',
        'Demo',
        'to',
        '--tree',
      );
      expect(code).toBe(1);
      expect(err).toContain('would lead out of the destination');
      expect(await tree(cwd)).toEqual([]);
    },
  );
});

describe('§13 diff', () => {
  it('§13 diff --node: prints the patch as it is, and asks for that of a node', async () => {
    const server = serverWith();
    const { out } = await cli(server, await folder(), 'diff', 'Demo', '--node', 'fix');
    expect(out).toBe('diff --git a/x b/x\n');
    expect(server.requests).toContain(`GET /runs/${RUN}/diff?node=fix`);
  });
});

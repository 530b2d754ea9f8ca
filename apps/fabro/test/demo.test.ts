import { mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunManifest } from '@fabro/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelChoice } from '../src/commands/demo/demo.js';
import { runCli } from '../src/cli.js';
import { git, makeWorkspace, testBranch } from '../src/commands/demo/workspace.js';
import { processIo } from '../src/process-io.js';
import { script } from './support/events.js';
import { fakeIo } from './support/fake-io.js';
import { fakeServer } from './support/fake-server.js';

let folder = '';
const never = new AbortController().signal;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-demo-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the demonstration', () => {
  it('works on a fresh copy with one commit of a neutral author, and judges a branch by its own tests', async () => {
    const io = { ...processIo(), env: { ...process.env, TMPDIR: folder } };
    const project = join(folder, 'source');
    await mkdir(join(project, 'node_modules'), { recursive: true });
    await writeFile(
      join(project, 'package.json'),
      JSON.stringify({ name: 'p', version: '1.0.0', scripts: { test: 'node check.js' } }),
    );
    await writeFile(join(project, 'check.js'), 'process.exit(1)\n');
    const workspace = await makeWorkspace(io, project, never);
    const { repository } = workspace;
    expect((await readdir(repository)).toSorted()).toEqual(['.git', 'check.js', 'package.json']);
    expect(await git(io, repository, ['log', '--format=%an %ae'], never)).toBe(
      'Fabro Demo demo@fabro.invalid\n',
    );

    const path = process.env['PATH'] ?? '';
    expect((await testBranch(io, workspace, 'main', path, never)).code).toBe(1);
    await git(io, repository, ['switch', '-q', '-c', 'fixed'], never);
    await writeFile(join(repository, 'check.js'), 'process.exit(0)\n');
    await git(io, repository, ['commit', '-q', '-a', '-m', 'fix'], never);
    expect((await testBranch(io, workspace, 'fixed', path, never)).code).toBe(0);
    expect(await readdir(workspace.folder)).toEqual(['project']);
  });

  it('uses the scripted model without a key and calls it scripted', () => {
    const { text, flags } = modelChoice({ env: {} }, {});
    expect(text).toMatch(/^Model: scripted \(no ANTHROPIC_API_KEY or OPENAI_API_KEY is set\)/);
    expect(flags.provider).toBe('scripted');
    expect(flags.model).toMatch(/script\.yaml$/);
    const env = { OPENAI_API_KEY: 'k' };
    expect(modelChoice({ env }, {}).flags).toEqual({ provider: 'openai' });
    expect(modelChoice({ env }, { scripted: true }).flags.provider).toBe('scripted');
  });

  it('in a pipe approves by itself and says so, stops the server it started, and gives 1 without a repaired branch', async () => {
    const server = fakeServer();
    const e = script();
    server.events = [
      e(0, 'run.failed', { error: 'gave up', duration_ms: 5, reason: 'workflow_error' }),
    ];
    let alive = false;
    const signals: string[] = [];
    const storage = join(folder, 'home', '.fabro', 'storage');
    const io = fakeIo({
      cwd: folder,
      env: { HOME: join(folder, 'home'), TMPDIR: folder, PATH: process.env['PATH'] ?? '' },
      world: {
        ...server.world,
        runProgram: processIo().world.runProgram,
        isAlive: () => alive,
        kill: (_pid, signal) => {
          signals.push(signal);
          alive = false;
        },
        launchServer: async () => {
          const record = { pid: 77, address: '/run/demo.sock', version: '0.1.0' };
          await mkdir(storage, { recursive: true });
          await writeFile(join(storage, 'server.json'), JSON.stringify(record));
          alive = true;
          return record;
        },
      },
    });
    expect(await runCli(['demo'], io)).toBe(1);
    expect(io.err()).toContain('the approval at the end is given automatically');
    expect(io.err()).toContain('Model: scripted');
    expect(io.err()).toContain('Stopped the server that this demonstration had started.');
    expect(io.out()).toContain('✗ The tests of the repository do not pass');
    expect(signals).toEqual(['SIGTERM']);

    const manifest = RunManifest.parse(server.bodies.get('POST /runs'));
    expect(manifest.args).toMatchObject({ provider: 'scripted', auto_approve: true });
    expect(manifest.cwd.startsWith(join(folder, 'fabro-demo-'))).toBe(true);
    expect(manifest.git).toMatchObject({ branch: 'main', dirty: 'clean' });
    expect(manifest.configs?.[0]?.source).toMatch(
      /^_version = 1\n\[run\.sandbox\.env\]\nPATH = ".*node_modules\/\.bin:/,
    );
  });
});

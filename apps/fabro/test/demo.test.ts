import { mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelChoice } from '../src/commands/demo/demo.js';
import { git, makeWorkspace, testBranch } from '../src/commands/demo/workspace.js';
import { processIo } from '../src/process-io.js';

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
    expect(modelChoice({ env: {} }, {})).toMatchObject({
      text: expect.stringContaining(
        'Model: scripted (no ANTHROPIC_API_KEY or OPENAI_API_KEY is set)',
      ),
      flags: { provider: 'scripted', model: expect.stringMatching(/script\.yaml$/) },
    });
    const env = { OPENAI_API_KEY: 'k' };
    expect(modelChoice({ env }, {}).flags).toEqual({ provider: 'openai' });
    expect(modelChoice({ env }, { scripted: true }).flags.provider).toBe('scripted');
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serverOptions } from '../src/server/options.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-options-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function options(toml: string, ...flags: string[]) {
  const config = join(folder, 'settings.toml');
  await writeFile(config, toml);
  return serverOptions(['--config', config, ...flags], { HOME: folder, PLACE: 'here' }, folder);
}

describe('the options of the server (§12 server.*)', () => {
  it('come from its settings, and flags replace them', async () => {
    const toml = `[server]
listen = { type = "tcp", address = "127.0.0.1" }
storage = { root = "{{ env.PLACE }}/runs" }
scheduler = { max_concurrent_runs = 2 }`;
    expect(await options(toml)).toMatchObject({
      listen: { kind: 'tcp', host: '127.0.0.1', port: 3000 },
      storageRoot: join(folder, 'here/runs'),
      maxConcurrentRuns: 2,
    });
    expect(
      await options(toml, '--bind', '/s', '--storage-dir', 'x', '--max-concurrent-runs', '7'),
    ).toMatchObject({
      listen: { kind: 'unix', path: '/s' },
      storageRoot: join(folder, 'x'),
      maxConcurrentRuns: 7,
    });
  });

  // §13 server start run defaults
  it('have the model and the provider of runs that name none, and refuse what no run could have', async () => {
    expect((await options('')).runDefaults).toEqual({});
    expect(
      (await options('', '--model', 'claude-sonnet-4-5', '--sandbox', 'local')).runDefaults,
    ).toEqual({ model: 'claude-sonnet-4-5' });
    const own = ['--provider', 'openai_compatible', '--model', 'my-model'];
    expect((await options('', ...own)).runDefaults).toEqual({
      provider: 'openai_compatible',
      model: 'my-model',
    });
    await expect(options('', '--model', 'claude-sonet-4-5')).rejects.toThrow(
      '--model claude-sonet-4-5: there is no such model (did you mean claude-sonnet-4-5?); name its --provider if that is openai_compatible',
    );
    await expect(options('', '--provider', 'acme')).rejects.toThrow(
      '--provider acme: there is no such provider; use one of anthropic, openai',
    );
    await expect(options('', '--sandbox', 'docker')).rejects.toThrow(
      '--sandbox docker: this sandbox is not built yet; use local',
    );
  });

  it('are refused when GitHub is a way to sign in and nobody may use it (decision 22)', async () => {
    await expect(options('[server.auth]\nmethods = ["github"]')).rejects.toThrow(
      'server.auth.methods has "github", and nobody may sign in by it; list names in [server.auth.github] allowed_usernames, or take the method out.',
    );
    const named =
      '[server.auth]\nmethods = ["dev-token", "github"]\ngithub.allowed_usernames = ["ada"]';
    expect((await options(named)).settings.server.auth.methods).toEqual(['dev-token', 'github']);
  });

  it('are refused when they keep out whom this release would let in', async () => {
    const named = '[server.auth]\nmethods = ["github"]\ngithub.allowed_usernames = ["ada"]';
    await expect(options(named)).rejects.toThrow('server.auth.methods lacks "dev-token"');
    const listed = '[server.ip_allowlist]\nentries = ["10.0.0.0/8"]';
    await expect(options(listed, '--bind', '127.0.0.1')).rejects.toThrow(
      'server.ip_allowlist is not built yet',
    );
    expect((await options(listed)).listen.kind).toBe('unix');
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PreflightReport, RunManifest } from '@fabro/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../src/cli.js';
import { RUN, script, stage, started } from './support/events.js';
import { fakeIo } from './support/fake-io.js';
import { type FakeServer, fakeServer } from './support/fake-server.js';

const SERVER = { FABRO_SERVER: 'http://127.0.0.1:1', FABRO_DEV_TOKEN: 'token' };

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fabro-preflight-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  await writeFile(
    join(path, 'ok.fabro'),
    'digraph Ok { graph [goal="Say hi"] start [shape=Mdiamond] exit [shape=Msquare] start -> exit }\n',
  );
  await writeFile(join(path, 'broken.fabro'), 'digraph Broken {\n  a -- b\n}\n');
  return path;
}

function ioAt(cwd: string, server: FakeServer) {
  return fakeIo({ cwd, env: { HOME: join(cwd, 'home'), ...SERVER }, world: server.world });
}

const report = (ok: boolean): PreflightReport => ({
  ok,
  workflow: { name: 'Ok', nodes: 2, edges: 1, goal: '', diagnostics: [] },
  checks: {
    title: 'Run Preflight',
    sections: [
      {
        title: 'Models',
        checks: [
          ok
            ? {
                name: 'anthropic/opus',
                status: 'pass',
                summary: 'known',
                details: [{ text: 'for fix', warn: false }],
              }
            : {
                name: 'opus',
                status: 'error',
                summary: 'no key is set',
                details: [],
                remediation: 'Set ANTHROPIC_API_KEY.',
              },
        ],
      },
    ],
  },
});

describe('§13 preflight', () => {
  it('§13 preflight flags: sends the manifest with its flags, prints the report, and creates no run', async () => {
    const server = fakeServer();
    server.routes.set('POST /preflight', () => Response.json(report(true)));
    const cwd = await folder();
    const io = ioAt(cwd, server);
    const argv = [
      'preflight',
      'ok.fabro',
      '--goal',
      'Ship',
      '--model',
      'opus',
      '--sandbox',
      'local',
    ];
    expect(await runCli(argv, io)).toBe(0);
    expect(io.out()).toBe('Models\n  ✓ anthropic/opus known\nPreflight: OK\n');
    expect(io.err()).toBe('Workflow: Ok (2 nodes, 1 edge)\nGraph: ok.fabro\n');
    const sent = RunManifest.parse(server.bodies.get('POST /preflight'));
    expect(sent.goal).toEqual({ type: 'value', text: 'Ship' });
    expect(sent.args).toMatchObject({ model: 'opus', sandbox: 'local' });
    expect(server.requests).toEqual(['POST /preflight']);
  });

  it('exits with 1 and the remedy when a check is an error; --json is the report itself', async () => {
    const server = fakeServer();
    server.routes.set('POST /preflight', () => Response.json(report(false)));
    const cwd = await folder();
    const io = ioAt(cwd, server);
    expect(await runCli(['preflight', 'ok.fabro'], io)).toBe(1);
    expect(io.out()).toBe(
      'Models\n  ✗ opus        no key is set\n                Set ANTHROPIC_API_KEY.\nPreflight: a run would not succeed as things are\n',
    );
    const json = ioAt(cwd, server);
    expect(await runCli(['preflight', 'ok.fabro', '--json'], json)).toBe(1);
    expect(JSON.parse(json.out())).toEqual(report(false));
  });

  it('shows the code frame of a mistake in the workflow, and still asks the server for the rest', async () => {
    const server = fakeServer();
    server.routes.set('POST /preflight', () => Response.json(report(false)));
    const io = ioAt(await folder(), server);
    expect(await runCli(['preflight', 'broken.fabro'], io)).toBe(1);
    expect(io.err()).toContain('broken.fabro:2:');
    expect(io.err()).toContain('a -- b');
    expect(io.out()).toContain('Models');
  });
});

describe('fabro events', () => {
  it('prints what logs prints', async () => {
    const server = fakeServer();
    const e = script();
    server.events = [e(0, 'run.started', { name: 'Ok' }), e(1, 'run.running')];
    const cwd = await folder();
    const [events, logs] = [ioAt(cwd, server), ioAt(cwd, server)];
    expect(await runCli(['events', 'Ok', '--json'], events)).toBe(0);
    expect(await runCli(['logs', 'Ok', '--json'], logs)).toBe(0);
    expect(events.out()).toBe(logs.out());
    expect(events.out().trimEnd().split('\n')).toHaveLength(2);
  });
});

describe('§13 system events', () => {
  it('follows the runs that are named, in the lines of logs behind their run, until Ctrl-C', async () => {
    const server = fakeServer();
    const e = script();
    const lines = [
      e(0, 'run.running'),
      e(1, 'stage.started', started('command'), stage('a', 'A')),
    ].map((event, i) => `id: ${i + 70}\ndata: ${JSON.stringify(event)}\n\n`);
    const cwd = await folder();
    const io = ioAt(cwd, server);
    const asked: (string | null)[] = [];
    server.routes.set('GET /attach', (url) => {
      asked.push(url.searchParams.get('run_id'));
      if (asked.length > 1) io.interrupt();
      return new Response(asked.length === 1 ? lines.join('') : '', {
        headers: { 'content-type': 'text/event-stream' },
      });
    });
    expect(await runCli(['system', 'events', '--run-id', 'Ok', 'Ok'], io)).toBe(0);
    expect(asked[0]).toBe(`${RUN},${RUN}`);
    expect(io.out()).toMatch(new RegExp(`^${RUN}  \\d\\d:\\d\\d:\\d\\d  a +▸ A \\(command\\)\\n$`));
    expect(io.listeners()).toBe(0);
  });
});

describe('§13 system info', () => {
  it('says what the server is', async () => {
    const server = fakeServer();
    server.routes.set('GET /system/info', () =>
      Response.json({
        version: '1.2.3',
        server_url: 'http://localhost',
        pid: 7,
        os: 'linux',
        arch: 'x64',
        storage_engine: 'sqlite',
        storage_dir: '/data',
        uptime_secs: 65,
        runs: { total: 3, active: 1 },
        sandbox_provider: 'local',
      }),
    );
    const cwd = await folder();
    const io = ioAt(cwd, server);
    expect(await runCli(['system', 'info'], io)).toBe(0);
    expect(io.out()).toBe(
      'Version:  1.2.3\nAddress:  http://localhost\nProcess:  7 (linux, x64)\nUp for:   1m 05s\nRuns:     1 under way, 3 in all\nStorage:  /data (sqlite)\nSandbox:  local\n',
    );
    const json = ioAt(cwd, server);
    await runCli(['system', 'info', '--json'], json);
    expect(JSON.parse(json.out())).toMatchObject({ version: '1.2.3', uptime_secs: 65 });
  });
});

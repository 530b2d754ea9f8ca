import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FabroError } from '@fabro/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import { launchServer } from '../src/connect/launch.js';
import { storageFiles } from '../src/connect/storage.js';
import { devToken } from '../src/connect/token.js';
import type { LaunchOptions, World } from '../src/io.js';
import { fakeIo } from './support/fake-io.js';
import { fakeServer } from './support/fake-server.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-server-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const RECORD = { pid: 4321, address: '/run/fabro.sock', version: '0.1.0' };
const storage = () => join(folder, 'storage');
const io = (world: Partial<World>) =>
  fakeIo({ cwd: folder, env: { HOME: folder, FABRO_STORAGE_DIR: storage() }, world });
async function record(): Promise<void> {
  await mkdir(storage(), { recursive: true });
  await writeFile(join(storage(), 'server.json'), JSON.stringify(RECORD));
}

describe('server status, start and stop', () => {
  // §13 server status, §13 server stop
  it('status and stop give 1 when no server runs, also when its record outlived it', async () => {
    for (const prepare of [async () => {}, record]) {
      await prepare();
      for (const words of ['status', 'stop']) {
        const fake = io({ isAlive: () => false });
        expect(await runCli(['server', words], fake)).toBe(1);
        expect(fake.err()).toContain('The server is not running.');
      }
    }
  });

  it('status --json gives pid, address and version', async () => {
    await record();
    const fake = io({ isAlive: () => true, ...fakeServer().world });
    expect(await runCli(['server', 'status', '--json'], fake)).toBe(0);
    expect(JSON.parse(fake.out())).toEqual({ running: true, ...RECORD });
  });

  // §13 version
  it('version names the program, and the server when one runs', async () => {
    const alone = io({ isAlive: () => false });
    expect(await runCli(['version'], alone)).toBe(0);
    expect(alone.out()).toMatch(/^fabro \d+\.\d+\.\d+\n$/);
    await record();
    const beside = io({ isAlive: () => true, ...fakeServer().world });
    expect(await runCli(['version'], beside)).toBe(0);
    expect(beside.out()).toMatch(/^fabro .*\nserver 0\.1\.0 \(\/run\/fabro\.sock\)\n$/);
  });

  it('start gives 1 and one clear message when a server is running', async () => {
    await record();
    const fake = io({ isAlive: () => true, ...fakeServer().world });
    expect(await runCli(['server', 'start'], fake)).toBe(1);
    expect(fake.err()).toMatch(
      /^error: A server is already running \(pid 4321, \/run\/fabro\.sock\)[^\n]*\n$/,
    );
  });

  // §13 server start, §13 server start --bind, §13 server start --config,
  // §13 server start --max-concurrent-runs
  it('start passes its flags on and prints where the server is', async () => {
    const launched: LaunchOptions[] = [];
    const fake = io({
      launchServer: async (options) => {
        launched.push(options);
        return RECORD;
      },
    });
    const argv = [
      'server',
      'start',
      '--bind',
      '127.0.0.1',
      '--config',
      's.toml',
      '--max-concurrent-runs',
      '9',
      '--model',
      'opus',
      '--provider',
      'anthropic',
      '--sandbox',
      'local',
    ];
    expect(await runCli(argv, fake)).toBe(0);
    expect(launched).toEqual([
      {
        storageDir: storage(),
        bind: '127.0.0.1',
        config: join(folder, 's.toml'),
        maxConcurrentRuns: 9,
        model: 'opus',
        provider: 'anthropic',
        sandbox: 'local',
      },
    ]);
    expect(fake.err()).toBe('Server started (pid 4321, /run/fabro.sock, version 0.1.0).\n');
  });

  // §13 server restart
  it('restart stops the server that runs, then starts one', async () => {
    await record();
    const acts: string[] = [];
    let alive = true;
    const fake = io({
      ...fakeServer().world,
      isAlive: () => alive,
      kill: (pid, signal) => {
        acts.push(`${signal} ${pid}`);
        alive = false;
      },
      launchServer: async () => {
        acts.push('launch');
        return RECORD;
      },
    });
    expect(await runCli(['server', 'restart', '--timeout', '3'], fake)).toBe(0);
    expect(acts).toEqual(['SIGTERM 4321', 'launch']);
  });

  // §13 server start --foreground
  it('start --foreground ends with the server, which Ctrl-C stops', async () => {
    let end = (_code: number) => {};
    const ended = new Promise<number>((resolve) => (end = resolve));
    const fake = io({
      foregroundServer: async () => ({
        ready: Promise.resolve(RECORD),
        ended,
        stop: () => end(0),
      }),
    });
    const done = runCli(['server', 'start', '--foreground'], fake);
    await expect.poll(() => fake.err()).toContain('Server running; Ctrl-C stops it');
    fake.interrupt();
    expect(await done).toBe(0);
    expect(fake.listeners()).toBe(0);
  });

  it('stop asks first and kills a server that does not end in time', async () => {
    await record();
    const signals: string[] = [];
    const fake = io({
      isAlive: () => !signals.includes('SIGKILL'),
      kill: (pid, signal) => {
        expect(pid).toBe(4321);
        signals.push(signal);
      },
      ...fakeServer().world,
    });
    expect(await runCli(['server', 'stop', '--timeout', '2'], fake)).toBe(0);
    expect(signals).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('stop never signals a silent process that is no server of ours', async () => {
    await record();
    const fake = io({
      isAlive: () => true,
      fetchFor: async () => () => Promise.reject(new TypeError('fetch failed')),
      runProgram: async () => ({ code: 0, stdout: '/usr/bin/editor notes.txt\n', stderr: '' }),
    });
    expect(await runCli(['server', 'stop'], fake)).toBe(1);
  });
});

describe('a command that needs a server', () => {
  // §13 --server, §13 --storage-dir
  it('takes --server before FABRO_SERVER, and --storage-dir before FABRO_STORAGE_DIR', async () => {
    const asked: string[] = [];
    const world: Partial<World> = {
      fetchFor: async (address) => {
        asked.push(address);
        return fakeServer().world.fetchFor(address);
      },
      launchServer: async ({ storageDir }) => {
        asked.push(storageDir);
        return RECORD;
      },
    };
    await runCli(['ps', '--server', 'http://other:3000/api/v1'], io(world));
    await runCli(['ps', '--storage-dir', 'elsewhere'], io(world));
    const named = { FABRO_SERVER: '/run/named.sock', HOME: folder };
    await runCli(['ps'], fakeIo({ cwd: folder, env: named, world }));
    await runCli(['ps', '--server', '/run/flag.sock'], fakeIo({ cwd: folder, env: named, world }));
    expect(asked).toEqual([
      'http://other:3000',
      join(folder, 'elsewhere'),
      '/run/fabro.sock',
      '/run/named.sock',
      '/run/flag.sock',
    ]);
  });

  it('starts the local one when none is up, and says so', async () => {
    const fake = io({ launchServer: async () => RECORD, ...fakeServer().world });
    expect(await runCli(['ps', '-q'], fake)).toBe(0);
    expect(fake.err()).toBe('Started the local server (pid 4321, /run/fabro.sock).\n');
  });

  it('joins the server of another process that won the race to start one', async () => {
    let alive = false;
    const fake = io({
      isAlive: () => alive,
      launchServer: async () => {
        await record();
        alive = true;
        throw new FabroError('storage_locked', 'Another server holds the storage root.');
      },
      ...fakeServer().world,
    });
    expect(await runCli(['ps', '-q'], fake)).toBe(0);
  });

  it('listens in its own storage root when the server of another root has the default socket', async () => {
    const binds: (string | undefined)[] = [];
    const fake = io({
      launchServer: async ({ bind }) => {
        binds.push(bind);
        if (bind === undefined) throw new FabroError('address_in_use', 'The socket is taken.');
        return { ...RECORD, address: bind };
      },
      ...fakeServer().world,
    });
    expect(await runCli(['ps', '-q'], fake)).toBe(0);
    expect(binds).toEqual([undefined, join(storage(), 'fabro.sock')]);
  });

  it('passes on why the server could not be started', async () => {
    const fake = io({
      launchServer: async () => {
        throw new FabroError('storage_corrupt', 'journal.db is damaged.');
      },
    });
    expect(await runCli(['ps'], fake)).toBe(1);
    expect(fake.err()).toBe('error: journal.db is damaged.\n');
  });
});

describe('the credential', () => {
  it('that the local server minted is sent to this machine only', async () => {
    await mkdir(storage(), { recursive: true });
    await writeFile(join(storage(), 'server.dev-token'), 'fabro_dev_x\n');
    const files = storageFiles(storage());
    const here = { kind: 'unix', path: '/run/fabro.sock' } as const;
    const loopback = { kind: 'http', url: 'http://127.0.0.1:3000' } as const;
    const away = { kind: 'http', url: 'https://fabro.example.com' } as const;
    expect(await devToken(io({}), files, here)).toBe('fabro_dev_x');
    expect(await devToken(io({}), files, loopback)).toBe('fabro_dev_x');
    expect(await devToken(io({}), files, away)).toBeUndefined();
    const given = fakeIo({ env: { FABRO_DEV_TOKEN: 'given' } });
    expect(await devToken(given, files, away)).toBe('given');
  });
});

describe('starting the server process', () => {
  const never = new AbortController().signal;
  const program = async (text: string) => {
    const path = join(folder, 'server.mjs');
    await writeFile(path, text);
    return [path];
  };
  const launch = async (text: string) =>
    launchServer({ storageDir: storage() }, never, await program(text));

  it('resolves with the ready line; what it logs is in the log file, and it lives on', async () => {
    const started = await launch(
      `console.error('log line');
       console.log(JSON.stringify({ pid: process.pid, address: '/s', version: '1' }));
       setInterval(() => {}, 1000);`,
    );
    try {
      expect(started).toMatchObject({ address: '/s', version: '1' });
      expect(() => process.kill(started.pid, 0)).not.toThrow();
      expect(await readFile(storageFiles(storage()).serverLog, 'utf8')).toBe('log line\n');
    } finally {
      process.kill(started.pid, 'SIGKILL');
    }
  });

  it('rejects with the error that the server names', async () => {
    const refusal = `console.log(JSON.stringify({ error: { code: 'address_in_use', message: 'taken' } })); process.exitCode = 1;`;
    await expect(launch(refusal)).rejects.toMatchObject({
      code: 'address_in_use',
      message: 'taken',
    });
  });

  it('names the log when the server ends without a word', async () => {
    await expect(launch('process.exit(3)')).rejects.toThrow(
      /ended \(exit code 3\) before it was ready\. Its log is .*server\.log/,
    );
  });

  it('names a storage root that cannot be written', async () => {
    await writeFile(storage(), 'a file where the folder should be');
    await expect(launch('')).rejects.toMatchObject({
      code: 'storage_unwritable',
      message: expect.stringContaining('FABRO_STORAGE_DIR') as string,
    });
  });
});

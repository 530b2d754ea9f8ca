/** Bad input on the command line: one message with the place and the remedy, the right exit code, no stack trace. */
import { createServer } from 'node:net';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { STACK, expectOneMessage, fabro } from './support/cli.js';
import { type Home, testHome } from './support/home.js';
import { marked } from './support/processes.js';
import { startServer } from './support/server.js';
import { anyString, containing } from './support/matchers.js';

const GOOD = `digraph Good {
  start [shape=Mdiamond]
  exit [shape=Msquare]
  work [shape=parallelogram, script="true"]
  start -> work -> exit
}`;

/** No server was started for what could be seen to be wrong without one. */
const noServer = (home: Home) =>
  expect(() => readFileSync(home.at('storage', 'server.json'))).toThrow(/ENOENT/);

describe('a workflow that cannot run', () => {
  const CASES: readonly (readonly [
    title: string,
    files: Readonly<Record<string, string>>,
    args: readonly string[],
    exit: number,
    named: readonly (string | RegExp)[],
  ])[] = [
    [
      'does not parse: line, column and the line itself',
      { 'flow.fabro': 'digraph Broken {\n  start [shape=Mdiamond\n  start -> exit\n}\n' },
      ['run', 'flow.fabro'],
      1,
      ['flow.fabro', /line 3|:3:/],
    ],
    ['does not exist', {}, ['run', 'missing.fabro'], 1, ['missing.fabro']],
    [
      'does not exist but nearly does',
      { '.fabro/workflows/release/workflow.fabro': GOOD },
      ['run', 'relaese'],
      1,
      ['relaese', 'release'],
    ],
    [
      'names a file that does not exist',
      { 'flow.fabro': GOOD.replace('script="true"', 'shape=box, prompt="@prompts/fix.md"') },
      ['run', 'flow.fabro'],
      1,
      ['prompts/fix.md'],
    ],
    [
      'fails a rule',
      { 'flow.fabro': GOOD.replace('work -> exit', 'work -> exit -> work') },
      ['run', 'flow.fabro'],
      1,
      ['exit', 'outgoing'],
    ],
    [
      'has settings with an unknown key',
      { 'flow.fabro': GOOD, '.fabro/project.toml': '_version = 1\n[rnu]\n' },
      ['run', 'flow.fabro'],
      1,
      ['project.toml', 'rnu'],
    ],
    [
      'has settings that are no TOML',
      { 'flow.fabro': GOOD, '.fabro/project.toml': '_version = \n' },
      ['run', 'flow.fabro'],
      1,
      ['project.toml', /line 1|1:/],
    ],
    [
      'gets an unknown flag',
      { 'flow.fabro': GOOD },
      ['run', 'flow.fabro', '--dryrun'],
      2,
      ['--dryrun', '--dry-run'],
    ],
    [
      'gets a run id that is no ULID',
      { 'flow.fabro': GOOD },
      ['run', 'flow.fabro', '--run-id', 'x'],
      2,
      ['--run-id', 'ULID'],
    ],
    [
      'gets an input without a value',
      { 'flow.fabro': GOOD },
      ['run', 'flow.fabro', '--input', 'x'],
      2,
      ['--input'],
    ],
    ['is not named', {}, ['run'], 2, ['workflow']],
  ];
  it.each(CASES)('%s', async (_title, files, args, exit, named) => {
    const home = testHome();
    home.repository('project', { 'README.md': '', ...files });
    const cwd = home.at('project');
    expectOneMessage(await fabro(home, args, { cwd }), exit, named);
    const asJson = await fabro(home, [...args, '--json'], { cwd });
    expect(asJson.code).toBe(exit);
    const lines = asJson.stdout.trim().split('\n');
    const body: unknown = JSON.parse(lines.at(-1) ?? '');
    expect(body).toMatchObject({
      errors: [{ status: anyString(), detail: anyString() }],
    });
  });

  it('has a type that nobody knows: validate and run name the node, the type and what is meant', async () => {
    const home = testHome();
    home.write('flow.fabro', GOOD.replace('work [', 'work [type=comand, '));
    const { stdout, stderr } = await fabro(home, ['validate', 'flow.fabro']);
    const shown = stdout + stderr;
    expect(shown).toContain("Node 'work' has unrecognized type 'comand'");
    expect(shown).toContain('command');
    noServer(home);
  });
});

describe('a server that cannot start', () => {
  it('is already running: start says so and leaves it alone', async () => {
    const home = testHome();
    const server = await startServer(home);
    expectOneMessage(await fabro(home, ['server', 'start']), 1, [
      `pid ${server.pid}`,
      server.address,
      'fabro server stop',
    ]);
    expect((await server.api('GET', '/runs')).status).toBe(200);
    await expect(startServer(home)).rejects.toMatchObject({ code: 'storage_locked' });
  });

  it('finds its port or its socket in use: the address and what to do', async () => {
    const home = testHome();
    const taken = createServer();
    onTestFinished(() => new Promise<void>((resolve) => taken.close(() => resolve())));
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = address !== null && typeof address !== 'string' ? address.port : 0;
    expectOneMessage(await fabro(home, ['server', 'start', '--bind', `127.0.0.1:${port}`]), 1, [
      `127.0.0.1:${port}`,
      '--bind',
    ]);
    noServer(home);

    const other = testHome();
    const socket = other.at('taken.sock');
    await startServer(other, { args: ['--bind', socket] });
    expectOneMessage(await fabro(home, ['server', 'start', '--bind', socket]), 1, [socket]);
    expect(marked('').length).toBe(0);
  });

  it('has a storage root that cannot be a folder', async () => {
    const home = testHome();
    home.write('file', '');
    const FABRO_STORAGE_DIR = home.at('file', 'storage');
    home.write('flow.fabro', GOOD);
    for (const args of [
      ['server', 'start'],
      ['run', 'flow.fabro'],
    ])
      expectOneMessage(await fabro(home, args, { env: { FABRO_STORAGE_DIR } }), 1, [
        FABRO_STORAGE_DIR,
        /--storage-dir|FABRO_STORAGE_DIR/,
      ]);
    await expect(startServer(home, { env: { FABRO_STORAGE_DIR } })).rejects.toMatchObject({
      code: 'storage_unwritable',
      message: containing(FABRO_STORAGE_DIR),
    });
  });

  it('has a settings file that is wrong, or that --config names and that is missing', async () => {
    const home = testHome();
    const config = home.write(
      'bad.toml',
      '_version = 1\n[server.scheduler]\nmax_concurrent_runs = "many"\n',
    );
    expectOneMessage(await fabro(home, ['server', 'start', '--config', config]), 1, [
      'bad.toml',
      'max_concurrent_runs',
    ]);
    expectOneMessage(await fabro(home, ['server', 'start', '--config', 'none.toml']), 2, [
      'none.toml',
    ]);
    noServer(home);
  });
});

describe('a machine without git', () => {
  it('runs a workflow outside a repository, and in one says that git is missing', async () => {
    const home = testHome();
    mkdirSync(home.at('bin'));
    for (const program of ['bash', 'sh', 'sleep', 'cat'])
      symlinkSync(
        execFileSync('which', [program], { encoding: 'utf8' }).trim(),
        home.at('bin', program),
      );
    const env = { PATH: home.at('bin') };
    const server = await startServer(home, { env });
    home.write('plain/flow.fabro', GOOD);
    const plain = await fabro(home, ['run', 'flow.fabro'], { cwd: home.at('plain'), env });
    expect(plain.code, plain.stdout + plain.stderr).toBe(0);
    const repo = home.repository('project', { 'flow.fabro': GOOD });
    const result = await fabro(home, ['run', 'flow.fabro'], { cwd: repo, env });
    expect(result.code).toBe(1);
    expect(result.stdout + result.stderr).toMatch(
      /git is not on PATH|git .*not found|install git/i,
    );
    expect(result.stdout + result.stderr).not.toMatch(STACK);
    expect((await server.api('GET', '/runs')).status).toBe(200);
  });
});

describe('commands about runs', () => {
  it('name the run that does not exist, and the server that does not answer', async () => {
    const home = testHome();
    await startServer(home);
    for (const words of [
      ['inspect'],
      ['logs'],
      ['attach'],
      ['wait'],
      ['cancel'],
      ['rm'],
      ['resume'],
      ['start'],
    ])
      expectOneMessage(await fabro(home, [...words, '01JNQVR7M0EJ5GKAT2SC4ERS1Z']), 1, [
        '01JNQVR7M0EJ5GKAT2SC4ERS1Z',
      ]);
    expectOneMessage(await fabro(home, ['ps', '--server', '/nowhere/fabro.sock']), 1, [
      '/nowhere/fabro.sock',
    ]);
    expectOneMessage(await fabro(home, ['ps', '--server', 'ftp://x']), 2, ['ftp://x']);
    expectOneMessage(
      await fabro(home, ['ps'], { env: { FABRO_DEV_TOKEN: `fabro_dev_${'0'.repeat(64)}` } }),
      4,
      ['Authentication required', 'FABRO_DEV_TOKEN'],
    );
  });
});

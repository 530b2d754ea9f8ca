import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import { RUN, completed, script, stage, started } from './support/events.js';
import { type FakeIo, fakeIo } from './support/fake-io.js';
import { FORK, type FakeServer, fakeServer } from './support/fake-server.js';
import { emptyView } from '../src/render/view.js';
import { reduce } from '../src/render/reduce.js';

const TIMELINE = [
  { ordinal: 1, node_name: 'start', visit: 1, checkpoint_seq: 9 },
  {
    ordinal: 2,
    node_name: 'two',
    visit: 12,
    checkpoint_seq: 140,
    run_commit_sha: '0123456789abcdef0123456789abcdef01234567',
  },
];
const TABLE =
  'TARGET  STAGE    EVENT  COMMIT\n@1      start@1  9      -\n@2      two@12   140    0123456789ab\n';

function withServer(): { readonly server: FakeServer; readonly fake: FakeIo } {
  const server = fakeServer();
  server.timeline = TIMELINE;
  const env = { FABRO_SERVER: 'http://127.0.0.1:1', FABRO_DEV_TOKEN: 'token' };
  return { server, fake: fakeIo({ cwd: tmpdir(), env, world: server.world }) };
}

it('§13 fork: prints the new run and how to resume it; the target is optional', async () => {
  const { server, fake } = withServer();
  expect(await runCli(['fork', 'demo'], fake)).toBe(0);
  expect(fake.out()).toBe(`${FORK}\n`);
  expect(fake.err()).toBe(`Forked run ${RUN} at two@1.\nTo resume: fabro resume ${FORK}\n`);
  expect(server.bodies.get(`POST /runs/${RUN}/fork`)).toEqual({});
  expect(await runCli(['fork', 'demo', '@2', '--json'], fake)).toBe(0);
  expect(server.bodies.get(`POST /runs/${RUN}/fork`)).toEqual({ target: '@2' });
  expect(fake.out()).toContain(
    `{"source_run_id":"${RUN}","new_run_id":"${FORK}","target":"two@1"}\n`,
  );
});

it('§13 rewind: prints the new run and how to resume it', async () => {
  const { server, fake } = withServer();
  expect(await runCli(['rewind', RUN, 'two'], fake)).toBe(0);
  expect(fake.out()).toBe(`${FORK}\n`);
  expect(fake.err()).toBe(
    `Rewound run ${RUN} to two@1; it is archived now.\nTo resume: fabro resume ${FORK}\n`,
  );
  expect(server.bodies.get(`POST /runs/${RUN}/rewind`)).toEqual({ target: 'two' });
});

it('§13 rewind: 1 when the run could not be archived, with the reason and the new run', async () => {
  const { server, fake } = withServer();
  server.archiveError = 'the disk is full';
  expect(await runCli(['rewind', RUN, 'two'], fake)).toBe(1);
  expect(fake.out()).toBe(`${FORK}\n`);
  expect(fake.err()).toBe(
    `Rewound run ${RUN} to two@1.\nerror: run ${RUN} was not archived: the disk is full\nTo resume: fabro resume ${FORK}\n`,
  );
  expect(await runCli(['rewind', RUN, 'two', '--json'], fake)).toBe(1);
  expect(fake.out()).toContain('"archived":false,"archive_error":"the disk is full"}\n');
});

// §13 fork --list, §13 rewind --list
it.each([[['fork', RUN, '--list']], [['rewind', RUN, '--list']], [['rewind', RUN]]])(
  '§13 fork / rewind: %j lists the checkpoints and makes nothing',
  async (argv) => {
    const { server, fake } = withServer();
    expect(await runCli(argv, fake)).toBe(0);
    expect(fake.out()).toBe(TABLE);
    expect(server.requests.filter((r) => r.startsWith('POST'))).toEqual([]);
    const { fake: other } = withServer();
    expect(await runCli([...argv, '--json'], other)).toBe(0);
    expect(JSON.parse(other.out())).toEqual(TIMELINE);
  },
);

it('a run without checkpoints lists none', async () => {
  const { server, fake } = withServer();
  server.timeline = [];
  expect(await runCli(['rewind', RUN], fake)).toBe(0);
  expect(fake.out()).toBe('');
  expect(fake.err()).toBe('No checkpoints yet.\n');
});

// §13 archive, §13 unarchive
it.each([
  ['archive', 'Archived', 'archived'],
  ['unarchive', 'Restored', 'unarchived'],
])(
  '§13 %s: takes several runs; what cannot be done is named, and the code is 1',
  async (action, did, key) => {
    const { server, fake } = withServer();
    expect(await runCli([action, RUN], fake)).toBe(0);
    expect(fake.err()).toBe(`${did} ${RUN}.\n`);
    expect(server.requests).toContain(`POST /runs/${RUN}/${action}`);
    const { fake: partly } = withServer();
    expect(await runCli([action, 'nope', RUN], partly)).toBe(1);
    expect(partly.err()).toBe(`error: nope: Run nope not found.\n${did} ${RUN}.\n`);
    const { fake: json } = withServer();
    expect(await runCli([action, 'nope', RUN, '--json'], json)).toBe(1);
    expect(JSON.parse(json.out())).toEqual({
      [key]: [RUN],
      errors: [{ identifier: 'nope', error: 'Run nope not found.' }],
    });
    expect(await runCli([action], withServer().fake)).toBe(2);
  },
);

it('`fabro ps -a` asks for archived runs too, plain `fabro ps` does not', async () => {
  const { server, fake } = withServer();
  await runCli(['ps', '-a'], fake);
  await runCli(['ps'], fake);
  const lists = server.requests.filter((r) => r.startsWith('GET /runs?'));
  expect(lists[0]).toContain('include_archived=true');
  expect(lists[1]).not.toContain('include_archived');
});

it('`fabro logs --follow` of an archived run prints its events and does not wait', async () => {
  const { server, fake } = withServer();
  const e = script();
  server.events = [
    e(0, 'run.completed', { duration_ms: 5, status: 'succeeded', reason: 'completed' }),
    e(9, 'run.archived', {}),
  ];
  expect(await runCli(['logs', RUN, '-f'], fake)).toBe(0);
  expect(server.requests.some((r) => r.includes('/attach'))).toBe(false);
});

it('in the view of a fork, what its source began and left is not under way', () => {
  const e = script();
  const fix = stage('fix', 'Fix');
  let view = emptyView(RUN);
  for (const event of [
    e(0, 'run.started', { name: 'Ok' }),
    e(0, 'stage.started', started('agent'), fix),
    e(5, 'run.reopened', {}),
  ])
    view = reduce(view, event).view;
  expect(view.active).toEqual([]);
  view = reduce(view, e(6, 'stage.started', started('agent'), stage('fix', 'Fix'))).view;
  view = reduce(view, e(7, 'stage.completed', completed(1), fix)).view;
  expect(view.active).toEqual([]);
});

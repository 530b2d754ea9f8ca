/**
 * SIGKILL at named points across append, act and commit. The points lie outside the product: in a git that
 * stands before the real one, in the commands themselves, and in the system calls of the journal's writer.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explainFailure } from './support/explain.js';
import { type Home, git, testHome } from './support/home.js';
import {
  expectBoundedRepeats,
  expectNoLeftovers,
  expectNothingRuns,
  expectStagesOnce,
  expectWholeRecord,
} from './support/judge.js';
import { type Server, startServer } from './support/server.js';
import { type Watcher, watch } from './support/watcher.js';

/**
 * `<call>@<script>`: when git is first asked for this after the script has begun, the server dies before or
 * after git has done it. Never more than two deaths lie between two checkpoints.
 */
const GIT_STOPS = [
  'worktree@nothing-after',
  'commit@one-before',
  'reset@two-before',
  'commit@three-after',
  'worktree@four-before',
  'merge-base@join-after',
  'worktree@join-before',
  'commit@five-after',
] as const;
/** The server dies as the first or the last thing that a command does. */
const ACT_STOPS = ['two-before', 'three-after'] as const;

/** Kills the server of the home, unless this stop was reached before. */
const die = (home: Home, stop: string): string =>
  `if mkdir ${home.at('reached')}/${stop} 2> /dev/null; then kill -9 $(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' ${home.storage}/server.json); sleep 5; fi`;

function deadlyGit(home: Home): string {
  const stops = GIT_STOPS.map((stop) => {
    const [, call = '', when = ''] = /^(.*)-(before|after)$/.exec(stop) ?? [];
    return `  ${call}) when=${when}; stop=${stop} ;;`;
  });
  const path = home.write(
    'bin/git',
    `#!/bin/bash
real() { PATH='${process.env['PATH']}' command git "$@"; }
kind=
for word in "$@"; do
  case "$word" in worktree|commit|reset|merge-base) kind=$word; break ;; esac
done
last=$(tail -n 1 ${home.at('ledger')} 2> /dev/null)
case "$last" in '') last=nothing ;; aa|bb) last=join ;; esac
when=
case "$kind@$last" in
${stops.join('\n')}
esac
if [ "$when" = before ]; then ${die(home, '$stop')}; fi
real "$@"; code=$?
if [ "$when" = after ]; then ${die(home, '$stop')}; fi
exit $code
`,
  );
  chmodSync(path, 0o755);
  return `${home.at('bin')}:${process.env['PATH']}`;
}

const SCRIPTS = ['one', 'two', 'three', 'four', 'a', 'aa', 'b', 'bb', 'five'];

function graph(home: Home): string {
  const note = (id: string): string => `echo ${id} >> ${home.at('ledger')}`;
  const bodies: Readonly<Record<string, string>> = {
    two: `${note('two')}; ${die(home, 'two-before')}; date > two.txt`,
    three: `${note('three')}; date > three.txt; ${die(home, 'three-after')}`,
  };
  const nodes = SCRIPTS.map((id) => {
    const script = bodies[id] ?? `${note(id)}; date > ${id}.txt`;
    return `${id} [shape=parallelogram, script=${JSON.stringify(script)}]`;
  });
  return `digraph Stops {
    start [shape=Mdiamond]
    exit [shape=Msquare]
    ${nodes.join('\n    ')}
    fork [shape=component]
    join [shape=tripleoctagon]
    start -> one -> two -> three -> four -> fork
    fork -> a -> aa -> join
    fork -> b -> bb -> join
    join -> five -> exit
  }`;
}

/** Starts the server again whenever it dies, until the client has seen the end. */
async function restartUntilEnded(
  watcher: Watcher,
  current: () => Server,
  restart: () => Promise<void>,
): Promise<number> {
  for (let deaths = 0; ; deaths++) {
    const next = await Promise.race([
      current().exited.then(() => 'died' as const),
      watcher.finished.then(() => 'ended' as const),
    ]);
    if (next === 'ended') return deaths;
    await restart();
  }
}

describe('SIGKILL of the server', () => {
  it('around git and inside commands: nothing is lost, nothing is done twice that was recorded', async () => {
    const home = testHome();
    mkdirSync(home.at('reached'));
    const repo = home.repository('project', { 'README.md': 'A project.\n' });
    const env = { PATH: deadlyGit(home) };
    let server = await startServer(home, { env });
    const run = await server.run(graph(home), { cwd: repo });
    const watcher = watch(run, () => server);
    explainFailure(home, watcher);
    const deaths = await restartUntilEnded(
      watcher,
      () => server,
      async () => {
        server = await startServer(home, { env });
      },
    );

    expect(await server.status(run)).toMatchObject({ status_reason: 'completed' });
    expect(readdirSync(home.at('reached')).toSorted()).toEqual(
      [...GIT_STOPS, ...ACT_STOPS].toSorted(),
    );
    expect(deaths).toBe(GIT_STOPS.length + ACT_STOPS.length);
    const events = await expectWholeRecord(watcher, run, server);
    expectStagesOnce(
      events,
      ['start', ...SCRIPTS, 'fork', 'join', 'exit'].map((id) => `${id}@1`),
    );
    expectBoundedRepeats(home.lines('ledger'), SCRIPTS, { kills: deaths, openAtOnce: 2 });
    const calls = git(
      repo,
      'log',
      `fabro/run/${run}`,
      '--format=%(trailers:key=Fabro-Call,valueonly)',
    )
      .split('\n')
      .filter((line) => line !== '');
    expect(new Set(calls).size).toBe(calls.length);
    expect(git(repo, 'status', '--porcelain')).toBe('');
    expect(git(repo, 'worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(2);
    await expectNoLeftovers(server);
    expect(await server.stop()).toMatchObject({ code: 0 });
    await expectNothingRuns(server.rootId);
  }, 60_000);
});

/** Attaching needs the program, and either root or a kernel that lets users trace their own processes. */
const canTrace = ((): boolean => {
  try {
    execFileSync('strace', ['-f', '-qq', '-e', 'trace=none', 'true'], { stdio: 'ignore' });
    if (process.getuid?.() === 0) return true;
    return readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'utf8').trim() === '0';
  } catch {
    return false;
  }
})();

/** From now on the server dies as one of its threads enters the system call for the n-th time. */
async function killAtCall(home: Home, server: Server, call: string, nth: number): Promise<void> {
  const inject = `inject=${call}:signal=KILL:when=${nth}`;
  const strace = spawn(
    'strace',
    ['-f', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject, '-p', String(server.pid)],
    { env: { ...home.env }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await once(strace.stderr, 'data');
  strace.stderr.resume();
}

describe.skipIf(!canTrace)(
  'SIGKILL inside the journal (skipped where strace cannot attach)',
  () => {
    const STEPS = ['one', 'two', 'three', 'four', 'five'];
    it.each([
      ['fsync', 4],
      ['fsync', 7],
      ['pwrite64', 17],
      ['pwrite64', 34],
    ])(
      'as the writer calls %s for the %i. time: the run completes and each stage does once',
      async (call, nth) => {
        const home = testHome();
        const nodes = STEPS.map(
          (id) => `${id} [shape=parallelogram, script="echo ${id} >> ${home.at('ledger')}"]`,
        );
        const chain = `digraph Chain {
      start [shape=Mdiamond]
      exit [shape=Msquare]
      ${nodes.join('\n      ')}
      start -> ${STEPS.join(' -> ')} -> exit
    }`;
        let server = await startServer(home);
        const run = await server.create(chain);
        await killAtCall(home, server, call, nth);
        await server.api('POST', `/runs/${run}/start`, { body: {} });
        const watcher = watch(run, () => server);
        explainFailure(home, watcher);
        const deaths = await restartUntilEnded(
          watcher,
          () => server,
          async () => {
            server = await startServer(home);
          },
        );
        expect(deaths).toBe(1);
        expect(await server.status(run)).toMatchObject({ status_reason: 'completed' });
        const events = await expectWholeRecord(watcher, run, server);
        expectStagesOnce(
          events,
          ['start', ...STEPS, 'exit'].map((id) => `${id}@1`),
        );
        expectBoundedRepeats(home.lines('ledger'), STEPS, { kills: 1 });
        expect(await server.stop()).toMatchObject({ code: 0 });
        await expectNothingRuns(server.rootId);
      },
      60_000,
    );
  },
);

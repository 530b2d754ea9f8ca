/** The lines of `fabro logs`. */
import type { AnyEvent } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { logPrinter } from '../src/render/log-printer.js';
import { colours, plainPaint } from '../src/render/paint.js';
import { displayWidth } from '../src/render/text.js';
import { completed, script, stage, started, usage } from './support/events.js';

const printerOf = (options: { columns?: number; verbose?: boolean } = {}) =>
  logPrinter({
    paint: plainPaint,
    verbose: options.verbose ?? false,
    columns: () => options.columns,
    timeOfDay: (ts) => ts.slice(11, 19),
  });
const linesOf = (events: readonly AnyEvent[], printer = printerOf()) =>
  events.flatMap((event) => printer.event(event));

const output = (text: string) => ({ tail: text, bytes: text.length });
const ran = (stdout: string, code = 0) => ({
  stdout: output(stdout),
  stderr: output(''),
  exit_code: code,
  duration_ms: 900,
  termination: 'exited',
});

describe('the lines of a run', () => {
  it('tell how its folder was prepared and what its retro counts', () => {
    const e = script();
    const step = { command: 'npm ci', index: 0, ...ran('') };
    const retro = {
      run_id: 'r',
      workflow_name: 'Demo',
      goal: '',
      timestamp: '2026-01-01T00:00:00.000Z',
      stages: [],
      stats: { total_duration_ms: 5, total_retries: 1, stages_completed: 3, stages_failed: 0 },
    };
    const events = [
      e(0, 'setup.started', { command_count: 1 }),
      e(0, 'setup.command.started', { command: 'npm ci', index: 0 }),
      e(0, 'setup.command.completed', { ...step, duration_ms: 1_200 }),
      e(0, 'setup.completed', { duration_ms: 1_200 }),
      e(0, 'retro.started'),
      e(0, 'retro.completed', { duration_ms: 1, retro }),
      e(0, 'setup.failed', { command: 'npm ci', index: 0, exit_code: 1, stderr: 'no network\n' }),
      e(0, 'retro.failed', { error: 'the disk is full', duration_ms: 1 }),
    ];
    expect(linesOf(events).map((line) => line.slice(26).trimEnd())).toEqual([
      '✓ prepare: npm ci  1.2s',
      'retro: 3 stages completed, 1 retry',
      '✗ prepare: npm ci failed',
      '│ no network',
      '! retro failed: the disk is full',
    ]);
  });

  it('name time, stage and what happened, and quote scripts, outputs and reasons', () => {
    const e = script();
    const test = stage('test', 'Run the tests');
    const failure = {
      message: 'Script failed with exit code: 1\n\n## stdout\n1 failing',
      failure_class: 'deterministic',
    };
    const events = [
      e(0, 'run.created', {
        manifest_blob: 'm',
        workflow_name: 'Demo',
        labels: {},
        in_place: false,
        goal: 'Mend it',
      }),
      e(0, 'run.started', { name: 'demo', run_branch: 'fabro/run/1' }),
      e(0, 'sandbox.ready', { provider: 'local', duration_ms: 12 }),
      e(0, 'stage.started', started('start'), stage('start', 'start')),
      e(0, 'stage.completed', completed(0), stage('start', 'start')),
      e(100, 'stage.started', started('command'), test),
      e(100, 'command.started', { script: 'npm test', language: 'shell' }, test),
      e(1000, 'command.completed', ran('1 failing\n', 1), test),
      e(
        1000,
        'stage.failed',
        { index: 0, duration_ms: 900, attempt: 1, max_attempts: 1, will_retry: false, failure },
        test,
      ),
      e(1000, 'git.commit', { sha: '542c94b7dbb00ae44e103b6108eb63fb977aebc5' }, test),
      e(
        1000,
        'edge.selected',
        {
          from_node: 'test',
          to_node: 'fix',
          reason: 'condition',
          condition: 'outcome=failed',
          stage_status: 'failed',
          is_jump: false,
        },
        { node_id: 'test' },
      ),
      e(
        2000,
        'edge.selected',
        {
          from_node: 'fix',
          to_node: 'exit',
          reason: 'unconditional',
          stage_status: 'succeeded',
          is_jump: false,
        },
        { node_id: 'fix' },
      ),
      e(2000, 'run.completed', {
        duration_ms: 2000,
        status: 'succeeded',
        reason: 'completed',
        billing: usage(2500),
      }),
    ];
    expect(linesOf(events)).toEqual([
      '12:00:00                  ● Demo created',
      '                          │ Mend it',
      '12:00:00                  ● started on branch fabro/run/1',
      '12:00:00                  sandbox local ready in 12ms',
      '12:00:00  test            ▸ Run the tests (command)',
      '12:00:00  test            $ npm test',
      '12:00:01  test            exit code 1 after 900ms',
      '                          │ 1 failing',
      '12:00:01  test            ✗ failed  900ms',
      '                          │ Script failed with exit code: 1',
      '12:00:01  test            → fix  (outcome=failed)',
      '12:00:02                  ■ succeeded  2.0s · 1.5k tokens · $0.0025',
    ]);
  });

  it('tell of retries, interruptions, questions and skipped stages', () => {
    const e = script();
    const build = stage('build', 'Build');
    const failure = { message: 'socket hang up', failure_class: 'transient_infra' };
    expect(
      linesOf([
        e(0, 'stage.started', started('command', 1, 3), build),
        e(
          5,
          'stage.failed',
          { index: 0, duration_ms: 5, attempt: 1, max_attempts: 3, will_retry: true, failure },
          build,
        ),
        e(
          5,
          'stage.retrying',
          { index: 0, attempt: 1, max_attempts: 3, delay_ms: 5000, due_at: 0 },
          build,
        ),
        e(5000, 'stage.started', started('command', 2, 3), build),
        e(6000, 'run.resumed', { epoch: 2 }),
        e(6000, 'stage.interrupted', { index: 0, attempt: 2 }, build),
        e(7000, 'stage.completed', completed(1, { status: 'skipped', notes: 'by a hook' }), build),
        e(
          7000,
          'interview.started',
          {
            question_id: 'q',
            question: 'Ship?',
            stage: 'ask@1',
            question_type: 'multiple_choice',
            options: [
              { key: 'Y', label: 'Yes' },
              { key: 'N', label: 'No' },
            ],
            allow_freeform: false,
          },
          stage('ask', 'Ask'),
        ),
        e(
          8000,
          'interview.completed',
          { question_id: 'q', answer: { kind: 'selected', key: 'Y' } },
          stage('ask', 'Ask'),
        ),
        e(9000, 'run.failed', { error: 'gave up', duration_ms: 9000, reason: 'terminated' }),
      ]).map((line) => line.slice(10)),
    ).toEqual([
      'build           ▸ Build (command)',
      'build           ✗ failed, to be tried again  5ms',
      '                │ socket hang up',
      'build           ↻ attempt 2 of 3 in 5.0s',
      'build           ▸ Build (command, attempt 2 of 3)',
      '                ↻ resumed after an interruption',
      'build           ↻ interrupted by a restart; a new attempt begins',
      'build           ⊘ skipped  1ms',
      '                │ by a hook',
      'ask             ? Ship?  (Y: Yes, N: No)',
      'ask             ! answered: Y',
      '                ■ failed (terminated)  9.0s',
      '                │ gave up',
    ]);
  });

  it('tell of child workflows, hooks that decide, artifacts, restarts of a loop and stalls', () => {
    const e = script();
    const boss = stage('boss', 'Boss');
    const step = stage('step', 'Step', 'root/boss@1:child');
    const hook = { hook: 'guard', hook_event: 'stage_start', index: 0, gate: 'g', duration_ms: 7 };
    const artifact = {
      attempt: 1,
      node_slug: 'step',
      mime: 'text/plain',
      content_md5: 'm',
      content_sha256: 's',
      blob: 'b',
    };
    expect(
      linesOf([
        e(0, 'subgraph.started', { start_node: 'start', graph: 'child.fabro' }, boss),
        e(0, 'stage.started', started('command'), step),
        e(0, 'hook.completed', { ...hook, decision: 'proceed' }, step),
        e(0, 'hook.completed', { ...hook, decision: 'block', reason: 'not on Fridays' }, step),
        e(
          0,
          'hook.completed',
          { ...hook, decision: 'block', reason: 'exited with code 2', output_tail: 'no way\n' },
          step,
        ),
        e(0, 'artifact.captured', { ...artifact, path: 'out/report.txt', bytes: 2048 }, step),
        e(0, 'loop.restart', { from_node: 'boss', to_node: 'plan' }, boss),
        e(0, 'watchdog.timeout', { idle_seconds: 1800, node: 'boss' }),
      ]).map((line) => line.slice(10)),
    ).toEqual([
      'boss            child workflow child.fabro',
      '  step          ▸ Step (command)',
      '  step          ⚑ hook guard: block  7ms',
      '                │ not on Fridays',
      '  step          ⚑ hook guard: block  7ms',
      '                │ exited with code 2',
      '                │ no way',
      '  step          artifact out/report.txt (2.0 KB)',
      'boss            ↻ begins again at plan',
      '                ! no activity in boss for 1800s',
    ]);
  });

  it('indent branches by how deep they stand, and name later visits', () => {
    const e = script();
    const at = (id: string, frame: string) => ({ ...stage('check', 'Check', frame), stage_id: id });
    expect(
      linesOf([
        e(0, 'stage.started', started('command'), at('check@1', 'root/verify@1:0')),
        e(0, 'stage.started', started('command'), at('check@3', 'root/verify@1:0/inner@1:1')),
      ]).map((line) => line.slice(10)),
    ).toEqual(['  check         ▸ Check (command)', '    check@3     ▸ Check (command)']);
  });

  it('fold a long output to its end and a long text to its start, unless --verbose', () => {
    const e = script();
    const scope = stage('a', 'A');
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`).join('\n');
    const message = {
      visit: 1,
      turn: 1,
      model: 'm',
      tool_call_count: 0,
      finish_reason: 'stop',
      message: { role: 'assistant', content: [] },
    };
    const events = [
      e(0, 'command.completed', ran(lines), scope),
      e(0, 'agent.message', { ...message, text: lines }, scope),
    ];
    expect(linesOf(events).map((line) => line.slice(26))).toEqual([
      'exit code 0 after 900ms',
      '│ … 12 more lines (--verbose shows them)',
      ...[13, 14, 15, 16, 17, 18, 19, 20].map((n) => `│ line ${n}`),
      '✎ turn 1',
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `│ line ${n}`),
      '│ … 12 more lines (--verbose shows them)',
    ]);
    expect(linesOf(events, printerOf({ verbose: true }))).toHaveLength(42);
  });

  it('show every event with its number under --verbose', () => {
    const e = script();
    const events = [
      e(0, 'run.starting'),
      e(0, 'git.commit', { sha: '542c94b' }, stage('a', 'A')),
      e(0, 'run.fancy', { message: 'from a newer server' }),
    ];
    expect(linesOf(events)).toEqual(['12:00:00                  run.fancy  from a newer server']);
    expect(linesOf(events, printerOf({ verbose: true })).map((line) => line.slice(10))).toEqual([
      '                #1 run.starting',
      'a               #2 git.commit  542c94b',
      '                #3 run.fancy  from a newer server',
    ]);
  });

  it.each([40, 80])('fit a terminal of %i columns, in colour too', (columns) => {
    const e = script();
    const printer = logPrinter({
      paint: colours,
      verbose: false,
      columns: () => columns,
      timeOfDay: () => '12:00:00',
    });
    const lines = [
      ...printer.event(e(0, 'run.notice', { level: 'warn', code: 'x', message: 'w'.repeat(200) })),
      ...printer.event(
        e(0, 'agent.error', { visit: 1, error: '日本'.repeat(80) }, stage('a', 'A')),
      ),
      ...printer.event(
        e(0, 'run.failed', { error: 'e'.repeat(200), duration_ms: 1, reason: 'terminated' }),
      ),
    ];
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(displayWidth(line)).toBeLessThan(columns);
  });

  it('never carry control sequences of scripts, outputs or names to the terminal', () => {
    const e = script();
    const scope = { node_id: 'x', stage_id: 'x\x1b[2J@1', frame_id: 'root' };
    expect(linesOf([e(0, 'command.completed', ran('\x1b]0;owned\x07out\x1b[31m'), scope)])).toEqual(
      ['12:00:00  x               exit code 0 after 900ms', '                          │ out'],
    );
  });
});

describe('live output', () => {
  const one = { stage_id: 'one@1', frame_id: 'root/fork@1:0' };
  const two = { stage_id: 'two@1', frame_id: 'root/fork@1:1' };
  const printed = (scope: object, delta: string) => ({
    ...scope,
    event: 'command.output.delta',
    properties: { stream: 'stdout', delta },
  });
  const said = (delta: string) => ({
    ...one,
    event: 'agent.text.delta',
    properties: { block_id: 'b', index: 0, delta },
  });

  it('is shown by whole lines, with the name of the branch where another one goes on', () => {
    const printer = printerOf();
    expect(printer.live(printed(one, 'a\nhal'))).toEqual(['            one           │ a']);
    expect(printer.live(printed(two, 'b\n'))).toEqual(['            two           │ b']);
    expect(printer.live(printed(one, 'f\nc\n'))).toEqual([
      '            one           │ half',
      '                          │ c',
    ]);
  });

  it('is not quoted again by the event that ends it, only what was still missing', () => {
    const e = script();
    const printer = printerOf();
    printer.event(e(0, 'stage.started', started('command'), { ...one, node_id: 'one' }));
    printer.live(printed(one, 'a\nb'));
    expect(printer.event(e(1, 'command.completed', ran('a\nb'), one))).toEqual([
      '                          │ b',
      '12:00:00    one           exit code 0 after 900ms',
    ]);
  });

  it('of a model goes on after the connection was lost where it was', () => {
    const e = script();
    const printer = printerOf();
    expect(printer.live(said('I read\nthe fi'))).toEqual(['            one           │ I read']);
    const whole = { block_id: 'b', index: 9, text: 'I read\nthe file.\nNow' };
    expect(printer.live({ ...one, event: 'agent.output.replace', properties: whole })).toEqual([
      '                          │ the file.',
    ]);
    const message = {
      visit: 1,
      turn: 1,
      text: `${whole.text} I act.`,
      model: 'm',
      tool_call_count: 0,
      finish_reason: 'stop',
      message: { role: 'assistant', content: [] },
    };
    expect(printer.live(said(' I act.'))).toEqual([]);
    expect(printer.event(e(1, 'agent.message', message, one))).toEqual([
      '                          │ Now I act.',
      '12:00:00    one           ✎ turn 1',
    ]);
    const answer = { response: message.text, model: 'm', provider: 'p' };
    expect(printer.event(e(1, 'prompt.completed', answer, one))).toEqual([]);
  });

  it('breaks a line that does not end at a blank', () => {
    const lines = printerOf().live(said(`${'word '.repeat(50)}`));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/│ (word ){31}word$/);
  });
});

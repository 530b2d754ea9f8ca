import { describe, expect, it } from 'vitest';
import { type AnyEvent, Retro } from '@fabro/protocol';
import { frictionLines } from '../src/render/retro.js';
import { linesFor } from '../src/render/lines.js';
import { liveRegion } from '../src/render/live-region.js';
import { plainPaint } from '../src/render/paint.js';
import { reduce, reduceLive } from '../src/render/reduce.js';
import { resultLines } from '../src/render/result.js';
import { openScreen, redraw } from '../src/render/screen.js';
import { displayWidth } from '../src/render/text.js';
import { type RunView, emptyView } from '../src/render/view.js';
import { RUN, at, completed, script, stage, started, usage } from './support/events.js';
import { fakeIo } from './support/fake-io.js';

const options = { paint: plainPaint, verbose: false };

function fold(events: readonly AnyEvent[]): { view: RunView; lines: string[] } {
  let view = emptyView(RUN);
  const lines: string[] = [];
  for (const event of events) {
    const step = reduce(view, event);
    view = step.view;
    lines.push(...step.happened.flatMap((happening) => linesFor(happening, options)));
  }
  return { view, lines };
}

const fixing = (): AnyEvent[] => {
  const e = script();
  const fix = stage('fix', 'Fix');
  return [
    e(0, 'run.started', { name: 'demo', run_branch: 'fabro/run/1' }),
    e(0, 'sandbox.ready', { provider: 'local', duration_ms: 12 }),
    e(0, 'stage.started', started('command'), stage('test', 'Run the tests')),
    e(
      900,
      'stage.failed',
      {
        index: 0,
        duration_ms: 900,
        attempt: 1,
        max_attempts: 1,
        will_retry: false,
        failure: {
          message:
            'Script failed with exit code: 1\n\n## stdout\n1 failing\n\n## stderr\nnpm error\ncat: a.txt: No such file\n',
          failure_class: 'deterministic',
        },
      },
      stage('test', 'Run the tests'),
    ),
    e(1000, 'stage.started', started('agent'), fix),
    e(
      1000,
      'agent.session.started',
      {
        visit: 1,
        provider: 'scripted',
        model: '/examples/script.yaml',
        scripted: true,
        head_blob: 'h',
        input_blob: 'i',
      },
      fix,
    ),
    e(
      1500,
      'agent.message',
      {
        visit: 1,
        turn: 1,
        text: 'I read it.',
        model: 'm',
        billing: usage(1500),
        tool_call_count: 2,
        finish_reason: 'tool_calls',
        message: { role: 'assistant', content: [] },
      },
      fix,
    ),
    e(
      1600,
      'agent.tool.started',
      { visit: 1, tool_name: 'read_file', tool_call_id: 'a', arguments: { file_path: 'src/a.ts' } },
      fix,
    ),
    e(
      1700,
      'agent.tool.completed',
      { visit: 1, tool_name: 'read_file', tool_call_id: 'a', output: '', is_error: false },
      fix,
    ),
    e(
      1800,
      'agent.tool.started',
      { visit: 1, tool_name: 'shell', tool_call_id: 'b', arguments: { command: 'npm\n  test' } },
      fix,
    ),
  ];
};

describe('the lasting lines of a run', () => {
  it('say per stage how it ended, how long it took, its turns, tool calls and cost', () => {
    const e = script();
    const fix = stage('fix', 'Fix');
    const events = [
      ...fixing(),
      e(3000, 'agent.session.ended', { visit: 1, turns: 2, tool_calls: 2 }, fix),
      e(3000, 'stage.completed', completed(2000, { usage: usage(2500) }), fix),
    ];
    expect(fold(events).lines).toEqual([
      'Branch: fabro/run/1',
      'Sandbox: local (ready in 12ms)',
      '✗ Run the tests  900ms',
      '  Script failed with exit code: 1',
      '  cat: a.txt: No such file',
      '✓ Fix  2.0s · 2 turns, 2 tool calls · 1.5k tokens · $0.0025 · scripted model (script.yaml)',
    ]);
  });

  it('indent the stages of parallel branches and keep equal stages of two branches apart', () => {
    const e = script();
    const one = stage('check', 'Check', 'root/verify@1:0');
    const two = stage('check', 'Check', 'root/verify@1:1');
    const { lines, view } = fold([
      e(0, 'stage.started', started('command'), one),
      e(0, 'stage.started', started('command'), two),
      e(10, 'stage.completed', completed(10), two),
    ]);
    expect(lines).toEqual(['  ✓ Check  10ms']);
    expect(view.active.map((active) => active.key)).toEqual(['root/verify@1:0/check@1']);
  });

  it('show skipped and cancelled stages, and stages of branches in branches and of child workflows deeper', () => {
    const e = script();
    const failure = {
      message: 'Another branch succeeded first',
      failure_class: 'canceled',
      system_actor: 'engine',
    };
    const at = (frame: string, label: string) => stage('n', label, frame);
    const { lines } = fold([
      e(0, 'stage.started', started('command'), at('root', 'Skipped')),
      e(0, 'stage.completed', completed(0, { status: 'skipped' }), at('root', 'Skipped')),
      e(0, 'stage.started', started('command'), at('root/fork@1:0', 'Slow')),
      e(0, 'stage.started', started('command'), at('root/fork@1:1/inner@1:0', 'Inner')),
      e(5, 'stage.completed', completed(5), at('root/fork@1:1/inner@1:0', 'Inner')),
      e(
        9,
        'stage.failed',
        { index: 0, duration_ms: 9, attempt: 1, max_attempts: 1, will_retry: false, failure },
        at('root/fork@1:0', 'Slow'),
      ),
    ]);
    expect(lines).toEqual([
      '⊘ Skipped  0ms',
      '    ✓ Inner  5ms',
      '  ⊘ Slow  9ms',
      '    Another branch succeeded first',
    ]);
  });

  it('name retries, interruptions and notices', () => {
    const e = script();
    const scope = stage('build', 'Build');
    const { lines } = fold([
      e(0, 'stage.started', started('command', 1, 3), scope),
      e(
        5,
        'stage.failed',
        {
          index: 0,
          duration_ms: 5,
          attempt: 1,
          max_attempts: 3,
          will_retry: true,
          failure: { message: 'socket hang up', failure_class: 'transient_infra' },
        },
        scope,
      ),
      e(
        5,
        'stage.retrying',
        { index: 0, attempt: 1, max_attempts: 3, delay_ms: 5000, due_at: at(5005) },
        scope,
      ),
      e(6000, 'stage.started', started('command', 2, 3), scope),
      e(6100, 'run.resumed', { epoch: 2, clean: false }),
      e(6100, 'stage.interrupted', { index: 0, attempt: 2 }, scope),
      e(6200, 'run.notice', { level: 'warn', code: 'x', message: 'disk is\nnearly full' }),
    ]);
    expect(lines).toEqual([
      '↻ Build  next attempt 2 of 3 in 5.0s: socket hang up',
      '↻ Resumed after an interruption',
      '↻ Build  interrupted by a restart; a new attempt begins',
      'warning: disk is nearly full',
    ]);
  });

  it('show a conditional as what it passes on, without saying the failure before it again', () => {
    const e = script();
    const gate = stage('gate', 'Tests pass?');
    const failure = { message: 'Script failed with exit code: 1', failure_class: 'deterministic' };
    const { lines } = fold([
      e(0, 'stage.started', started('conditional'), gate),
      e(1, 'stage.completed', completed(1, { status: 'failed', failure }), gate),
      e(2, 'stage.started', started('conditional'), gate),
      e(3, 'stage.completed', completed(1, { status: 'partially_succeeded' }), gate),
    ]);
    expect(lines).toEqual(['◇ Tests pass?  failed', '◇ Tests pass?  partially succeeded']);
  });

  it('never carry control sequences from labels or messages to the terminal', () => {
    const e = script();
    const scope = stage('x', '\x1b[2J\x1b]0;owned\x07Evil\u202e');
    const { lines } = fold([
      e(0, 'stage.started', started('command'), scope),
      e(5, 'stage.completed', completed(5), scope),
    ]);
    expect(lines).toEqual(['✓ Evil  5ms']);
  });
});

describe('folding', () => {
  it('ignores unknown events and known events of an unknown shape, and keeps their place', () => {
    const e = script();
    const { view, lines } = fold([
      e(0, 'run.fancy', { x: 1 }),
      e(0, 'run.started', { name: 5 }),
      e(0, 'run.running'),
    ]);
    expect(lines).toEqual([]);
    expect(view).toMatchObject({ phase: 'running', lastSeq: 3 });
  });

  it('opens a run again that ended and was resumed', () => {
    const e = script();
    const events = [
      e(0, 'run.failed', { error: 'boom', duration_ms: 5, reason: 'workflow_error' }),
      e(9, 'run.queued'),
    ];
    expect(fold(events.slice(0, 1)).view.end).toEqual({
      status: 'failed',
      reason: 'workflow_error',
      durationMs: 5,
      error: 'boom',
    });
    const { view } = fold(events);
    expect(view.end).toBeUndefined();
    expect(view.phase).toBe('waiting');
  });

  it('says that a run begins anew, and its branch once', () => {
    const e = script();
    const begun = e(0, 'run.started', { name: 'demo', run_branch: 'fabro/run/1' });
    const { lines } = fold([
      begun,
      e(5, 'loop.restart', { from_node: 'deploy', to_node: 'prepare' }),
      e(5, 'run.started', { name: 'demo', run_branch: 'fabro/run/1' }),
    ]);
    expect(lines).toEqual(['Branch: fabro/run/1', '↻ Begins anew at prepare']);
  });

  it('removes a question that was answered and says the label of the choice', () => {
    const e = script();
    const asked = e(0, 'interview.started', {
      question_id: 'q1',
      question: 'Keep?',
      stage: 'approve@1',
      question_type: 'multiple_choice',
      options: [{ key: 'A', label: 'Approve' }],
      allow_freeform: false,
    });
    expect(fold([asked]).view.questions).toHaveLength(1);
    const { view, lines } = fold([
      asked,
      e(1, 'interview.completed', { question_id: 'q1', answer: { kind: 'selected', key: 'A' } }),
    ]);
    expect(view.questions).toEqual([]);
    expect(lines).toEqual(['? Keep?  Approve']);
  });

  it('says that an answer was given by nobody', () => {
    const e = script();
    const { lines } = fold([
      e(0, 'interview.started', {
        question_id: 'q1',
        question: 'Keep?',
        stage: 'approve@1',
        question_type: 'multiple_choice',
        options: [{ key: 'A', label: '[A] Approve' }],
        allow_freeform: false,
      }),
      {
        ...e(1, 'interview.completed', {
          question_id: 'q1',
          answer: { kind: 'selected', key: 'A' },
        }),
        actor: { kind: 'system', system_kind: 'engine' },
      },
    ]);
    expect(lines).toEqual(['? Keep?  [A] Approve (auto-approved)']);
  });

  it('replaces an open block on connecting and bounds the text that it keeps', () => {
    let { view } = fold(fixing());
    const scope = { stage_id: 'fix@1', frame_id: 'root' };
    const delta = (text: string) => ({
      ...scope,
      event: 'agent.text.delta',
      properties: { block_id: 'b', index: 0, delta: text },
    });
    view = reduceLive(view, delta('lost'));
    view = reduceLive(view, {
      ...scope,
      event: 'agent.output.replace',
      properties: { block_id: 'b', index: 4, text: 'whole ' },
    });
    view = reduceLive(view, delta('text'));
    expect(view.active[0]?.live).toBe('whole text');
    view = reduceLive(view, delta('y'.repeat(10_000)));
    expect(view.active[0]?.live).toHaveLength(600);
  });
});

describe('the live region', () => {
  const region = (view: RunView, columns: number, rows = 24) =>
    liveRegion(view, { now: at(4000), frame: 0, columns, rows, paint: plainPaint });

  it('shows the running stage with its tool calls, the time and the cost so far', () => {
    expect(region(fold(fixing()).view, 100)).toEqual([
      '⠋ Fix  3s · 1 turn, 2 tool calls · 1.5k tokens · $0.0015 · scripted model (script.yaml)',
      '    ✓ read_file src/a.ts',
      '    ⠋ shell npm test',
      '4s · 1 stage done · $0.0015 · Ctrl-C detaches',
    ]);
  });

  it.each([20, 33, 40, 80])('keeps every line below %i columns', (columns) => {
    for (const line of region(fold(fixing()).view, columns))
      expect(displayWidth(line)).toBeLessThan(columns);
  });

  it('stays below the height of the terminal and counts what it leaves out', () => {
    const e = script();
    const events = Array.from({ length: 30 }, (_, i) =>
      e(0, 'stage.started', started('command'), stage(`n${i}`, `Node ${i}`)),
    );
    const lines = region(fold(events).view, 80, 10);
    expect(lines).toHaveLength(9);
    expect(lines.at(-2)).toBe('… and 23 more stages');
  });

  it('is gone when the run has ended', () => {
    const e = script();
    const end = e(9, 'run.failed', { error: 'x', duration_ms: 5, reason: 'workflow_error' });
    expect(region(fold([...fixing(), end]).view, 80)).toEqual([]);
  });
});

describe('redrawing', () => {
  it('moves up over the old region, writes lasting lines, then the new region, and clears the rest', () => {
    expect(redraw(['a', 'b'], ['done'], ['c'], 80)).toBe(
      '\x1b[?2026h\x1b[2A\rdone\x1b[K\nc\x1b[K\n\x1b[J\x1b[?2026l',
    );
  });

  it('counts the rows that lines wrapped into after the terminal became narrower', () => {
    expect(redraw(['x'.repeat(79)], [], [], 40)).toBe('\x1b[?2026h\x1b[2A\r\x1b[J\x1b[?2026l');
  });

  it('takes wide characters for two columns', () => {
    expect(displayWidth('日本 ok')).toBe(7);
    expect(displayWidth('\x1b[31mred\x1b[39m')).toBe(3);
  });
});

describe('the result block (engine reference §13)', () => {
  // §13 text result, §13 text output
  it('names run, status, duration, work and cost, then the output', () => {
    const e = script();
    const { view } = fold([
      ...fixing(),
      e(
        2,
        'prompt.completed',
        { response: 'All fixed.\n', model: 'm', provider: 'p' },
        stage('fix', 'Fix'),
      ),
      e(3000, 'stage.completed', completed(2000), stage('fix', 'Fix')),
      e(3000, 'run.completed', {
        duration_ms: 61_500,
        status: 'succeeded',
        reason: 'completed',
        final_git_commit_sha: 'abc123',
        billing: usage(1_250_000),
      }),
    ]);
    if (view.end === undefined) throw new Error('the run has not ended');
    expect(resultLines(view, view.end, plainPaint)).toEqual([
      '=== Run Result ===',
      `Run:      ${RUN}`,
      'Status:   SUCCEEDED',
      'Duration: 1m 02s',
      'Work:     2 stages, 1 turn, 2 tool calls',
      'Cost:     $1.25 (1.2k tokens in, 300 out)',
      'Branch:   fabro/run/1',
      'Commit:   abc123',
      '',
      '=== Output ===',
      'All fixed.',
    ]);
  });

  it('takes what a dry run says in place of a model for the output (§14)', () => {
    const e = script();
    const updates = { 'response.fix': '[Simulated] Response for stage: fix' };
    const begun = e(0, 'stage.started', started('agent'), stage('fix', 'Fix'));
    const ended = e(
      1,
      'stage.completed',
      {
        index: 0,
        duration_ms: 0,
        attempt: 1,
        max_attempts: 1,
        status: 'succeeded',
        context_updates: updates,
      },
      stage('fix', 'Fix'),
    );
    expect(fold([begun, ended]).view.output).toBe('[Simulated] Response for stage: fix');
  });

  it('takes the last message of an agent without tool calls for the output', () => {
    const e = script();
    const said = (text: string, calls: number) =>
      e(
        1,
        'agent.message',
        {
          visit: 1,
          turn: 1,
          text,
          model: 'm',
          tool_call_count: calls,
          finish_reason: 'stop',
          message: { role: 'assistant', content: [] },
        },
        stage('fix', 'Fix'),
      );
    const begun = e(0, 'stage.started', started('agent'), stage('fix', 'Fix'));
    expect(fold([begun, said('I look first.', 2)]).view.output).toBeUndefined();
    expect(fold([begun, said('Fixed.', 0), said('More to do.', 1)]).view.output).toBe('Fixed.');
  });

  it('says why a run failed', () => {
    const view = emptyView(RUN);
    const end = {
      status: 'failed',
      reason: 'terminated',
      durationMs: 10,
      error: 'gave up',
    } as const;
    expect(resultLines(view, end, plainPaint).slice(2)).toEqual([
      'Status:   FAILED',
      'Duration: 10ms',
      'Work:     0 stages',
      'Reason:   terminated',
      'Error:    gave up',
    ]);
  });
});

describe('the screen', () => {
  const open = () => {
    const io = fakeIo({ tty: true });
    const screen = openScreen(io, io.stderr, 3);
    return { io, screen };
  };

  it('hides the cursor while a region is shown and gives it back on closing, once', () => {
    const { io, screen } = open();
    screen.region(['working']);
    screen.close();
    screen.close();
    expect(io.err().split('\x1b[?25l')).toHaveLength(2);
    expect(io.err().split('\x1b[?25h')).toHaveLength(2);
    expect(io.err().endsWith('\x1b[?25h')).toBe(true);
    expect(io.listeners()).toBe(0);
  });

  it('draws nothing while a prompt has the terminal, then the lines that were held, the oldest dropped', () => {
    const { io, screen } = open();
    screen.region(['working']);
    screen.suspend();
    const before = io.err();
    screen.print(['1', '2', '3', '4', '5']);
    screen.region(['still working']);
    expect(io.err()).toBe(before);
    screen.resume();
    expect(io.err().slice(before.length)).toBe(
      '\x1b[?2026h… 2 lines were not shown\x1b[K\n3\x1b[K\n4\x1b[K\n5\x1b[K\n\x1b[J\x1b[?2026l',
    );
  });

  it('writes nothing for a region that did not change', () => {
    const { io, screen } = open();
    screen.region(['same']);
    const before = io.err();
    screen.region(['same']);
    expect(io.err()).toBe(before);
  });
});

describe('the preparation and the retro of a run', () => {
  const retro = {
    run_id: RUN,
    workflow_name: 'demo',
    goal: '',
    timestamp: '2026-01-31T12:00:00.000Z',
    smoothness: 'smooth',
    stages: [
      {
        stage_id: 'fix@1',
        stage_label: 'Fix',
        status: 'failed',
        duration_ms: 1,
        retries: 2,
        failure_reason: 'exit code: 1\nmore',
      },
    ],
    stats: {
      total_duration_ms: 5,
      total_retries: 2,
      files_touched: ['a.ts'],
      stages_completed: 3,
      stages_failed: 1,
    },
  } as const;

  it('§12 run.prepare: each step gets a line with its time', () => {
    const e = script();
    const step = (exit_code: number) => ({
      command: 'npm ci\nnpm run build',
      index: 0,
      exit_code,
      duration_ms: 1200,
      termination: 'exited',
      stdout: { tail: '', bytes: 0 },
      stderr: { tail: '', bytes: 0 },
    });
    const { lines } = fold([
      e(0, 'setup.command.completed', step(0)),
      e(1, 'setup.command.completed', step(1)),
    ]);
    expect(lines).toEqual(['✓ prepare: npm ci  1.2s', '✗ prepare: npm ci  1.2s']);
  });

  it('§11 retro: the result has one line of it', () => {
    const e = script();
    const { view } = fold([
      e(0, 'retro.completed', { duration_ms: 0, retro: structuredClone(retro) as never }),
      e(1, 'run.completed', { duration_ms: 5, status: 'succeeded', reason: 'completed' }),
    ]);
    if (view.end === undefined) throw new Error('the run has ended');
    expect(resultLines(view, view.end, plainPaint)).toContain(
      'Retro:    smooth; 3 stages completed, 1 failed, 2 retries, 1 file touched',
    );
  });

  it('§11 retro: inspect names the stages that were tried again or failed', () => {
    expect(frictionLines(Retro.parse(retro))).toEqual([
      '  fix@1 failed after 3 attempts: exit code: 1',
    ]);
  });
});

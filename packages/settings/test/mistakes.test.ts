import { describe, expect, it } from 'vitest';
import { MAX_MISTAKES, MAX_SETTINGS_CHARS } from '../src/limits.js';
import { refusal, sentences } from './support/refusal.js';

describe('a mistake in a settings file', () => {
  it('is shown with file, line, column and the line itself (§12 unknown keys fail everywhere)', () => {
    expect(refusal('_version = 1\n\n[run]\n  modle = { name = "m" }\n')).toBe(
      [
        'run.toml:4:3: run.modle: unknown key; did you mean "model"?',
        '4 |   modle = { name = "m" }',
        '  |   ^',
      ].join('\n'),
    );
  });

  it('in the TOML itself is shown the same way', () => {
    expect(refusal('[run]\ngoal = "x\n')).toMatch(
      /^run\.toml:2:\d+: Invalid TOML document: [^\n]+\n2 \| goal = "x\n {2}\| +\^$/,
    );
  });

  it.each([
    ['[run]\nmodle = 1', 'run.toml:2:1: run.modle: unknown key; did you mean "model"?'],
    ['[servr]\n', 'run.toml:1:1: servr: unknown key; did you mean "server"?'],
    [
      '[run.agent.mcps.x]\ntype = "http"\nurl = "u"\nheadrs = {}',
      'run.toml:4:1: run.agent.mcps.x.headrs: unknown key; did you mean "headers"?',
    ],
    [
      '[features]\nzzz = true',
      'run.toml:2:1: features.zzz: unknown key; allowed are session_sandboxes',
    ],
    [
      '[run.scm.github]\nzzz = 1',
      'run.toml:2:1: run.scm.github.zzz: unknown key; this table has no keys',
    ],
    [
      'version = 1',
      'run.toml:1:1: version: settings files must use `_version`, not `version`; rename the key',
    ],
    ['_version = 2', 'run.toml:1:1: _version is 2: this Fabro reads up to 1. Upgrade Fabro'],
    ['_version = "one"', 'run.toml:1:1: _version is "one": write _version = 1'],
    ['[run]\ngoal = 3', 'run.toml:2:1: run.goal: expected a text or { file = "path" }'],
    ['[run]\nworking_dir = 3', 'run.toml:2:1: run.working_dir is 3: expected a text'],
    ['run = 3', 'run.toml:1:1: run is 3: expected a table'],
    [
      '[run.sandbox]\npreserve = "yes"',
      'run.toml:2:1: run.sandbox.preserve is "yes": expected true or false',
    ],
    ['[run.model]\nfallbacks = "a"', 'run.toml:2:1: run.model.fallbacks is "a": expected a list'],
    [
      '[run.execution]\nmode = "dry-run"',
      'run.toml:2:1: run.execution.mode is "dry-run": expected one of "normal", "dry_run"; did you mean "dry_run"?',
    ],
    [
      '[run.prepare]\ntimeout = "5 minutes"',
      'run.toml:2:1: run.prepare.timeout: "5 minutes" is no duration; write a whole number and one of ms, s, m, h, d, for example "5m"',
    ],
    [
      '[run.sandbox.docker]\nmemory_limit = "4 gigs"',
      'run.toml:2:1: run.sandbox.docker.memory_limit: "4 gigs" is no size; write a number and one of B, KB, MB, GB, TB, KiB, MiB, GiB, TiB, for example "4GB"',
    ],
    [
      '[[run.prepare.steps]]\nscript = "a"\n[[run.prepare.steps]]\nscript = "a"\ncommand = ["b"]',
      'run.toml:3:1: run.prepare.steps.1: give exactly one of script, command',
    ],
    [
      '[[run.hooks]]\nevent = "run_start"',
      'run.toml:1:1: run.hooks.0: give exactly one of script, command, url, prompt, agent',
    ],
    [
      '[[run.hooks]]\nevent = "stage_begin"\nscript = "x"',
      'run.toml:2:1: run.hooks.0.event is "stage_begin": expected one of "run_start", "run_complete", "run_failed", "stage_start", "stage_complete", "stage_failed", "stage_retrying", "edge_selected", "parallel_start", "parallel_complete", "sandbox_ready", "sandbox_cleanup", "checkpoint_saved", "pre_tool_use", "post_tool_use", "post_tool_use_failure"; did you mean "stage_retrying"?',
    ],
    [
      '[[run.hooks]]\nid = "a"\nevent = "run_start"\nscript = "x"\n[[run.hooks]]\nid = "a"\nevent = "run_start"\nscript = "y"',
      'run.toml:1:1: run.hooks: two hooks have the same id; give each its own',
    ],
    [
      '[cli.target]\ntype = "socket"',
      'run.toml:2:1: cli.target.type is "socket": expected one of "http", "unix"',
    ],
    [
      '[cli.target]\nurl = "http://h"',
      'run.toml:1:1: cli.target.type: missing; write one of "http", "unix"',
    ],
    ['[cli.target]\ntype = "http"', 'run.toml:1:1: cli.target.url: missing; expected a text'],
    [
      '[run.agent.mcps.x]\ntype = "stdio"',
      'run.toml:1:1: run.agent.mcps.x: give exactly one of script, command',
    ],
    [
      '[server.scheduler]\nmax_concurrent_runs = 0',
      'run.toml:2:1: server.scheduler.max_concurrent_runs: too small: expected number to be >0',
    ],
    [
      '[run.sandbox.daytona]\nnetwork = "open"',
      'run.toml:2:1: run.sandbox.daytona.network: expected "block", "allow_all" or { allow_list = ["10.0.0.0/8"] }',
    ],
    [
      '[run.inputs]\nday = 2026-01-01',
      'run.toml:2:1: run.inputs.day: expected a text, number, boolean, list or table; write a date as a text',
    ],
  ])('%j is named with its place and what is allowed', (toml, message) => {
    expect(sentences(toml)).toEqual([message]);
  });

  it('does not hide the others: each has a line', () => {
    expect(sentences('[run]\nmodle = 1\n[cli]\noutptu = 1')).toEqual([
      'run.toml:2:1: run.modle: unknown key; did you mean "model"?',
      'run.toml:4:1: cli.outptu: unknown key; did you mean "output"?',
    ]);
  });

  it('in a file of many mistakes is one of the first twenty; the others are counted', () => {
    const toml = Array.from({ length: MAX_MISTAKES + 5 }, (_, i) => `[zzz${i}]`).join('\n');
    const lines = sentences(toml);
    expect(lines).toHaveLength(MAX_MISTAKES + 1);
    expect(lines.at(-1)).toBe('… and 5 more');
  });

  it('such as a huge or deep file is refused before it costs anything', () => {
    expect(refusal(`#${'x'.repeat(MAX_SETTINGS_CHARS)}`)).toContain('at most 1000000 are read');
    expect(refusal(`x = ${'['.repeat(5_000)}${']'.repeat(5_000)}`)).toMatch(/^run\.toml:/);
  });

  it('in a long line shows the part around it', () => {
    const [, frame = '', caret = ''] = refusal(
      `[run]\nmodel = { name = "${'x'.repeat(500)}", modle = 1 }`,
    ).split('\n');
    expect(frame.length).toBeLessThan(140);
    expect(frame.slice(caret.indexOf('^'))).toBe('modle = 1 }');
  });

  it('does not carry a token into the message, which goes to logs', () => {
    expect(refusal('[run.sandbox.env]\nTOKEN = ["sk-0123456789abcdef0123"]')).toBe(
      'run.toml:2:1: run.sandbox.env.TOKEN is a list: expected a text\n2 | TOKEN = ["REDACTED"]\n  | ^',
    );
  });
});

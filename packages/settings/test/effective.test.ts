import { describe, expect, it } from 'vitest';
import {
  effectiveObject,
  effectiveSettings,
  effectiveToml,
  mergeSettings,
  parseSettings,
  type EffectiveValue,
} from '../src/index.js';
import { OTHER_ROWS } from './support/other-rows.js';
import { RUN_ROWS } from './support/run-rows.js';

const file = (path: string, source: string) => ({ layer: parseSettings(source, path), source });
const flag = (path: string, source: string) => ({ layer: parseSettings(source, path) });
const show = (
  files: Parameters<typeof effectiveSettings>[0],
  env: Record<string, string> = {},
): readonly EffectiveValue[] => effectiveSettings(files, { env });
const find = (values: readonly EffectiveValue[], path: string) => {
  const found = values.find((value) => value.path.join('.') === path);
  return found && [found.value, found.origin];
};

const USER = `_version = 1
[run.model]
provider = "anthropic"
fallbacks = ["a"]
[run.inputs]
from_user = 1
[run.sandbox.env]
A = "user"
B = "user"
[[run.hooks]]
id = "fmt"
event = "run_start"
script = "user"
[[run.hooks]]
id = "lint"
event = "run_start"
script = "user"
`;
const PROJECT = `[run]
model.fallbacks = ["b", "..."]
inputs.from_project = "x"
checkpoint.exclude_globs = []
[run.sandbox.env]
B = "project"
[[run.hooks]]
id = "lint"
event = "run_start"
script = "project"
headers.X = "1"
`;

describe('the settings that hold (§13 settings)', () => {
  const values = show([
    flag('--server', '[cli.target]\ntype = "unix"\npath = "/s"'),
    file('.fabro/project.toml', PROJECT),
    file('settings.toml', USER),
  ]);

  it.each([
    ['cli.target.path', '/s', '--server'],
    ['run.model.provider', 'anthropic', 'settings.toml:3'],
    ['run.model.fallbacks', ['b', 'a'], '.fabro/project.toml:2'],
    ['run.inputs.from_project', 'x', '.fabro/project.toml:3'],
    // Replaced as a whole.
    ['run.inputs.from_user', undefined, undefined],
    ['run.sandbox.env.A', 'user', 'settings.toml:8'],
    ['run.sandbox.env.B', 'project', '.fabro/project.toml:6'],
    // An empty list leaves the farther one.
    ['run.checkpoint.exclude_globs', [], 'default'],
    ['run.hooks.0.script', 'user', 'settings.toml:13'],
    ['run.hooks.1.script', 'project', '.fabro/project.toml:10'],
    ['run.prepare.timeout', '5m', 'default'],
    ['run.sandbox.docker.memory_limit', '4GB', 'default'],
    ['server.slatedb.flush_interval', '1ms', 'default'],
  ])('have an origin for each value: %s', (path, value, origin) => {
    expect(find(values, path)).toEqual(value === undefined ? undefined : [value, origin]);
  });

  it('name the line of an older spelling, and the default of a table that is replaced by less', () => {
    const shown = show([
      file('run.toml', '[sandbox.env]\nA = "1"\n[features]\n'),
      file('settings.toml', '[features]\nsession_sandboxes = true\n'),
    ]);
    expect(find(shown, 'run.sandbox.env.A')).toEqual(['1', 'run.toml:2']);
    expect(find(shown, 'features.session_sandboxes')).toEqual([false, 'default']);
  });

  it('are, as text, a settings file that says the same', () => {
    const text = effectiveToml(values);
    const read = mergeSettings([parseSettings(text, 'shown.toml')]);
    const { goal: _, ...merged } = mergeSettings([
      parseSettings('[cli.target]\ntype = "unix"\npath = "/s"', '--server'),
      parseSettings(PROJECT, 'p'),
      parseSettings(USER, 'u'),
    ]);
    expect(read).toEqual(merged);
    expect(text).toContain(
      [
        '[run.model]',
        'fallbacks = ["b", "a"]  # .fabro/project.toml:2',
        'provider = "anthropic"  # settings.toml:3',
      ].join('\n'),
    );
    expect(text).toContain(
      [
        '[[run.hooks]]',
        'id = "lint"          # .fabro/project.toml:8',
        'event = "run_start"  # .fabro/project.toml:9',
        'script = "project"   # .fabro/project.toml:10',
        '',
        '[run.hooks.headers]',
        'X = "1"  # .fabro/project.toml:11',
      ].join('\n'),
    );
  });

  it.each([...RUN_ROWS, ...OTHER_ROWS])('say the same again for §12 %s', (_row, toml) => {
    const text = effectiveToml(show([file('x', toml)]));
    const merged = (source: string) => mergeSettings([parseSettings(source, 'x')]);
    expect(merged(text)).toEqual(merged(toml));
  });

  it('are, as an object, in the form of a file', () => {
    const toml =
      '[run.prepare]\ntimeout = "90s"\n[[run.prepare.steps]]\nscript = "x"\nenv = { A = "1" }\n[run.inputs]\n"odd key" = { deep = [1, { x = 2 }] }\nconstructor = 1';
    const object = effectiveObject(show([file('x', toml)]));
    expect(object['run']).toMatchObject({
      prepare: { timeout: '90s', steps: [{ script: 'x', env: { A: '1' } }] },
    });
    expect(JSON.stringify(object)).toContain(
      '"inputs":{"odd key":{"deep":[1,{"x":2}]},"constructor":1}',
    );
  });
});

describe('secrets in the settings that are shown', () => {
  const secret = (toml: string, path: string, env: Record<string, string> = {}) =>
    find(show([file('x', toml)], env), path)?.[0];

  it.each([
    ['[run.sandbox.env]\nAPI_KEY = "plain-word"', 'run.sandbox.env.API_KEY', 'REDACTED'],
    ['[run.sandbox.env]\nPORT = "3000"', 'run.sandbox.env.PORT', '3000'],
    [
      '[run.sandbox.env]\nAPI_KEY = "{{ env.API_KEY }}"',
      'run.sandbox.env.API_KEY',
      '{{ env.API_KEY }}',
    ],
    ['[run.inputs]\nthing = "sk-0123456789abcdef0123"', 'run.inputs.thing', 'REDACTED'],
    [
      '[run.inputs]\ndb = { password = "x", host = "h" }',
      'run.inputs.db',
      { password: 'REDACTED', host: 'h' },
    ],
    [
      '[cli.target]\ntype = "http"\nurl = "https://me:word@host/x"',
      'cli.target.url',
      'https://me:REDACTED@host/x',
    ],
    [
      '[run.agent.mcps.m]\ntype = "http"\nurl = "u"\nheaders = { Authorization = "Basic eDp5", Accept = "a", X-Api-Key = "k" }',
      'run.agent.mcps.m.headers.Authorization',
      'REDACTED',
    ],
    [
      '[run.agent.mcps.m]\ntype = "http"\nurl = "u"\nheaders = { X-Api-Key = "k" }',
      'run.agent.mcps.m.headers.X-Api-Key',
      'REDACTED',
    ],
  ])('%j: %s', (toml, path, shown) => {
    expect(secret(toml, path)).toEqual(shown);
  });

  it('are replaced too where a variable of the environment holds them', () => {
    expect(
      secret('[run.inputs]\nnote = "uses hunter2hunter2"', 'run.inputs.note', {
        DB_PASSWORD: 'hunter2hunter2',
      }),
    ).toBe('uses REDACTED');
  });
});

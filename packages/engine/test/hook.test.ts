/** Which hooks there are, which of them an event calls, and what they decide together (§9.1). */
import { HookEvent } from '@fabro/protocol';
import { parseSettings } from '@fabro/settings';
import { describe, expect, it } from 'vitest';
import type { HookContext } from '@fabro/protocol';
import { mergeDecisions, readDecision, type HookDecision } from '../src/hooks/decision.js';
import { hooksOf, type Hook, type HookEntry } from '../src/hooks/hook.js';
import { matchingHooks } from '../src/hooks/matching.js';
import { hookNotices } from '../src/hooks/notices.js';

function hooks(toml: string): readonly Hook[] {
  return hooksOf(parseSettings(toml, 'workflow.toml').settings.run?.hooks);
}

function hook(entry: Partial<HookEntry>): Hook {
  const [made] = hooksOf([{ event: 'stage_start', script: 'true', ...entry }]);
  if (made === undefined) throw new Error('no hook');
  return made;
}

const context = (fields: Partial<HookContext>): HookContext => ({
  event: 'stage_start',
  run_id: 'r',
  workflow_name: 'w',
  ...fields,
});

describe('§9.1 hooks from the settings', () => {
  it('have every default', () => {
    expect(
      hooks('[[run.hooks]]\nevent = "stage_start"\nscript = "./check.sh --all --quick"'),
    ).toEqual([
      {
        name: 'stage_start:./check.sh --all --q',
        event: 'stage_start',
        blocking: true,
        timeoutMs: 60_000,
        sandbox: true,
        transport: { kind: 'command', script: './check.sh --all --quick' },
      },
    ]);
  });

  it('say what their entries say', () => {
    expect(
      hooks(`
        [[run.hooks]]
        id = "gate"
        name = "Ask the board"
        event = "edge_selected"
        matcher = "^deploy"
        blocking = false
        timeout = "5s"
        sandbox = false
        url = "https://example.com/hook"
        headers = { Authorization = "Bearer {{ env.TOKEN }}" }
        allowed_env_vars = ["TOKEN"]
        tls = "no_verify"
      `),
    ).toEqual([
      {
        id: 'gate',
        name: 'Ask the board',
        event: 'edge_selected',
        matcher: '^deploy',
        blocking: false,
        timeoutMs: 5_000,
        sandbox: false,
        transport: {
          kind: 'http',
          url: 'https://example.com/hook',
          headers: { Authorization: 'Bearer {{ env.TOKEN }}' },
          allowedEnvVars: ['TOKEN'],
          tls: 'no_verify',
        },
      },
    ]);
  });

  it('wait by default for run_start, stage_start, edge_selected, sandbox_ready and pre_tool_use alone', () => {
    const toml = HookEvent.options
      .map((event) => `[[run.hooks]]\nevent = "${event}"\nscript = "x"`)
      .join('\n');
    expect(
      hooks(toml)
        .filter(({ blocking }) => blocking)
        .map(({ event }) => event),
    ).toEqual(['run_start', 'stage_start', 'edge_selected', 'sandbox_ready', 'pre_tool_use']);
  });

  it('verify certificates, ask models for 30 s, and let agents use tools 50 times', () => {
    expect(hook({ script: undefined, url: 'https://x.example' }).transport).toMatchObject({
      tls: 'verify',
      headers: {},
      allowedEnvVars: [],
    });
    expect(hook({ script: undefined, prompt: 'Is this safe?', model: 'haiku' })).toMatchObject({
      name: 'stage_start:Is this safe?',
      timeoutMs: 30_000,
      transport: { kind: 'prompt', prompt: 'Is this safe?', model: 'haiku' },
    });
    expect(hook({ script: undefined, agent: 'enabled' })).toMatchObject({
      name: 'stage_start:agent',
      timeoutMs: 60_000,
      transport: { kind: 'agent', maxToolRounds: 50 },
    });
  });

  it('run a program with arguments as it stands', () => {
    const entry = { script: undefined, command: ['./check', '--name', "it's $HOME", ''] };
    expect(hook(entry).transport).toEqual({
      kind: 'command',
      script: String.raw`./check --name 'it'\''s $HOME' ''`,
    });
  });

  it('are refused with their place when the event or the TLS mode is unknown', () => {
    expect(() => hooks('[[run.hooks]]\nevent = "stage_begin"\nscript = "x"')).toThrow(
      'workflow.toml:2:1: run.hooks.0.event is "stage_begin"',
    );
    expect(() =>
      hooks('[[run.hooks]]\nevent = "run_start"\nurl = "http://x"\ntls = "maybe"'),
    ).toThrow('workflow.toml:4:1: run.hooks.0.tls is "maybe"');
  });
});

describe('§9.1 an event calls', () => {
  it('the hooks of its name, in their order', () => {
    const all = [
      hook({ name: 'one' }),
      hook({ name: 'two', event: 'stage_complete' }),
      hook({ name: 'three' }),
    ];
    expect(matchingHooks(all, 'stage_start', context({})).map(({ name }) => name)).toEqual([
      'one',
      'three',
    ]);
  });

  it.each([
    ['node_id', { node_id: 'deploy_eu' }],
    ['handler_type', { handler_type: 'deploy' }],
    ['edge_to', { edge_to: 'predeploy' }],
    ['edge_from', { edge_from: 'deploy' }],
    ['tool_name', { tool_name: 'deploy' }],
  ])('a hook whose matcher is found in %s', (_field, fields) => {
    const all = [hook({ matcher: 'depl?oy' })];
    expect(matchingHooks(all, 'stage_start', context(fields))).toEqual(all);
  });

  it('no hook whose matcher is found nowhere else than in other fields', () => {
    const fields = { node_label: 'deploy', failure_reason: 'deploy', status: 'deploy' };
    expect(matchingHooks([hook({ matcher: 'deploy' })], 'stage_start', context(fields))).toEqual(
      [],
    );
    expect(matchingHooks([hook({ matcher: '' })], 'stage_start', context({}))).toEqual([]);
  });

  it.each([['('], ['(?=x)'], [String.raw`(a)\1`], ['x'.repeat(1_001)]])(
    'no hook with a bad matcher: %.20s',
    (matcher) => {
      const fields = { node_id: 'x'.repeat(2_000) };
      expect(matchingHooks([hook({ matcher })], 'stage_start', context(fields))).toEqual([]);
    },
  );

  it('a hook in linear time, whatever its matcher', () => {
    const fields = { node_id: 'a'.repeat(50_000) };
    expect(
      matchingHooks([hook({ matcher: '(a+)+$' })], 'stage_start', context(fields)),
    ).toHaveLength(1);
    expect(matchingHooks([hook({ matcher: '(a|a)*b' })], 'stage_start', context(fields))).toEqual(
      [],
    );
  });
});

describe('§9.1 a decision is read from', () => {
  it.each<[string, HookDecision]>([
    ['{"decision":"proceed"}', { decision: 'proceed' }],
    ['{"decision":"proceed","reason":"fine"}', { decision: 'proceed' }],
    ['\n {"decision":"skip","reason":"not today"}\n', { decision: 'skip', reason: 'not today' }],
    ['{"decision":"block","reason":null,"more":[1]}', { decision: 'block' }],
    ['{"decision":"override","edge_to":"b"}', { decision: 'override', edge_to: 'b' }],
  ])('%s', (text, decision) => {
    expect(readDecision(text)).toEqual({ kind: 'decided', decision });
  });

  it('nothing when there are only blanks', () => {
    expect(readDecision(' \n')).toEqual({ kind: 'silent' });
  });

  it.each([
    ['all good', 'no decision (Unexpected token'],
    [
      '{"decision":"deny"}',
      'no decision (bad "decision"); expected {"decision": "proceed" | "skip"',
    ],
    ['{"decision":"override"}', 'no decision (bad "edge_to")'],
    ['{"decision":"block","reason":7}', 'no decision (bad "reason")'],
    ['[]', 'no decision (another JSON value)'],
    ['['.repeat(100), 'no decision (JSON is nested deeper than 32 levels)'],
  ])('nothing else: %.30s', (text, why) => {
    const read = readDecision(text);
    expect(read.kind === 'garbage' ? read.why : read.kind).toContain(why);
  });
});

describe('§9.1 decisions together', () => {
  const vote = (decision: HookDecision, blocking = true) => ({ blocking, decision });
  const skip: HookDecision = { decision: 'skip', reason: 's' };
  const block: HookDecision = { decision: 'block', reason: 'b' };
  const override: HookDecision = { decision: 'override', edge_to: 'x' };
  const proceed: HookDecision = { decision: 'proceed' };

  it('are block over skip and override over proceed', () => {
    expect(mergeDecisions([])).toEqual(proceed);
    expect(mergeDecisions([vote(proceed), vote(skip), vote(proceed)])).toEqual(skip);
    expect(mergeDecisions([vote(override), vote(proceed)])).toEqual(override);
    expect(mergeDecisions([vote(skip), vote(block), vote(override)])).toEqual(block);
  });

  it('are of equals the first', () => {
    expect(mergeDecisions([vote(override), vote(skip)])).toEqual(override);
    expect(mergeDecisions([vote(skip), vote(override)])).toEqual(skip);
  });

  it('leave out hooks that do not block', () => {
    expect(mergeDecisions([vote(block, false), vote(skip)])).toEqual(skip);
  });
});

describe('a run says once', () => {
  it('which hooks this release does not run, and which matchers are none', () => {
    const all = [
      hook({ name: 'fine', matcher: 'x' }),
      hook({ name: 'asks', script: undefined, prompt: 'p' }),
      hook({ name: 'looks', script: undefined, agent: 'enabled' }),
      hook({ name: 'odd', matcher: '(' }),
    ];
    expect(hookNotices(all).map(({ properties }) => properties)).toEqual([
      {
        level: 'warn',
        code: 'hook_not_run',
        message:
          'hook "asks" has the transport prompt, which this release does not run; the run proceeds as if it had agreed. Write it as a script or url to have it decide.',
      },
      {
        level: 'warn',
        code: 'hook_not_run',
        message:
          'hook "looks" has the transport agent, which this release does not run; the run proceeds as if it had agreed. Write it as a script or url to have it decide.',
      },
      {
        level: 'warn',
        code: 'hook_matcher_invalid',
        message:
          'hook "odd": matcher "(" is no regular expression (error parsing regexp: missing closing ): `(`), so the hook is never called. Correct it in [[run.hooks]].',
      },
    ]);
  });
});

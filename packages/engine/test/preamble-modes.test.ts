/** What a model stage is told of the run so far: every row of §5.2, byte for byte. */
import type { JsonValue } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import type { PreambleFacts, StageSummary } from '../src/preamble/facts.js';
import { renderPreamble } from '../src/preamble/render.js';

const TEST: StageSummary = {
  id: 'test',
  label: 'Run tests',
  handlerType: 'command',
  status: 'failed',
  notes: 'second try',
  failureReason: 'Script failed with exit code: 1',
  script: 'npm test',
  stdout: 'one\ntwo\n',
  stderr: '',
};
const FIX: StageSummary = {
  id: 'fix',
  label: 'Fix',
  handlerType: 'agent',
  status: 'succeeded',
  notes: 'Stage completed: fix',
  model: 'claude-sonnet-4-5',
  inputTokens: 1_234,
  outputTokens: 999,
  filesTouched: ['src/a.ts', 'src/b.ts'],
  response: 'Done.\n\nAll green.\n',
};
const ASK: StageSummary = {
  id: 'ask',
  label: 'Ask',
  handlerType: 'human',
  status: 'succeeded',
  pointer: '/work/.fabro/blobs/1.json',
};
const CONTEXT: Readonly<Record<string, JsonValue>> = {
  zeta: { deep: [1] },
  alpha: 'text',
  'human.gate.label': 'Go on',
  blank: ' ',
  nothing: null,
  outcome: 'succeeded',
  last_stage: 'fix',
  last_response: 'Done.',
  preferred_label: 'x',
  current_node: 'fix',
  'current.preamble': 'x',
  'response.fix': 'Done.',
  'command.output': 'one',
  'internal.run_id': 'x',
  'graph.goal': 'x',
  'thread.t.current_node': 'x',
};

function facts(changes: Partial<PreambleFacts> = {}): PreambleFacts {
  return {
    goal: 'Ship it',
    runId: '01JZ',
    stages: [TEST, FIX, ASK],
    totalStages: 7,
    context: new Map(Object.entries(CONTEXT)),
    ...changes,
  };
}

const NOTHING: PreambleFacts = { runId: '01JZ', stages: [], totalStages: 7, context: new Map() };

describe('§5.2 full', () => {
  it('is empty', () => {
    expect(renderPreamble('full', facts({ parentPreamble: 'x' }))).toBe('');
  });
});

describe('§5.2 truncate', () => {
  it('is the goal and the run', () => {
    expect(renderPreamble('truncate', facts())).toBe('Goal: Ship it\nRun ID: 01JZ\n');
    expect(renderPreamble('truncate', NOTHING)).toBe('Run ID: 01JZ\n');
  });
});

describe('§5.2 compact', () => {
  // §5.2 hidden keys
  // §5.2 compact model
  it('is the goal, the completed stages and the context', () => {
    expect(renderPreamble('compact', facts())).toBe(`Goal: Ship it

## Completed stages
- **test**: failed
  - Script: \`npm test\`
  - Stdout:
    \`\`\`
    one
    two
    \`\`\`
  - Stderr: (empty)
- **fix**: succeeded
  - Model: claude-sonnet-4-5, 1.2k tokens in / 999 out
  - Files: src/a.ts, src/b.ts
- **ask**: succeeded

## Context
- alpha: text
- human.gate.label: Go on
- zeta: {"deep":[1]}
`);
  });

  it('is empty when there is nothing to tell', () => {
    expect(renderPreamble('compact', NOTHING)).toBe('');
  });

  it('begins with its first section without a goal', () => {
    expect(renderPreamble('compact', { ...NOTHING, stages: [ASK] })).toBe(
      '## Completed stages\n- **ask**: succeeded\n',
    );
  });

  // §5.2 compact command
  it('quotes the last 25 lines of an output and counts the others', () => {
    const stdout = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`).join('\n');
    const text = renderPreamble('compact', facts({ stages: [{ ...TEST, stdout }] }));
    expect(text).toContain('  - Stdout:\n    ```\n    (5 lines omitted)\n    line 6\n    line 7\n');
    expect(text).toContain('    line 30\n    ```\n  - Stderr: (empty)\n');
  });

  it('keeps its lists and blocks whole, whatever is in them', () => {
    const stage = { ...TEST, script: 'make\nmake test', stdout: '# A\n```\nx\n```', stderr: ' \n' };
    const context = new Map([['plan', '1. a\n\n## Context\n- b']]);
    expect(renderPreamble('compact', { ...NOTHING, stages: [stage], context })).toBe(
      `## Completed stages
- **test**: failed
  - Script: \`make
    make test\`
  - Stdout:
    \`\`\`\`
    # A
    \`\`\`
    x
    \`\`\`
    \`\`\`\`
  - Stderr: (empty)

## Context
- plan: 1. a

  ## Context
  - b
`,
    );
  });

  it('names a model without tokens', () => {
    const { inputTokens: _, ...stage } = FIX;
    expect(renderPreamble('compact', facts({ stages: [stage] }))).toContain(
      '  - Model: claude-sonnet-4-5\n',
    );
  });

  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1.0k'],
    [1_249, '1.2k'],
    [999_949, '999.9k'],
    [999_950, '1.0m'],
    [1_234_567, '1.2m'],
  ])('shows %i tokens as %s', (inputTokens, shown) => {
    const stages = [{ ...FIX, inputTokens }];
    expect(renderPreamble('compact', facts({ stages }))).toContain(
      `, ${shown} tokens in / 999 out`,
    );
  });
});

describe('§5.2 summary:low', () => {
  it('is the last two stages in outline, without context', () => {
    expect(renderPreamble('summary:low', facts({ stages: [ASK, TEST, FIX] }))).toBe(`Goal: Ship it
Run ID: 01JZ
Completed 3 stage(s) so far.
(1 earlier stage(s) omitted)
Recent stages:
- test: failed (second try) [reason: Script failed with exit code: 1]
  - Handler: command
  - Script: \`npm test\`
- fix: succeeded (Stage completed: fix)
  - Handler: agent
  - Model: claude-sonnet-4-5
`);
  });

  it('says so when nothing is completed', () => {
    expect(renderPreamble('summary:low', NOTHING)).toBe(
      'Run ID: 01JZ\nCompleted 0 stage(s) so far.\n',
    );
  });
});

describe('§5.2 summary:medium', () => {
  it('is the last five stages with their details, and the context', () => {
    const others = ['a', 'b', 'c', 'd'].map((id) => ({ ...ASK, id }));
    expect(renderPreamble('summary:medium', facts({ stages: [...others, TEST, FIX] })))
      .toBe(`Goal: Ship it
Run ID: 01JZ
Completed 6 stage(s) so far.
(1 earlier stage(s) omitted)
Recent stages:
- b: succeeded
  - Handler: human
- c: succeeded
  - Handler: human
- d: succeeded
  - Handler: human
- test: failed (second try) [reason: Script failed with exit code: 1]
  - Handler: command
  - Script: \`npm test\`
  - Stdout:
    \`\`\`
    one
    two
    \`\`\`
  - Stderr: (empty)
- fix: succeeded (Stage completed: fix)
  - Handler: agent
  - Model: claude-sonnet-4-5, 1.2k tokens in / 999 out
  - Files: src/a.ts, src/b.ts

## Context
- alpha: text
- human.gate.label: Go on
- zeta: {"deep":[1]}
`);
  });
});

describe('§5.2 summary:high', () => {
  it('is the progress, every stage with all that is known of it, and the context as a table', () => {
    expect(renderPreamble('summary:high', facts())).toBe(`Goal: Ship it
Run ID: 01JZ
Pipeline progress: 3 of 7 stages completed

## Stage: test
- Status: failed
- Handler: command
- Script: \`npm test\`
- Stdout:
  \`\`\`
  one
  two
  \`\`\`
- Stderr: (empty)
- Notes: second try
- Failure reason: Script failed with exit code: 1

## Stage: fix
- Status: succeeded
- Handler: agent
- Model: claude-sonnet-4-5
- Tokens: 1.2k in / 999 out
- Files touched: src/a.ts, src/b.ts
- Response:
  > Done.
  >
  > All green.

## Stage: ask
- Status: succeeded
- Handler: human
- See: /work/.fabro/blobs/1.json

## Current context
| Key | Value |
| --- | --- |
| alpha | text |
| human.gate.label | Go on |
| zeta | {"deep":[1]} |
`);
  });

  it('quotes the last 50 lines of an output', () => {
    const stderr = Array.from({ length: 60 }, (_, i) => `line ${i + 1}`).join('\n');
    expect(renderPreamble('summary:high', facts({ stages: [{ ...TEST, stderr }] }))).toContain(
      '- Stderr:\n  ```\n  (10 lines omitted)\n  line 11\n',
    );
  });

  it('keeps a value in its cell', () => {
    const context = new Map([['a|b', 'x | y\n  z']]);
    expect(renderPreamble('summary:high', facts({ context }))).toContain(
      String.raw`| a\|b | x \| y z |` + '\n',
    );
  });
});

describe('a child workflow (§5.2)', () => {
  const parentPreamble = 'Goal: The whole\n';

  // §5.2 parent preamble
  it.each(['truncate', 'compact', 'summary:low', 'summary:medium', 'summary:high'] as const)(
    'is told in the mode %s what its parent was told, and then its own',
    (mode) => {
      const own = renderPreamble(mode, facts());
      expect(renderPreamble(mode, facts({ parentPreamble }))).toBe(
        `## Parent workflow context\nGoal: The whole\n\n## Current sub-workflow\n${own}`,
      );
    },
  );

  it('with nothing of its own is told of its parent alone', () => {
    expect(renderPreamble('compact', { ...NOTHING, parentPreamble })).toBe(
      '## Parent workflow context\nGoal: The whole\n',
    );
  });
});

describe('a preamble is bounded', () => {
  it('in its lines, values and answers, which say what is missing', () => {
    const stage = {
      ...FIX,
      stdout: `${'x'.repeat(1_500)}\nend`,
      response: 'r'.repeat(20_010),
    };
    const context = new Map([['long', 'v'.repeat(4_007)]]);
    const text = renderPreamble('summary:high', { ...NOTHING, stages: [stage], context });
    expect(text).toContain(`  ${'x'.repeat(1_000)}… (500 characters omitted)\n  end\n`);
    expect(text).toContain(`  > ${'r'.repeat(20_000)}… (10 characters omitted)\n`);
    expect(text).toContain(`| long | ${'v'.repeat(4_000)}… (7 characters omitted) |\n`);
  });

  it('as a whole to 200,000 characters: the middle goes, and a line says how much', () => {
    const stages = Array.from({ length: 20_000 }, (_, i) => ({ ...ASK, id: `stage_${i}` }));
    const text = renderPreamble('compact', facts({ stages }));
    expect(text.length).toBeLessThanOrEqual(200_000);
    expect(text.startsWith('Goal: Ship it\n\n## Completed stages\n- **stage_0**')).toBe(true);
    expect(text.endsWith('- zeta: {"deep":[1]}\n')).toBe(true);
    const [, omitted] = /\n\((\d+) characters of this preamble omitted\)\n/.exec(text) ?? [];
    const marker = `\n(${omitted} characters of this preamble omitted)\n`;
    const whole = stages.map(({ id }) => `- **${id}**: succeeded\n`).join('').length;
    const around = renderPreamble('compact', facts({ stages: [] })).length;
    const heading = '\n## Completed stages\n'.length;
    expect(text.length - marker.length + Number(omitted)).toBe(whole + around + heading);
  });

  it('without cutting a character in two', () => {
    const context = new Map([['long', `${'v'.repeat(3_999)}😀😀`]]);
    expect(renderPreamble('compact', { ...NOTHING, context })).toBe(
      `## Context\n- long: ${'v'.repeat(3_999)}… (4 characters omitted)\n`,
    );
  });
});

/** What an agent is told of the run so far, in the mode `compact` (§5.2). */
import type { JsonValue } from '@fabro/protocol';
import { expect, it } from 'vitest';
import { preamble } from '../src/preamble.js';
import { HandWalk, command } from './hand-walk.js';

const plain = (value: JsonValue): JsonValue => value;

it('is nothing before the first stage of a run without a goal', () => {
  const walk = new HandWalk('a start -> a -> exit');
  walk.acts();
  expect(preamble(walk.input(), plain)).toBe('');
});

it('is the goal, the completed stages, and the context by key', () => {
  const walk = new HandWalk(
    `graph [goal="Ship it"] ${command('t')} a b start -> t -> a -> b -> exit`,
  );
  walk.acts();
  walk.settle({
    outcome: {
      status: 'failed',
      context_updates: {
        'command.of': 't',
        'command.output': 'one\ntwo\n',
        'command.stderr': '',
      },
    },
    retryable: false,
  });
  walk.acts();
  walk.settle({
    outcome: {
      status: 'succeeded',
      context_updates: {
        zeta: { deep: [1] },
        alpha: 'text',
        blank: '',
        nothing: null,
        'response.a': 'long',
        last_stage: 'a',
        last_response: 'long',
        'internal.x': 1,
        'graph.goal': 'g',
        'thread.t.current_node': 'a',
      },
    },
    retryable: false,
  });
  walk.acts();
  expect(preamble(walk.input(), plain)).toBe(`Goal: Ship it

## Completed stages
- **t**: failed
  - Script: \`t\`
  - Stdout:
    \`\`\`
    one
    two
    \`\`\`
  - Stderr: (empty)
- **a**: succeeded

## Context
- alpha: text
- zeta: {"deep":[1]}
`);
});

it('quotes the last 25 lines of a command', () => {
  const walk = new HandWalk(`${command('t')} a start -> t -> a -> exit`);
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
  walk.acts();
  walk.settle({
    outcome: {
      status: 'succeeded',
      context_updates: { 'command.of': 't', 'command.output': 'blob', 'command.stderr': '' },
    },
    retryable: false,
  });
  walk.acts();
  const text = preamble(walk.input(), (value) => (value === 'blob' ? lines.join('\n') : value));
  expect(text).toContain('    (5 lines omitted)\n    line 6\n');
  expect(text).toContain('    line 30\n    ```\n');
});

it('quotes no output for a command that was not the last', () => {
  const walk = new HandWalk(`${command('t')} ${command('u')} a start -> t -> u -> a -> exit`);
  for (const id of ['t', 'u']) {
    walk.acts();
    walk.settle({
      outcome: {
        status: 'succeeded',
        context_updates: { 'command.of': id, 'command.output': `of ${id}`, 'command.stderr': '' },
      },
      retryable: false,
    });
  }
  walk.acts();
  expect(preamble(walk.input(), plain)).not.toContain('of t');
  expect(preamble(walk.input(), plain)).toContain('    of u');
});

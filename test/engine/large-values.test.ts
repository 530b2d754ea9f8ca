/** Values of the context that are too large for an event, and values that name files (§5.3, §4.2). */
import { createHash } from 'node:crypto';
import type { ModelRequest } from '@fabro/models';
import { describe, expect, it } from 'vitest';
import { play, type Scenario } from '../crash/harness.js';

/** The JSON of a text is two bytes longer. */
const LONGEST_TEXT = 102_400 - 2;

async function run(body: string, answers: readonly string[], more: Partial<Scenario> = {}) {
  const asked: string[] = [];
  const { events, conclusion } = await play(
    {
      source: `digraph G { start [shape=Mdiamond] exit [shape=Msquare] ${body} }`,
      script: () => ({ exit: 0 }),
      answer: (request) => {
        asked.push(textOf(request));
        return {
          type: 'finish',
          finishReason: 'stop',
          usage: {
            input_tokens: 1,
            output_tokens: 1,
            reasoning_tokens: 0,
            cache_read_tokens: 0,
            cache_write_tokens: 0,
          },
          message: {
            role: 'assistant',
            content: [{ type: 'text', text: answers[asked.length - 1] ?? 'ok' }],
          },
        };
      },
      ...more,
    },
    [],
  );
  const updates = (stage: string) =>
    events.find((e) => e.event === 'stage.completed' && e.stage_id === stage)?.properties[
      'context_updates'
    ];
  const visited = events.filter((e) => e.event === 'stage.started').map((e) => e.node_id);
  return { asked, updates, visited, events, conclusion };
}

function textOf({ messages }: ModelRequest): string {
  return messages
    .flatMap(({ content }) => content.map((part) => ('text' in part ? part.text : '')))
    .join('');
}

const reference = (value: string): string =>
  `blob://sha256/${createHash('sha256').update(JSON.stringify(value)).digest('hex')}`;

describe('§5.3 blob', () => {
  it('a value of more than 102400 bytes of JSON becomes a reference to its blob, a smaller one stays', async () => {
    const fits = 'x'.repeat(LONGEST_TEXT);
    const long = 'y'.repeat(LONGEST_TEXT + 1);
    const { updates } = await run('a [prompt="A"] b [prompt="B"] start -> a -> b -> exit', [
      fits,
      long,
    ]);
    expect(updates('a@1')).toMatchObject({ 'response.a': fits });
    expect(updates('b@1')).toMatchObject({ 'response.b': reference(long) });
  });

  it('counts bytes and not characters', async () => {
    const long = 'ü'.repeat(LONGEST_TEXT / 2 + 1);
    const { updates } = await run('a [prompt="A"] start -> a -> exit', [long]);
    expect(updates('a@1')).toMatchObject({ 'response.a': reference(long) });
  });
});

describe('§5.3 blob file', () => {
  it('a stage is told the value itself, cut, and neither the reference nor a file', async () => {
    const long = `${'first line of many\n'.repeat(10_000)}`;
    const { asked, updates } = await run(
      'a [prompt="A"] b [prompt="B", fidelity="summary:high"] start -> a -> b -> exit',
      [long],
    );
    expect(updates('a@1')).toMatchObject({ 'response.a': reference(long) });
    expect(asked[1]).toContain('  > first line of many\n  > first line of many\n');
    expect(asked[1]).not.toMatch(/blob:|file:/);
    expect(asked[1]?.length).toBeLessThan(50_000);
  });

  it('a person is shown the value itself', async () => {
    const long = `needle ${'x'.repeat(LONGEST_TEXT)}`;
    const { events } = await run(
      'a [prompt="A"] ask [shape=hexagon] start -> a -> ask -> exit',
      [long],
      {
        person: ({ event, properties: p }) =>
          event === 'interview.started'
            ? {
                event: 'interview.completed',
                properties: { question_id: String(p['question_id']), answer: { kind: 'yes' } },
              }
            : undefined,
      },
    );
    const shown = events.find((e) => e.event === 'interview.started')?.properties;
    expect(String(shown?.['context_display'])).toMatch(/^needle x/);
  });
});

describe('§4.2 blobs', () => {
  const routes = (condition: string) =>
    `yes [shape=parallelogram, script="yes"] a -> yes [condition="${condition}"] a -> exit yes -> exit`;

  it('what a command printed is read as text', async () => {
    const { visited } = await run(
      `a [shape=parallelogram, script="a"] start -> a ${routes('context.command.output contains green')}`,
      [],
      { script: () => ({ exit: 0, stdout: 'all green' }) },
    );
    expect(visited).toContain('yes');
  });

  it('so is any other value that became a blob', async () => {
    const { visited, updates } = await run(
      `a [prompt="A"] start -> a ${routes('context.response.a contains needle')}`,
      [`${'x'.repeat(LONGEST_TEXT)} needle`],
    );
    expect(JSON.stringify(updates('a@1'))).toContain('blob://sha256/');
    expect(visited).toContain('yes');
  });
});

describe('§5.3 file values', () => {
  it('a value that names a file stays as it is: commands and agents work where the file lies', async () => {
    const routing = JSON.stringify({ context_updates: { report: 'file:///work/report.md' } });
    const { asked, updates } = await run('a [prompt="A"] b [prompt="B"] start -> a -> b -> exit', [
      routing,
    ]);
    expect(updates('a@1')).toMatchObject({ report: 'file:///work/report.md' });
    expect(asked[1]).toContain('- report: file:///work/report.md\n');
  });
});

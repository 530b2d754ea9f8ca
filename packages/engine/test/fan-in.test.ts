/** The fan-in chooses the best branch (§3.2). */
import type { JsonValue } from '@fabro/protocol';
import { expect, it, test } from 'vitest';
import { fanInHandler } from '../src/handlers/fan-in.js';
import { HandWalk } from './hand-walk.js';
import { fakePorts } from './stage-ports.js';

async function choose(results: JsonValue | undefined) {
  const walk = new HandWalk('join [shape=tripleoctagon] start -> join -> exit');
  walk.acts();
  const input = walk.input();
  if (results !== undefined) input.frame.context.set('parallel.results', results);
  const ports = fakePorts(input);
  const { outcome } = await fanInHandler.act(input, ports);
  return { outcome, forwards: ports.forwards };
}

test.each<[string, JsonValue, string]>([
  [
    'a success before a partial one',
    [
      { id: 'a', status: 'partially_succeeded' },
      { id: 'b', status: 'succeeded' },
    ],
    'b',
  ],
  [
    'a partial success before a failure',
    [
      { id: 'a', status: 'failed' },
      { id: 'b', status: 'partially_succeeded' },
    ],
    'b',
  ],
  [
    'a failure before any other status',
    [
      { id: 'a', status: 'skipped' },
      { id: 'b', status: 'failed' },
    ],
    'b',
  ],
  [
    'the higher score',
    [
      { id: 'a', status: 'succeeded', score: 1 },
      { id: 'b', status: 'succeeded', score: 2 },
    ],
    'b',
  ],
  [
    'a score before none',
    [
      { id: 'a', status: 'succeeded' },
      { id: 'b', status: 'succeeded', score: 0.5 },
    ],
    'b',
  ],
  [
    'else the first id',
    [
      { id: 'b', status: 'succeeded' },
      { id: 'a', status: 'succeeded' },
    ],
    'a',
  ],
])('%s is chosen', async (_name, results, best) => {
  const { outcome, forwards } = await choose(results);
  expect(outcome).toMatchObject({
    status: 'succeeded',
    notes: `Selected best candidate: ${best}`,
    context_updates: { 'parallel.fan_in.best_id': best },
  });
  expect(forwards).toEqual([]);
});

// §5.1 parallel.fan_in
it('the worktree moves to the commit of the best', async () => {
  const { outcome, forwards } = await choose([
    { id: 'a', status: 'failed', head_sha: '1' },
    { id: 'b', status: 'succeeded', head_sha: '2' },
  ]);
  expect(forwards).toEqual(['2']);
  expect(outcome.context_updates).toEqual({
    'parallel.fan_in.best_id': 'b',
    'parallel.fan_in.best_outcome': 'succeeded',
    'parallel.fan_in.best_head_sha': '2',
  });
});

test.each<[JsonValue | undefined, string]>([
  [undefined, 'No parallel results to evaluate'],
  [[], 'No parallel results to evaluate'],
  ['not a list', 'No parallel results to evaluate'],
  [
    [
      { id: 'a', status: 'failed' },
      { id: 'b', status: 'failed', head_sha: '1' },
    ],
    'all candidates failed',
  ],
])('of %j nothing is chosen: %s', async (results, message) => {
  const { outcome, forwards } = await choose(results);
  expect(outcome).toEqual({
    status: 'failed',
    failure: { message, failure_class: 'deterministic' },
  });
  expect(forwards).toEqual([]);
});

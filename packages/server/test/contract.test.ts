import { JsonObject } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { mismatches } from './support/contract.js';
import { harness, RUN_ID } from './support/harness.js';

async function check(name: string, value: JsonObject): Promise<readonly string[]> {
  const { app } = harness();
  const document = JsonObject.parse(await (await app.request('/api/v1/openapi.json')).json());
  return mismatches(document, { $ref: `#/components/schemas/${name}` }, value, '');
}

const status = { id: RUN_ID, status: 'queued', created_at: '2026-03-06T14:30:00Z' };

describe('the contract checker', () => {
  it('accepts the answer of seed 002', async () => {
    const seed = {
      ...status,
      error: { message: 'Stage failed.' },
      queue_position: 3,
      status_reason: 'completed',
      pending_control: 'cancel',
    };
    expect(await check('RunStatusResponse', seed)).toEqual([]);
  });

  it.each([
    ['an absent field', { id: RUN_ID, status: 'queued' }, ': created_at is absent'],
    ['a value outside the enum', { ...status, status: 'dead' }, '.status: "dead" is not among'],
    ['a wrong type', { ...status, queue_position: '3' }, '.queue_position: "3" is not integer'],
    ['an undeclared field', { ...status, colour: 1 }, '.colour is not declared'],
    ['a nested absent field', { ...status, error: {} }, '.error: message is absent'],
  ])('finds %s', async (_, value, problem) => {
    const problems = await check('RunStatusResponse', value);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('looks into lists', async () => {
    const page = { data: [{ ...status, run_id: RUN_ID, labels: {} }, status], meta: {} };
    expect(await check('PaginatedRunList', page)).toEqual([
      '.data[1]: run_id is absent',
      '.data[1]: labels is absent',
      '.meta: has_more is absent',
    ]);
  });
});

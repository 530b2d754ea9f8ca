/** The table of `fabro ps`. */
import type { RunSummary } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { colours, plainPaint } from '../src/render/paint.js';
import { runTable } from '../src/render/run-table.js';
import { displayWidth } from '../src/render/text.js';

const NOW = Date.parse('2026-01-31T12:00:00Z');

const run = (fields: Partial<RunSummary>): RunSummary => ({
  id: '01JNQVR7M0EJ5GKAT2SC4ERS1Z',
  run_id: fields.run_id ?? '01JNQVR7M0EJ5GKAT2SC4ERS1Z',
  status: 'running',
  created_at: '2026-01-31T11:57:00Z',
  start_time: '2026-01-31T11:58:00Z',
  workflow_slug: 'release',
  labels: {},
  ...fields,
});
const busy = run({
  goal: 'Release version 2 with notes for humans',
  total_usd_micros: 2500,
  active_stages: [
    { id: 'verify@1', name: 'Verify', handler_type: 'parallel' },
    { id: 'test@1', name: 'Run the tests', handler_type: 'command' },
    { id: 'review@1', name: 'Review', handler_type: 'agent' },
  ],
});
const ended = run({
  run_id: '01JNQVR7M0FJ5GKAT2SC4ERS1A',
  status: 'completed',
  status_reason: 'partial_success',
  duration_ms: 1500,
});

describe('the table of runs', () => {
  it('has whole ids and texts in a pipe, and the stages that act now', () => {
    expect(runTable([busy, ended], { now: NOW, columns: undefined, paint: plainPaint })).toEqual([
      'RUN                         WORKFLOW  STATUS                       AGE  DURATION     COST  STAGE                    GOAL',
      '01JNQVR7M0EJ5GKAT2SC4ERS1Z  release   running                       3m    2m 00s  $0.0025  ▸ Run the tests, Review  Release version 2 with notes for humans',
      '01JNQVR7M0FJ5GKAT2SC4ERS1A  release   completed (partial_success)   3m      1.5s        -',
    ]);
  });

  it('has short ids in a terminal, just long enough to tell the runs apart', () => {
    const table = runTable([busy, ended], { now: NOW, columns: 140, paint: plainPaint });
    expect(table.map((line) => line.split(' ')[0])).toEqual(['RUN', '01JNQVR7M0E', '01JNQVR7M0F']);
    expect(runTable([busy], { now: NOW, columns: 140, paint: plainPaint })[1]).toMatch(
      /^01JNQVR7M0 /,
    );
  });

  it('leaves out cost and stage where no run has any', () => {
    expect(runTable([run({})], { now: NOW, columns: 140, paint: plainPaint })[0]).toBe(
      'RUN         WORKFLOW  STATUS   AGE  DURATION  GOAL',
    );
  });

  it.each([60, 80, 100, 140])('fits %i columns, in colour too', (columns) => {
    for (const line of runTable([busy, ended], { now: NOW, columns, paint: colours }))
      expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('gives up the goal first and cuts the status before the stage', () => {
    expect(runTable([busy, ended], { now: NOW, columns: 80, paint: plainPaint })).toEqual([
      'RUN          WORKFLOW  STATUS       AGE  DURATION     COST  STAGE',
      '01JNQVR7M0E  release   running       3m    2m 00s  $0.0025  ▸ Run the tests, Re…',
      '01JNQVR7M0F  release   completed …   3m      1.5s        -',
    ]);
  });

  it('says what a run waits for', () => {
    const status = (fields: Partial<RunSummary>) =>
      runTable([run(fields)], { now: NOW, columns: undefined, paint: plainPaint })[1]?.split(
        / {2,}/,
      )[2];
    expect(status({ blocked: true })).toBe('running (waits for an answer)');
    expect(status({ status: 'queued', queue_position: 3 })).toBe('queued (position 3)');
    expect(status({ pending_control: 'cancel' })).toBe('running (cancel requested)');
  });
});

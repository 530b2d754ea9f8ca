import { expect, test } from 'vitest';
import type { EventDraft } from '@fabro/protocol';
import { commitsOf as foldCommits } from '../src/reports/commits.js';

async function* stored(drafts: readonly EventDraft[]) {
  for (const [i, draft] of drafts.entries())
    yield {
      type: draft.event,
      json: JSON.stringify({
        seq: i + 1,
        id: `e${i}`,
        ts: '2026-01-31T12:00:00Z',
        run_id: 'r',
        ...draft,
      }),
    };
}

const commitsOf = (drafts: readonly EventDraft[]) => foldCommits(stored(drafts));

const started: EventDraft = {
  event: 'run.started',
  properties: { name: 'W', base_sha: 'base', run_branch: 'b', worktree_dir: '/w' },
};
const commit = (sha: string, stage?: string, frame?: string): EventDraft => ({
  event: 'git.commit',
  ...(stage === undefined ? {} : { stage_id: stage, node_id: stage.split('@')[0] ?? '' }),
  ...(frame === undefined ? {} : { frame_id: frame }),
  properties: { sha },
});
const pairs = ({ spans }: Awaited<ReturnType<typeof commitsOf>>) =>
  spans.map(({ stageId, from, to }) => [stageId, from, to]);

test('the patch of a stage begins at what its worktree stood on: the base, a preparation, the stage before', async () => {
  const found = await commitsOf([started, commit('p'), commit('a', 'a@1'), commit('b', 'b@1')]);
  expect(pairs(found)).toEqual([
    ['a@1', 'p', 'a'],
    ['b@1', 'a', 'b'],
  ]);
  expect(found).toMatchObject({ base: 'base', head: 'b', worktree: '/w' });
});

test('a branch begins at its own commit, a child workflow goes on in the tree of its manager', async () => {
  const branch: EventDraft = {
    event: 'parallel.branch.started',
    frame_id: 'root/fork@1:0',
    properties: { index: 0, start_node: 'x', head_sha: 'a' },
  };
  const found = await commitsOf([
    started,
    commit('a', 'a@1'),
    branch,
    commit('x', 'x@1', 'root/fork@1:0'),
    commit('c', 'c@1', 'root/manage@1:child'),
    commit('d', 'd@1', 'root/manage@1:child/deep@1:child'),
    commit('e', 'e@1'),
  ]);
  expect(pairs(found)).toEqual([
    ['a@1', 'base', 'a'],
    ['x@1', 'a', 'x'],
    ['c@1', 'a', 'c'],
    ['d@1', 'c', 'd'],
    ['e@1', 'd', 'e'],
  ]);
  expect(found.head).toBe('e');
});

test('a loop that begins again goes on from where it stood; a reset goes back', async () => {
  const found = await commitsOf([
    started,
    commit('a', 'a@1'),
    started,
    commit('b', 'b@1'),
    { event: 'git.reset', properties: { sha: 'a' } },
    commit('c', 'c@1'),
  ]);
  expect(pairs(found)).toEqual([
    ['a@1', 'base', 'a'],
    ['b@1', 'a', 'b'],
    ['c@1', 'a', 'c'],
  ]);
});

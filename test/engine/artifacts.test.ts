/** Artifacts from real files: §5.3, with `find` in the local sandbox. */
import { chmod, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { captureArtifacts, type CaptureRequest } from '@fabro/engine';
import { blobOf } from '@fabro/journal';
import { callKey } from '@fabro/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { newProcesses, placeFor, type Place } from './local-place.js';

const processes = newProcesses();
afterAll(async () => await processes.close());

const SINCE_MS = 1_700_000_000_500;
const NEW_S = 1_700_000_000;

async function put(place: Place, path: string, text: string, modifiedAtS = NEW_S): Promise<void> {
  const target = join(place.workdir, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
  await utimes(target, modifiedAtS, modifiedAtS);
}

async function capture(place: Place, changes: Partial<CaptureRequest>) {
  const blobs = new Map<string, string>();
  const events = await captureArtifacts({
    sandbox: place.sandbox,
    calls: {
      signal: new AbortController().signal,
      blob: async (bytes) => {
        const { hash } = blobOf(bytes);
        blobs.set(hash, Buffer.from(bytes).toString());
        return hash;
      },
    },
    key: callKey('run', 'root', 'build@1', 'a1'),
    scope: { node_id: 'build', stage_id: 'build@1' },
    node: 'build',
    visit: 1,
    attempt: 1,
    include: [],
    sinceMs: SINCE_MS,
    ...changes,
  });
  const paths = events.map((event) =>
    event.event === 'artifact.captured' ? event.properties.path : event.event,
  );
  return { blobs, events, paths };
}

describe('§5.3 artifacts', () => {
  it('are the files that the globs name, with type, hashes and bytes', async () => {
    const place = await placeFor(processes);
    await put(place, 'reports/a b.html', 'hello');
    const { events, blobs } = await capture(place, { include: ['reports/**'] });
    const sha256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
    expect(events).toEqual([
      {
        node_id: 'build',
        stage_id: 'build@1',
        event: 'artifact.captured',
        properties: {
          attempt: 1,
          node_slug: 'build',
          path: 'reports/a b.html',
          mime: 'text/html',
          content_md5: '5d41402abc4b2a76b9719d911017c592',
          content_sha256: sha256,
          bytes: 5,
          blob: sha256,
        },
      },
    ]);
    expect([...blobs.values()]).toEqual(['hello']);
  });

  // §5.3 artifact slug
  it('name the visit from the second on', async () => {
    const place = await placeFor(processes);
    await put(place, 'x', '');
    const { events } = await capture(place, { include: ['x'], visit: 2, attempt: 3 });
    expect(events).toMatchObject([{ properties: { node_slug: 'build-visit_2', attempt: 3 } }]);
  });

  it('are none without globs, and nothing is started', async () => {
    const place = await placeFor(processes);
    const nothing = { ...place, sandbox: Object.assign(place.sandbox.at('.'), { exec: refuse }) };
    expect((await capture(nothing, { include: [] })).events).toEqual([]);
  });

  it('may be named by several globs and come once, smallest first', async () => {
    const place = await placeFor(processes);
    await put(place, 'out/deep/long.txt', 'longer');
    await put(place, 'out/b.txt', 'b');
    await put(place, 'a.txt', 'a');
    await put(place, 'other.md', '');
    expect((await capture(place, { include: ['*.txt', 'out/**', '*.{log,txt}'] })).paths).toEqual([
      'a.txt',
      'out/b.txt',
      'out/deep/long.txt',
    ]);
  });

  it('are no older than the attempt, counted in whole seconds', async () => {
    const place = await placeFor(processes);
    await put(place, 'old.txt', '', NEW_S - 1);
    await put(place, 'new.txt', '');
    expect((await capture(place, { include: ['*.txt'] })).paths).toEqual(['new.txt']);
  });

  it('are no links, and nothing behind links', async () => {
    const place = await placeFor(processes);
    await put(place, 'real/a.txt', '');
    await symlink('real/a.txt', join(place.workdir, 'link.txt'));
    await symlink('real', join(place.workdir, 'folder'));
    expect((await capture(place, { include: ['*.txt'] })).paths).toEqual(['real/a.txt']);
  });

  // §5.3 artifact pruning
  it('lie outside the pruned directories, at any depth', async () => {
    const place = await placeFor(processes);
    const pruned =
      '.git node_modules .pnpm-store .npm target .next __pycache__ .venv venv .cache .tox .pytest_cache .mypy_cache dist'.split(
        ' ',
      );
    for (const name of pruned) {
      await put(place, `${name}/x.txt`, '');
      await put(place, `deep/${name}/below/x.txt`, '');
    }
    await put(place, 'deep/dist.txt', '');
    await put(place, 'target.d/x.txt', '');
    expect((await capture(place, { include: ['*.txt'] })).paths).toEqual([
      'deep/dist.txt',
      'target.d/x.txt',
    ]);
  });

  it('are found by odd names, but not by names with line ends', async () => {
    const place = await placeFor(processes);
    const names = ["it's $HOME `x`.txt", '-n.txt', 'grüße.txt', '*.txt', 'two\nlines.txt'];
    for (const name of names) await put(place, name, '');
    expect((await capture(place, { include: ['*.txt'] })).paths.toSorted()).toEqual(
      names.slice(0, 4).toSorted(),
    );
  });
});

describe('an attempt whose artifacts cannot all be kept', () => {
  it('says which are left out, and why', async () => {
    const place = await placeFor(processes);
    await put(place, 'large.bin', 'x'.repeat(10 * 1024 * 1024 + 1));
    await put(place, 'small.bin', 'x');
    const { events, paths } = await capture(place, { include: ['*.bin'] });
    expect(paths).toEqual(['small.bin', 'run.notice']);
    expect(events[1]).toEqual({
      node_id: 'build',
      stage_id: 'build@1',
      event: 'run.notice',
      properties: {
        level: 'warn',
        code: 'artifacts_left_out',
        message:
          'artifacts of build@1: 1 left out: large.bin (10485761 bytes; at most 10485760 bytes each). Narrow run.artifacts.include, or write smaller files.',
      },
    });
  });

  it('names five of many', async () => {
    const place = await placeFor(processes);
    for (let i = 0; i < 108; i++) await put(place, `f${String(i).padStart(3, '0')}`, '');
    const { events } = await capture(place, { include: ['f*'] });
    expect(events).toHaveLength(101);
    expect(events.at(-1)?.properties).toMatchObject({
      message: expect.stringMatching(/: 8 left out: f100 .*, f104 \([^,]*\), and 3 more\. /),
    });
  });

  it.each([
    ['a glob that stands for too much', ['{a,b}'.repeat(10)], 'more than 256 alternatives'],
    [
      'globs that together do',
      Array.from({ length: 257 }, () => 'x'),
      'run.artifacts.include stands for 257 patterns, at most 256 are searched for.',
    ],
  ])('says so of %s', async (_title, include, why) => {
    const place = await placeFor(processes);
    expect((await capture(place, { include })).events).toMatchObject([
      {
        event: 'run.notice',
        properties: {
          level: 'warn',
          code: 'artifact_collection_failed',
          message: expect.stringMatching(/^artifacts of build@1 could not be collected: /),
        },
      },
    ]);
    expect(JSON.stringify((await capture(place, { include })).events)).toContain(why);
  });

  it('says so when the folder is gone', async () => {
    const place = await placeFor(processes);
    const sandbox = place.sandbox.at('missing');
    expect((await capture(place, { include: ['x'], sandbox })).events).toMatchObject([
      { properties: { code: 'artifact_collection_failed' } },
    ]);
  });

  it('keeps what there is when one file cannot be read any more', async () => {
    const place = await placeFor(processes);
    await put(place, 'a.txt', 'a');
    await put(place, 'gone.txt', 'gone');
    const readFile: Place['sandbox']['readFile'] = async (path, options) => {
      if (path === 'gone.txt') throw new Error('gone.txt does not exist.');
      return await place.sandbox.readFile(path, options);
    };
    const sandbox = Object.assign(place.sandbox.at('.'), { readFile });
    const { paths, events } = await capture(place, { include: ['*.txt'], sandbox });
    expect(paths).toEqual(['a.txt', 'run.notice']);
    expect(events[1]?.properties).toMatchObject({
      code: 'artifact_collection_failed',
      message: 'artifacts of build@1 could not be collected: gone.txt does not exist.',
    });
  });

  it('keeps what there is when a folder may not be read', async () => {
    const place = await placeFor(processes);
    await put(place, 'a.txt', 'a');
    await put(place, 'closed/b.txt', 'b');
    await chmod(join(place.workdir, 'closed'), 0);
    const { paths } = await capture(place, { include: ['a.txt'] });
    await chmod(join(place.workdir, 'closed'), 0o700);
    expect(paths).toEqual(['a.txt']);
  });

  it('has none when it is cancelled meanwhile', async () => {
    const place = await placeFor(processes);
    const calls = { signal: AbortSignal.abort(new Error('cancelled')), blob: refuse };
    await expect(capture(place, { include: ['x'], calls })).rejects.toThrow('cancelled');
  });

  it('fails when blobs cannot be stored: the journal is what counts', async () => {
    const place = await placeFor(processes);
    await put(place, 'x', '');
    const calls = { signal: new AbortController().signal, blob: refuse };
    await expect(capture(place, { include: ['x'], calls })).rejects.toThrow('not here');
  });
});

function refuse(): never {
  throw new Error('not here');
}

import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { scriptCommand, temporaryFolder } from './support.js';

const SINGLES = 40;
const CONCURRENT = 200;

type Moment =
  | { readonly kind: 'send' | 'ack'; readonly name: string }
  | { readonly kind: 'log_written' | 'log_synced' };

/** The moments of a trace, in order: what is said counts where the call began, a sync where it returned. */
function momentsOf(trace: string): readonly Moment[] {
  const moments: Moment[] = [];
  const begun = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const said = /^write\(1<[^>]*>, "(send|ack) ([\w-]+)\\n"/.exec(rest);
    if (said !== null)
      moments.push({ kind: said[1] === 'send' ? 'send' : 'ack', name: said[2] ?? '' });
    const unfinished = /^(.*?) *<unfinished \.\.\.>$/.exec(rest);
    if (unfinished !== null) begun.set(thread, unfinished[1] ?? '');
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const call = resumed === null ? rest : `${begun.get(thread) ?? ''}${resumed[1] ?? ''}`;
    if (/^pwrite64\(\d+<[^>]*-wal>.*= \d+$/.test(call)) moments.push({ kind: 'log_written' });
    else if (/^(fsync|fdatasync)\(\d+<[^>]*-wal>\)\s+= 0$/.test(call))
      moments.push({ kind: 'log_synced' });
  }
  return moments;
}

function between(moments: readonly Moment[], name: string): readonly string[] {
  const at = (kind: 'send' | 'ack') =>
    moments.findIndex((m) => m.kind === kind && 'name' in m && m.name === name);
  expect(at('send')).toBeGreaterThanOrEqual(0);
  expect(at('ack')).toBeGreaterThan(at('send'));
  return moments.slice(at('send') + 1, at('ack')).map((m) => m.kind);
}

it('no append resolves before the log was written and synced, and many share one sync', async ({
  skip,
}) => {
  const probe = spawnSync('strace', ['-V']);
  if (probe.status !== 0) return skip('strace is not installed');
  if (spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status !== 0)
    return skip('strace may not trace processes here');
  const folder = await temporaryFolder();
  const trace = join(folder, 'trace');
  await promisify(execFile)('strace', [
    '-f',
    '-y',
    '-e',
    'trace=fsync,fdatasync,write,pwrite64',
    '-o',
    trace,
    ...scriptCommand('append-traced', [
      join(folder, 'journal.db'),
      String(SINGLES),
      String(CONCURRENT),
    ]),
  ]);
  const moments = momentsOf(await readFile(trace, 'utf8'));

  let singleSyncs = 0;
  for (let i = 1; i <= SINGLES; i++) {
    const calls = between(moments, `single-${i}`);
    const syncs = calls.filter((c) => c === 'log_synced').length;
    expect(calls.indexOf('log_written')).toBeGreaterThanOrEqual(0);
    expect(calls.lastIndexOf('log_synced')).toBeGreaterThan(calls.lastIndexOf('log_written'));
    singleSyncs += syncs;
  }
  // One each; two more are forgiven for the header of a log that begins anew after a quiet moment.
  expect(singleSyncs).toBeLessThanOrEqual(SINGLES + 2);

  for (let i = 1; i <= CONCURRENT; i++) {
    const calls = between(moments, `concurrent-${i}`);
    expect(calls).toContain('log_written');
    expect(calls).toContain('log_synced');
  }
  const shared = between(moments, 'all').filter((c) => c === 'log_synced').length;
  expect(shared).toBeGreaterThanOrEqual(1);
  expect(shared).toBeLessThanOrEqual(5);
});

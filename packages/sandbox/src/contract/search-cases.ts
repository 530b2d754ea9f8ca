import { expect, it } from 'vitest';
import type { Sandbox } from '../port.js';
import { exec, write } from './drive.js';

export function searchCases(sandbox: () => Sandbox): void {
  const signal = new AbortController().signal;
  const tree = async (...paths: readonly string[]): Promise<void> => {
    for (const path of paths) await write(sandbox(), path, `text of ${path}\n`);
  };

  it('lists matching files, newest first, at most as many as asked for', async () => {
    await tree('a.ts', 'src/b.ts', 'src/deep/c.ts', 'src/d.js');
    await exec(sandbox(), {
      command:
        'touch -d 2001-01-01 a.ts; touch -d 2003-01-01 src/b.ts; touch -d 2002-01-01 src/deep/c.ts',
    });
    const glob = async (pattern: string, limit = 10, path?: string) =>
      await sandbox().glob(pattern, { limit, signal, ...(path === undefined ? {} : { path }) });
    expect(await glob('**/*.ts')).toEqual(['src/b.ts', 'src/deep/c.ts', 'a.ts']);
    expect(await glob('**/*.ts', 2)).toEqual(['src/b.ts', 'src/deep/c.ts']);
    expect(await glob('*.ts')).toEqual(['a.ts']);
    expect(await glob('**/*.ts', 10, 'src')).toEqual(['b.ts', 'deep/c.ts']);
    expect(await glob('src/{b,d}.*')).toEqual(['src/d.js', 'src/b.ts']);
  });

  it('leaves out .git and node_modules, at any depth', async () => {
    await tree('.git/x', 'node_modules/x', 'below/node_modules/x', 'below/.git/x', '.github/x');
    expect(await sandbox().glob('**', { limit: 10, signal })).toEqual(['.github/x']);
    const found = await sandbox().grep('text', { limit: 10, signal });
    expect(found.map((match) => match.path)).toEqual(['.github/x']);
  });

  it('refuses to list a folder that is missing', async () => {
    await expect(sandbox().glob('*', { path: 'missing', limit: 1, signal })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('finds matching lines with their numbers, ordered by path', async () => {
    await write(sandbox(), 'b.txt', 'one\r\ntwo\r\nthree');
    await write(sandbox(), 'a.txt', 'two\n\ntwofold\n');
    expect(await sandbox().grep('^two', { limit: 10, signal })).toEqual([
      { path: 'a.txt', line: 1, text: 'two' },
      { path: 'a.txt', line: 3, text: 'twofold' },
      { path: 'b.txt', line: 2, text: 'two' },
    ]);
    expect(await sandbox().grep('two$', { limit: 10, signal })).toEqual([
      { path: 'a.txt', line: 1, text: 'two' },
      { path: 'b.txt', line: 2, text: 'two' },
    ]);
    expect(await sandbox().grep('two', { limit: 1, signal })).toHaveLength(1);
  });

  it('searches without regard to case, in files of a pattern, below a folder, or in one file', async () => {
    await write(sandbox(), 'src/a.ts', 'Needle');
    await write(sandbox(), 'src/a.js', 'needle');
    const paths = async (options: object): Promise<readonly string[]> =>
      (await sandbox().grep('needle', { limit: 10, signal, ...options })).map(({ path }) => path);
    expect(await paths({})).toEqual(['src/a.js']);
    expect(await paths({ caseInsensitive: true })).toEqual(['src/a.js', 'src/a.ts']);
    expect(await paths({ caseInsensitive: true, glob: '*.ts' })).toEqual(['src/a.ts']);
    expect(await paths({ path: 'src' })).toEqual(['src/a.js']);
    expect(await paths({ path: 'src/a.js' })).toEqual(['src/a.js']);
    await expect(paths({ path: 'missing' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('leaves out binary files', async () => {
    await exec(sandbox(), { command: String.raw`printf 'needle\0' > binary; echo needle > text` });
    const found = await sandbox().grep('needle', { limit: 10, signal });
    expect(found.map((match) => match.path)).toEqual(['text']);
  });

  it('refuses a bad regular expression with its fault', async () => {
    await expect(sandbox().grep('a(b', { limit: 1, signal })).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('"a(b"'),
    });
  });

  it('takes linear time for a pattern that makes backtracking engines hang', async () => {
    await write(sandbox(), 'long', `${'a'.repeat(50_000)}b\n`);
    expect(await sandbox().grep('(a+)+$', { limit: 1, signal })).toEqual([]);
  });

  it('stops a search whose signal aborts', async () => {
    await tree('a', 'b');
    const stopped = AbortSignal.abort(new Error('enough'));
    await expect(sandbox().grep('x', { limit: 1, signal: stopped })).rejects.toThrow('enough');
    await expect(sandbox().glob('*', { limit: 1, signal: stopped })).rejects.toThrow('enough');
  });
}

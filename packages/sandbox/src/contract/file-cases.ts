import { expect, it } from 'vitest';
import type { Sandbox } from '../port.js';
import { exec, read, write } from './drive.js';

export function fileCases(sandbox: () => Sandbox): void {
  it('reads back what it wrote, in folders that it creates', async () => {
    await write(sandbox(), 'a/b/c.txt', 'text');
    expect(await read(sandbox(), 'a/b/c.txt')).toBe('text');
    expect(await read(sandbox(), `${sandbox().workdir}/a/b/c.txt`)).toBe('text');
    await write(sandbox(), 'a/b/c.txt', '');
    expect(await read(sandbox(), 'a/b/c.txt')).toBe('');
  });

  it('names a file that is missing', async () => {
    await expect(read(sandbox(), 'missing.txt')).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('missing.txt'),
    });
    await write(sandbox(), 'file', '');
    await expect(read(sandbox(), 'file/below')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuses a file past the limit and gives one that just fits', async () => {
    await write(sandbox(), 'ten', '0123456789');
    const limited = async (maxBytes: number) => await sandbox().readFile('ten', { maxBytes });
    expect((await limited(10)).length).toBe(10);
    await expect(limited(9)).rejects.toMatchObject({ code: 'too_large' });
  });

  it('refuses to read or overwrite a folder', async () => {
    await write(sandbox(), 'folder/file', '');
    await expect(read(sandbox(), 'folder')).rejects.toMatchObject({ code: 'invalid_argument' });
    await expect(write(sandbox(), 'folder', '')).rejects.toMatchObject({
      code: 'invalid_argument',
    });
  });

  it('refuses to write below a file', async () => {
    await write(sandbox(), 'file', 'x');
    await expect(write(sandbox(), 'file/below', '')).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    expect(await read(sandbox(), 'file')).toBe('x');
  });

  it('keeps the mode of a file and leaves no temporary file beside it', async () => {
    await write(sandbox(), 'script', 'old');
    await exec(sandbox(), { command: 'chmod 751 script' });
    await write(sandbox(), 'script', 'new');
    const result = await exec(sandbox(), { command: 'ls -A; ls -l script | cut -c1-10' });
    expect(result.stdout).toBe('script\n-rwxr-x--x\n');
  });

  it('writes through a symbolic link', async () => {
    await exec(sandbox(), { command: 'echo old > real; ln -s real link; ln -s later dangling' });
    await write(sandbox(), 'link', 'new');
    await write(sandbox(), 'dangling', 'made');
    expect(await read(sandbox(), 'real')).toBe('new');
    expect(await read(sandbox(), 'later')).toBe('made');
    const links = await exec(sandbox(), { command: 'readlink link dangling' });
    expect(links.stdout).toBe('real\nlater\n');
  });

  it('tells files, folders, other things and nothing apart', async () => {
    await write(sandbox(), 'folder/file', 'abc');
    await exec(sandbox(), { command: 'mkfifo pipe' });
    expect(await sandbox().stat('folder/file')).toMatchObject({ kind: 'file', size: 3 });
    expect((await sandbox().stat('folder/file'))?.mtimeMs).toBeGreaterThan(1_500_000_000_000);
    expect(await sandbox().stat('folder')).toMatchObject({ kind: 'directory' });
    expect(await sandbox().stat('pipe')).toMatchObject({ kind: 'other' });
    expect(await sandbox().stat('missing')).toBeUndefined();
    expect(await sandbox().stat('folder/file/below')).toBeUndefined();
  });

  it('does not hang on a named pipe', async () => {
    await exec(sandbox(), { command: 'mkfifo pipe' });
    await expect(read(sandbox(), 'pipe')).rejects.toMatchObject({ code: 'invalid_argument' });
  });
}

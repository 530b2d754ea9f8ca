import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, linksOf, readPages, ROOT } from './pages.js';

const pages = readPages();

describe('every link of a page leads somewhere', () => {
  it.each(pages.filter(({ text }) => linksOf(text).length > 0))('$path', ({ path, text }) => {
    const broken = linksOf(text).filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(ROOT, target))) return true;
      return (
        anchor !== undefined && !anchorsOf(readFileSync(join(ROOT, target), 'utf8')).has(anchor)
      );
    });
    expect(broken).toEqual([]);
  });
});

it('a test that compatibility.md names is there', () => {
  const page = pages.find(({ path }) => path === 'docs/compatibility.md')?.text ?? '';
  const cited = [...page.matchAll(/\]\((\.\.\/[^)]+\.test\.ts)\)\s+“(.+?)”/g)];
  expect(cited.length).toBeGreaterThan(20);
  const missing = cited
    .map(([, file = '', title = '']) => ({ file, title }))
    .filter(({ file, title }) => {
      const source = readFileSync(join(ROOT, 'docs', file), 'utf8').replaceAll("\\'", "'");
      return !source.includes(title);
    });
  expect(missing).toEqual([]);
});

it('the generated pages and the examples in the guide are what the code says', () => {
  const check = spawnSync(process.execPath, ['scripts/docs.mjs', '--check'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(check.stderr).toBe('');
  expect(check.status).toBe(0);
});

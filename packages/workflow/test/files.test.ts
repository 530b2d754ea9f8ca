import { describe, expect, it } from 'vitest';
import { FabroError } from '@fabro/protocol';
import {
  attr,
  bundle,
  inlineFiles,
  normaliseManifestPath,
  resolveManifestPath,
} from '@fabro/workflow';
import { graphOf, nodeOf } from './graph-of.js';

function refusal(act: () => unknown): [string, string] {
  try {
    act();
  } catch (error) {
    if (error instanceof FabroError) return [error.code, error.message];
    throw error;
  }
  throw new Error('nothing was refused');
}

function reader(files: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const read = (path: string): Promise<string | undefined> => {
    asked.push(path);
    return Promise.resolve(Object.hasOwn(files, path) ? files[path] : undefined);
  };
  return { read, asked };
}

describe('paths in a manifest', () => {
  it.each([
    ['a/b.md', 'a/b.md'],
    ['./a/./b.md', 'a/b.md'],
    ['a/../b.md', 'b.md'],
    ['a//b/', 'a/b'],
    ['a/..b/...', 'a/..b/...'],
  ])('%j is folded to %j', (path, folded) => {
    expect(normaliseManifestPath(path)).toBe(folded);
  });

  it.each([
    ['', 'is empty'],
    ['.', 'names no file'],
    ['/etc/passwd', 'is absolute'],
    ['C:/x', 'is absolute'],
    ['\\\\host\\x', 'is absolute'],
    ['a\\b', 'holds a backslash'],
    ['~/x', 'begins with "~"'],
    ['../x', 'leaves the manifest by ".."'],
    ['a/../../x', 'leaves the manifest by ".."'],
    ['a\0b', 'holds a NUL character'],
  ])('%j is refused: it %s', (path, why) => {
    const [code, message] = refusal(() => normaliseManifestPath(path));
    expect(code).toBe('invalid_manifest');
    expect(message).toContain(`invalid manifest path: ${JSON.stringify(path)} ${why}; `);
  });

  it('references are relative to the folder of the workflow', () => {
    expect(resolveManifestPath('fabro/w/workflow.fabro', 'prompts/a.md')).toBe(
      'fabro/w/prompts/a.md',
    );
    expect(resolveManifestPath('fabro/w/workflow.fabro', '../shared/a.md')).toBe(
      'fabro/shared/a.md',
    );
    expect(refusal(() => resolveManifestPath('w.fabro', '../a.md'))[0]).toBe('invalid_manifest');
    expect(refusal(() => resolveManifestPath('a/w.fabro', '/a.md'))[1]).toContain('is absolute');
    expect(refusal(() => resolveManifestPath('a/w.fabro', '~/a.md'))[1]).toContain('"~"');
  });
});

describe('@file (§1.3, decision 11)', () => {
  it('is replaced by the file in prompts and in the goal, and nowhere else', () => {
    const graph = graphOf('goal="@goal.md"; a [prompt="@p/a.md", label="@p/a.md"]');
    const files = new Map([
      ['w/goal.md', 'The goal'],
      ['w/p/a.md', '30s'],
    ]);
    const inlined = inlineFiles(graph, 'w/workflow.fabro', files);
    expect(attr.string(inlined, 'goal')).toBe('The goal');
    expect(attr.string(nodeOf(inlined, 'a'), 'prompt')).toBe('30s');
    expect(attr.string(nodeOf(inlined, 'a'), 'label')).toBe('@p/a.md');
  });

  it('stays as written when the file is missing or lies outside', () => {
    const graph = graphOf('a [prompt="@missing.md"] b [prompt="@../../x.md"]');
    const inlined = inlineFiles(graph, 'w.fabro', new Map());
    expect(attr.string(nodeOf(inlined, 'a'), 'prompt')).toBe('@missing.md');
    expect(attr.string(nodeOf(inlined, 'b'), 'prompt')).toBe('@../../x.md');
  });
});

describe('a bundle', () => {
  it('holds the workflow and the files it names, once each', async () => {
    const source =
      'digraph G { goal="@goal.md"; a [prompt="@p/a.md"] b [prompt="@./p/a.md"] c [prompt="@no.md"] d [prompt="@/etc/passwd"] }';
    const { read, asked } = reader({
      'w/main.fabro': source,
      'w/goal.md': 'G',
      'w/p/a.md': 'A',
      '/etc/passwd': 'secret',
    });
    expect(await bundle(read, './w/main.fabro')).toEqual({
      path: 'w/main.fabro',
      source,
      files: {
        'w/goal.md': {
          content: 'G',
          ref: { type: 'file_inline', original: 'goal.md', from: 'w/main.fabro' },
        },
        'w/p/a.md': {
          content: 'A',
          ref: { type: 'file_inline', original: 'p/a.md', from: 'w/main.fabro' },
        },
      },
    });
    expect(asked).toEqual(['w/main.fabro', 'w/goal.md', 'w/p/a.md', 'w/no.md']);
  });

  it('of a workflow that cannot be parsed has no files', async () => {
    const { read } = reader({ 'w.fabro': 'graph {' });
    expect(await bundle(read, 'w.fabro')).toEqual({
      path: 'w.fabro',
      source: 'graph {',
      files: {},
    });
  });

  it('fails when the workflow is missing, and when the files are too many or too long', async () => {
    await expect(bundle(reader({}).read, 'w.fabro')).rejects.toMatchObject({ code: 'not_found' });
    await expect(bundle(reader({}).read, '../w.fabro')).rejects.toMatchObject({
      code: 'invalid_manifest',
    });
    const long = reader({ 'w.fabro': 'digraph G { a [prompt="@a"] }', a: 'x'.repeat(2_000_000) });
    await expect(bundle(long.read, 'w.fabro')).rejects.toMatchObject({ code: 'too_large' });
    const names = Array.from({ length: 501 }, (_, index) => `n${index} [prompt="@f${index}"]`);
    const many = (path: string) =>
      Promise.resolve(path === 'w.fabro' ? `digraph G { ${names.join(' ')} }` : 'x');
    await expect(bundle(many, 'w.fabro')).rejects.toMatchObject({ code: 'too_large' });
  });
});

import { describe, expect, it } from 'vitest';
import { FabroError } from '@fabro/protocol';
import {
  type Graph,
  attr,
  bundle,
  goalOf,
  normaliseManifestPath,
  prepare,
  resolveManifestPath,
} from '@fabro/workflow';
import { nodeOf } from './graph-of.js';
import { ENGINE } from './support/engine.js';

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

/** The graph of statements of the workflow at `w/workflow.fabro`, with files. */
function prepared(body: string, files: Readonly<Record<string, string>>): Graph {
  const { graph } = prepare({
    source: `digraph G { ${body} }`,
    path: 'w/workflow.fabro',
    files: new Map(Object.entries(files)),
  });
  if (graph === undefined) throw new Error('the workflow could not be parsed');
  return graph;
}

describe('@file (§1.3, decision 11)', () => {
  it('is replaced by the file in prompts and in the goal, and nowhere else', () => {
    const graph = prepared('goal="@goal.md"; a [prompt="@p/a.md", label="@p/a.md"]', {
      'w/goal.md': 'The goal',
      'w/p/a.md': '30s',
    });
    expect(goalOf(graph)).toBe('The goal');
    expect(attr.string(nodeOf(graph, 'a'), 'prompt')).toBe('30s');
    expect(attr.string(nodeOf(graph, 'a'), 'label')).toBe('@p/a.md');
  });

  it('may lie in the home directory', () => {
    const graph = prepared('a [prompt="@~/p/./a.md"] b [prompt="@~/../a.md"]', {
      '.home/p/a.md': 'at home',
      'a.md': 'not at home',
    });
    expect(attr.string(nodeOf(graph, 'a'), 'prompt')).toBe('at home');
    expect(attr.string(nodeOf(graph, 'b'), 'prompt')).toBe('@~/../a.md');
  });

  it('stays as written when the file is missing or lies outside', () => {
    const graph = prepared('a [prompt="@missing.md"] b [prompt="@../../x.md"]', {});
    expect(attr.string(nodeOf(graph, 'a'), 'prompt')).toBe('@missing.md');
    expect(attr.string(nodeOf(graph, 'b'), 'prompt')).toBe('@../../x.md');
  });

  it('stays as written when there is no directory to look in', () => {
    const { diagnostics } = prepare({
      source: 'digraph G { a [prompt="@a.md"] b [import="b"] }',
      path: 'w',
    });
    expect(diagnostics.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        "Node 'a' has unresolved file reference: @a.md",
        'unresolved import (no base directory available)',
      ]),
    );
  });

  it('may be named by an input', () => {
    const { ok, graph } = prepare({
      source: 'digraph G { start -> a -> exit a [prompt="@{{ inputs.lang }}.md"] }',
      path: 'w.fabro',
      files: new Map([['de.md', 'Hallo {{ inputs.lang }}']]),
      inputs: { lang: 'de' },
      templates: ENGINE,
    });
    expect(ok).toBe(true);
    expect(graph && attr.string(nodeOf(graph, 'a'), 'prompt')).toBe('Hallo de');
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
      children: {},
    });
    expect(asked).toEqual([
      'w/main.fabro',
      'w/goal.md',
      'w/p/a.md',
      'w/no.md',
      '.home/.fabro/no.md',
    ]);
  });

  it('holds imports and child workflows, and what those name, relative to who names it', async () => {
    const { read, asked } = reader({
      'w/main.fabro':
        'digraph G { i [import="../lib/i.fabro"] j [import="../lib/i.fabro"] m [shape=house, stack.child_workflow="c.fabro"] }',
      'lib/i.fabro':
        'digraph I { a [prompt="@a.md"] k [import="deep/k.fabro"] m [shape=house, stack.child_dotfile="d.fabro"] back [import="../w/main.fabro"] }',
      'lib/a.md': 'A',
      'lib/deep/k.fabro': 'digraph K { k [prompt="@../a.md", import="k.fabro"] }',
      'w/c.fabro':
        'digraph C { a [prompt="@a.md"] m [shape=house, stack.child_workflow="c.fabro"] r [shape=house, stack.child_workflow="main.fabro"] i [shape=house, stack.child_dot_source="digraph X { x [prompt=\\"@x.md\\"] }"] }',
      'w/a.md': "C's",
      'w/x.md': 'X',
      'lib/d.fabro': 'digraph D { }',
    });
    const { files, children } = await bundle(read, 'w/main.fabro');
    const refs = (named: typeof files) =>
      Object.entries(named).map(([path, { ref }]) => [path, ref.type, ref.from]);
    expect(refs(files)).toEqual([
      ['lib/i.fabro', 'import', 'w/main.fabro'],
      ['lib/a.md', 'file_inline', 'lib/i.fabro'],
      ['lib/deep/k.fabro', 'import', 'lib/i.fabro'],
      ['w/main.fabro', 'import', 'lib/i.fabro'],
    ]);
    expect(Object.keys(children)).toEqual(['w/c.fabro', 'lib/d.fabro']);
    expect(refs(children['w/c.fabro']?.files ?? {})).toEqual([
      ['w/a.md', 'file_inline', 'w/c.fabro'],
      ['w/x.md', 'file_inline', 'w/c.fabro'],
    ]);
    expect(asked.filter((path) => path.endsWith('.fabro')).toSorted()).toEqual([
      'lib/d.fabro',
      'lib/deep/k.fabro',
      'lib/i.fabro',
      'w/c.fabro',
      'w/main.fabro',
      'w/main.fabro',
    ]);
  });

  it('takes a missing file from ~/.fabro, and ~/ from the home directory (§1.3)', async () => {
    const { read } = reader({
      'w.fabro': 'digraph G { a [prompt="@p/a.md"] b [prompt="@~/b.md"] c [import="c.fabro"] }',
      '.home/.fabro/p/a.md': 'A at home',
      '.home/b.md': 'B',
      '.home/.fabro/c.fabro': 'digraph C {}',
    });
    const { files } = await bundle(read, 'w.fabro');
    expect(Object.entries(files).map(([path, { content }]) => [path, content])).toEqual([
      ['p/a.md', 'A at home'],
      ['.home/b.md', 'B'],
      ['c.fabro', 'digraph C {}'],
    ]);
  });

  it('follows what templates name, in values and in the text as a whole', async () => {
    const { read } = reader({
      'w.fabro':
        'digraph G { {% for s in inputs.steps %} {{ s }} [import="{{ s }}.fabro"] {% endfor %} }',
      'a.fabro': 'digraph A { x [prompt="@{{ inputs.lang }}.md"] }',
      'b.fabro': 'digraph B { m [shape=house, stack.child_workflow="{{ inputs.lang }}.fabro"] }',
      'de.md': 'Hallo',
      'de.fabro': 'digraph D {}',
    });
    const options = { inputs: { steps: ['a', 'b'], lang: 'de' }, templates: ENGINE };
    const { files, children } = await bundle(read, 'w.fabro', options);
    expect(Object.keys(files)).toEqual(['a.fabro', 'b.fabro', 'de.md']);
    expect(Object.keys(children)).toEqual(['de.fabro']);
  });

  it('of a workflow that cannot be parsed has no files', async () => {
    const { read } = reader({ 'w.fabro': 'graph {' });
    expect(await bundle(read, 'w.fabro')).toEqual({
      path: 'w.fabro',
      source: 'graph {',
      files: {},
      children: {},
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

/** `fabro lsp` as an editor meets it: a process that speaks the Language Server Protocol. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testHome } from './support/home.js';
import { type Editor, startEditor, uriOf } from './support/lsp-client.js';

const SOUND = `digraph Ship {
  graph [goal="Ship it"]
  start [shape=Mdiamond]
  work [prompt="@prompts/work.md", model=sonnet]
  exit [shape=Msquare]
  start -> work -> exit
}
`;

/** Where a part of a text begins, or ends, as the protocol counts it. */
function at(
  text: string,
  part: string,
  end: 'start' | 'end' = 'start',
): { line: number; character: number } {
  const offset = text.indexOf(part) + (end === 'end' ? part.length : 0);
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

const codes = (found: readonly { code?: string | undefined }[]): (string | undefined)[] =>
  found.map(({ code }) => code);

async function ask(
  editor: Editor,
  method: string,
  path: string,
  position: object,
): Promise<unknown> {
  return editor.request(`textDocument/${method}`, { textDocument: { uri: uriOf(path) }, position });
}

describe('the session', () => {
  it('begins with what the server can do, and ends with code 0 after shutdown and exit', async () => {
    const home = testHome();
    const editor = await startEditor(home, {
      greet: false,
      args: ['--stdio', '--clientProcessId=1'],
    });
    expect(
      await editor.request('initialize', { processId: null, rootUri: null, capabilities: {} }),
    ).toMatchObject({
      serverInfo: { name: 'fabro' },
      capabilities: {
        textDocumentSync: { openClose: true, change: 2, save: true },
        hoverProvider: true,
        completionProvider: { triggerCharacters: ['[', ',', '=', '>', '"', '@', '/'] },
        definitionProvider: true,
        documentSymbolProvider: true,
        codeActionProvider: { codeActionKinds: ['quickfix'] },
      },
    });
    expect(await editor.request('shutdown')).toBeNull();
    editor.notify('exit');
    expect(await editor.ended).toEqual({ code: 0, stderr: '' });
  });

  it('ends with code 1 when exit comes without shutdown, or the editor goes away', async () => {
    const home = testHome();
    const first = await startEditor(home);
    first.notify('exit');
    expect(await first.ended).toEqual({ code: 1, stderr: '' });
    const second = await startEditor(home);
    second.hangUp();
    expect(await second.ended).toEqual({ code: 1, stderr: '' });
  });

  it('answers nonsense with an error and goes on', async () => {
    const home = testHome();
    const editor = await startEditor(home);
    await expect(editor.request('textDocument/hover', {})).rejects.toThrow('textDocument/hover');
    await expect(editor.request('no/such')).rejects.toThrow('no/such');
    editor.notify('textDocument/didOpen', { textDocument: 5 });
    editor.raw('Content-Length: 3\r\n\r\n{x}');
    expect(await ask(editor, 'hover', home.at('x.fabro'), { line: 0, character: 0 })).toBeNull();
  });

  it('refuses an input that is no protocol, on standard error', async () => {
    const home = testHome();
    const editor = await startEditor(home, { greet: false });
    editor.raw('digraph G {}\r\n\r\n');
    const { code, stderr } = await editor.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('error: Standard input holds no Content-Length in "digraph G {}"');
  });
});

describe('diagnostics', () => {
  it('are those of fabro validate, with range, severity, rule and remedy', async () => {
    const home = testHome();
    home.write('prompts/work.md', 'Work.');
    const path = home.write('ship.fabro', SOUND);
    const editor = await startEditor(home);
    editor.open(path, SOUND);
    expect(await editor.diagnostics(path)).toEqual([]);
    const wrong = SOUND.replace('shape=Msquare', 'shape=Msquare, goal_gate="true"');
    editor.change(path, wrong);
    expect(await editor.diagnostics(path)).toEqual([
      {
        range: { start: at(wrong, 'goal_gate'), end: at(wrong, 'goal_gate="true"', 'end') },
        severity: 2,
        code: 'attribute_type',
        source: 'fabro',
        message:
          'Node \'exit\' has goal_gate="true", a text, where true or false is expected; it has no effect\n' +
          'Fix: Write goal_gate=true, without quotes',
        data: { fix: 'Write goal_gate=true, without quotes' },
      },
    ]);
  });

  it('name the place where a text cannot be read, and go away when it can', async () => {
    const home = testHome();
    const path = home.write('ship.fabro', '');
    const editor = await startEditor(home);
    editor.open(path, 'digraph G {\r\n  a [shape=\r\n');
    expect(await editor.diagnostics(path)).toMatchObject([
      { code: 'parse_error', severity: 1, range: { start: { line: 2, character: 0 } } },
    ]);
    editor.change(path, 'digraph G { start -> exit }');
    expect(await editor.diagnostics(path)).toEqual([]);
  });

  it('come for a text that is no file yet, too', async () => {
    const home = testHome();
    const editor = await startEditor(home);
    editor.open(home.at('new/none.fabro'), 'digraph G { start -> a }');
    expect(codes(await editor.diagnostics(home.at('new/none.fabro')))).toContain('terminal_node');
  });

  it('follow a file that the workflow names: first as it is typed, then as it lies on the disk', async () => {
    const home = testHome();
    const path = home.write('ship.fabro', SOUND);
    const prompt = home.at('prompts/work.md');
    const editor = await startEditor(home);
    editor.open(path, SOUND);
    expect(codes(await editor.diagnostics(path))).toEqual(['unresolved_file_ref']);
    // Not saved: only the editor has it.
    editor.open(prompt, 'Work.');
    expect(await editor.diagnostics(path)).toEqual([]);
    editor.close(prompt);
    expect(codes(await editor.diagnostics(path, (found) => found.length > 0))).toEqual([
      'unresolved_file_ref',
    ]);
    home.write('prompts/work.md', 'Work.');
    editor.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uriOf(prompt), type: 1 }],
    });
    expect(await editor.diagnostics(path)).toEqual([]);
  });

  it('of an imported workflow stand where it is imported, and follow it as it is typed (§1.4)', async () => {
    const home = testHome();
    const part = 'digraph Part { start -> work -> exit; work [prompt="Work."] }';
    const lib = home.write('lib/part.fabro', part);
    const text = 'digraph Ship { start -> lib -> exit\n  lib [import="./lib/part.fabro"] }';
    const path = home.write('ship.fabro', text);
    const editor = await startEditor(home);
    editor.open(path, text);
    expect(await editor.diagnostics(path)).toEqual([]);
    // Only the editor has it: a value that is not read, in the second line of the imported workflow.
    editor.open(lib, part.replace('work [', '\nwork [goal_gate="true", '));
    const [found, ...more] = await editor.diagnostics(path);
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      code: 'attribute_type',
      range: { start: at(text, 'import='), end: at(text, 'part.fabro"', 'end') },
      relatedInformation: [
        { location: { uri: uriOf(lib), range: { start: { line: 1, character: 6 } } } },
      ],
    });
    expect(found?.message).toMatch(/^lib\/part\.fabro:2:7: Node 'lib\.work' has goal_gate="true"/);
    expect(codes(await editor.diagnostics(lib))).toContain('attribute_type');
    expect(await ask(editor, 'hover', path, at(text, 'lib ->'))).toMatchObject({
      contents: { value: '**lib**: import of 1 node\n\n`lib.work`' },
    });
    editor.change(lib, 'digraph Part { start -> exit');
    expect(codes(await editor.diagnostics(path))).toContain('import_error');
    editor.change(lib, part);
    expect(await editor.diagnostics(path)).toEqual([]);
  });

  it('name settings that cannot be read, and follow when they are mended', async () => {
    const home = testHome();
    home.write('project/.fabro/project.toml', '[run\n');
    const path = home.write('project/x.fabro', 'digraph G { start -> exit }');
    const editor = await startEditor(home);
    editor.open(path, 'digraph G { start -> exit }');
    const [found] = await editor.diagnostics(path);
    expect(found).toMatchObject({ severity: 1, code: 'invalid_settings' });
    expect(found?.message).toContain('project.toml');
    const settings = home.write('project/.fabro/project.toml', '_version = 1\n');
    editor.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uriOf(settings), type: 2 }],
    });
    expect(await editor.diagnostics(path)).toEqual([]);
  });

  it('are taken back when the document is closed', async () => {
    const home = testHome();
    const path = home.write('x.fabro', 'digraph G { a }');
    const editor = await startEditor(home);
    editor.open(path, 'digraph G { a }');
    expect(await editor.diagnostics(path)).not.toEqual([]);
    editor.close(path);
    expect(await editor.diagnostics(path)).toEqual([]);
  });

  it('an editor that can is asked to tell of changes on the disk', async () => {
    const home = testHome();
    const editor = await startEditor(home, {
      capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
    });
    expect(await editor.asked('client/registerCapability')).toMatchObject({
      registrations: [
        {
          method: 'workspace/didChangeWatchedFiles',
          registerOptions: { watchers: [{ globPattern: '**/*.{fabro,dot,toml,md,txt}' }] },
        },
      ],
    });
  });
});

describe('questions about a place', () => {
  it('hover documents an attribute, and shows a node as it will run', async () => {
    const home = testHome();
    home.write('prompts/work.md', 'Work.');
    const text = SOUND.replace('goal="Ship it"', 'model_stylesheet="* { speed: fast; }"');
    const path = home.write('ship.fabro', text);
    const editor = await startEditor(home);
    editor.open(path, text);
    await editor.diagnostics(path);
    expect(await ask(editor, 'hover', path, at(text, 'prompt='))).toMatchObject({
      contents: {
        kind: 'markdown',
        value: expect.stringContaining('**prompt**: attribute of nodes'),
      },
      range: { start: at(text, 'prompt='), end: at(text, 'prompt', 'end') },
    });
    expect(await ask(editor, 'hover', path, at(text, 'work -> exit'))).toMatchObject({
      contents: {
        value: expect.stringMatching(
          /^\*\*work\*\*: node of type `agent`\n[^]*model = `claude-sonnet-4-6`[^]*speed = `fast` \(from the stylesheet/,
        ),
      },
    });
  });

  it('completion offers attributes, values, nodes and files where they may stand', async () => {
    const home = testHome();
    home.write('prompts/work.md', '');
    home.write('lib/part.fabro', '');
    home.write('.hidden.md', '');
    const path = home.write('ship.fabro', SOUND);
    const editor = await startEditor(home);
    const labels = async (marked: string): Promise<string[]> => {
      const text = marked.replace('|', '');
      editor.change(path, text);
      const items = await ask(editor, 'completion', path, at(marked, '|'));
      return (items as { label: string }[]).map(({ label }) => label);
    };
    editor.open(path, SOUND);
    expect(await labels('digraph G { a [shape=parallelogram, scr|')).toEqual(['script']);
    expect(await labels('digraph G { a [model=opu|')).toContain('opus');
    expect(await labels('digraph G { start -> a -> |\nexit [shape=Msquare] }')).toEqual([
      'start',
      'a',
      'exit',
    ]);
    expect(await labels('digraph G { a [prompt="@|"] }')).toEqual(['@lib/', '@prompts/']);
    expect(await labels('digraph G { a [prompt="@prompts/w|"] }')).toEqual(['@prompts/work.md']);
    expect(await labels('digraph G { a [import="lib/|"] }')).toEqual(['lib/part.fabro']);
    expect(await labels('digraph G { a [import="no/such/|"] }')).toEqual([]);
  });

  it('an item says what it replaces', async () => {
    const home = testHome();
    const text = 'digraph G { a [goal_g="x"] }';
    const path = home.write('ship.fabro', text);
    const editor = await startEditor(home);
    editor.open(path, text);
    expect(await ask(editor, 'completion', path, at(text, 'goal_', 'end'))).toMatchObject([
      {
        label: 'goal_gate',
        kind: 10,
        detail: 'boolean, default false',
        documentation: { kind: 'markdown' },
        textEdit: {
          newText: 'goal_gate',
          range: { start: at(text, 'goal_'), end: at(text, 'goal_g', 'end') },
        },
      },
    ]);
  });

  it('definition goes to the import, the @file and the node', async () => {
    const home = testHome();
    const prompt = home.write('prompts/work.md', '');
    const own = home.write('.fabro/prompts/own.md', '');
    const part = home.write('lib/part.fabro', '');
    const text = `digraph G {
  a [import="./lib/part.fabro"]
  b [prompt="@prompts/work.md", retry_target=c]
  c [prompt="@prompts/own.md"]
  d [stack.child_workflow="missing.fabro"]
  a -> b -> c
}`;
    const path = home.write('ship.fabro', text);
    const editor = await startEditor(home);
    editor.open(path, text);
    const start = { line: 0, character: 0 };
    const top = { start, end: start };
    expect(await ask(editor, 'definition', path, at(text, 'part.fabro'))).toEqual([
      { uri: uriOf(part), range: top },
    ]);
    expect(await ask(editor, 'definition', path, at(text, 'work.md'))).toEqual([
      { uri: uriOf(prompt), range: top },
    ]);
    expect(await ask(editor, 'definition', path, at(text, 'own.md'))).toEqual([
      { uri: uriOf(own), range: top },
    ]);
    expect(await ask(editor, 'definition', path, at(text, 'missing'))).toEqual([]);
    const node = { start: { line: 3, character: 2 }, end: { line: 3, character: 3 } };
    for (const place of ['c]', 'c\n}'])
      expect(await ask(editor, 'definition', path, at(text, place))).toEqual([
        { uri: uriOf(path), range: node },
      ]);
  });

  it('the symbols are the graph, its subgraphs and its nodes', async () => {
    const home = testHome();
    const path = home.write('ship.fabro', SOUND);
    const editor = await startEditor(home);
    editor.open(path, SOUND);
    expect(
      await editor.request('textDocument/documentSymbol', { textDocument: { uri: uriOf(path) } }),
    ).toMatchObject([
      {
        name: 'Ship',
        kind: 2,
        children: [
          { name: 'start', detail: 'start' },
          { name: 'work', detail: 'agent' },
          { name: 'exit', detail: 'exit' },
        ],
      },
    ]);
  });

  it('an action mends what a diagnostic is about', async () => {
    const home = testHome();
    const text =
      'digraph G { start -> a -> exit; a [label="x", goal_gate="true", retry_target=a] }';
    const path = home.write('ship.fabro', text);
    const editor = await startEditor(home);
    editor.open(path, text);
    const [found] = await editor.diagnostics(path);
    const context = { diagnostics: [found] };
    const textDocument = { uri: uriOf(path) };
    expect(
      await editor.request('textDocument/codeAction', {
        textDocument,
        context,
        range: found?.range,
      }),
    ).toEqual([
      {
        title: 'Write goal_gate=true',
        kind: 'quickfix',
        isPreferred: true,
        diagnostics: [found],
        edit: {
          changes: {
            [uriOf(path)]: [
              {
                range: { start: at(text, '"true"'), end: at(text, '"true"', 'end') },
                newText: 'true',
              },
            ],
          },
        },
      },
    ]);
  });
});

it('a workflow of ten thousand nodes is checked, and asked about, without a word on standard error', async () => {
  const home = testHome();
  const chain = Array.from({ length: 9_998 }, (_, index) => `n${index}`).join(' -> ');
  const text = `digraph Big { node [label="x"] start -> ${chain} -> exit }`;
  const path = home.write('big.fabro', text);
  const editor = await startEditor(home);
  editor.open(path, text);
  expect(await editor.diagnostics(path)).toEqual([]);
  expect(await ask(editor, 'completion', path, at(text, 'n9997'))).toHaveLength(500);
  await editor.request('shutdown');
  editor.notify('exit');
  expect(await editor.ended).toEqual({ code: 0, stderr: '' });
  expect(readFileSync(path, 'utf8')).toBe(text);
});

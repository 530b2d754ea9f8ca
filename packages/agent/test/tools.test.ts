/** Every tool over a real folder, as the model sees it. */
import type { JsonValue } from '@fabro/protocol';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type CommandResult,
  type World,
  makeWorld,
  removeWorld,
} from './support/folder-sandbox.js';
import { call, provider, says } from './support/model.js';
import { type Setting, setting, start } from './support/process.js';

type Files = Readonly<Record<string, string | Uint8Array>>;
type Step = readonly [tool: string, input: JsonValue];

async function worldOf(files: Files, commands?: World['commands']): Promise<World> {
  const world = await makeWorld(files, commands);
  onTestFinished(() => removeWorld(world));
  return world;
}

/** Makes the calls, one a turn, and gives the results. */
async function use(
  world: World,
  ...steps: readonly Step[]
): Promise<{ given: Setting; results: string[] }> {
  const given = setting(
    world,
    provider((turn) => {
      const step = steps[turn - 1];
      return step === undefined ? says('done') : says('', call(`c${turn}`, ...step));
    }),
  );
  await start(given).result;
  const results = given.disk
    .named('agent.tool.completed')
    .map(
      (event) =>
        `${event.properties['is_error'] === true ? 'ERROR ' : ''}${String(event.properties['output'])}`,
    );
  return { given, results };
}

const text = (world: World, path: string): Promise<string> =>
  readFile(join(world.root, path), 'utf8');

describe('read_file', () => {
  const ten = Array.from({ length: 10 }, (_, i) => `line ${i + 1}\n`).join('');
  it.each([
    ['numbers lines from 1', 'a\nb\n', {}, '1 | a\n2 | b'],
    ['aligns the numbers to the right', ten, { offset: 9 }, ' 9 | line 9\n10 | line 10'],
    [
      'begins at the line that offset names',
      ten,
      { offset: 2, limit: 1 },
      '2 | line 2\n(lines 3 to 10 are not shown; use offset and limit)',
    ],
    ['takes offset 0 for the first line', 'a\n', { offset: 0 }, '1 | a'],
    ['says that a file is empty', '', {}, '(the file is empty)'],
    [
      'says that a line is past the end',
      'a\n',
      { offset: 7 },
      '(there is no line 7; the last line is 1)',
    ],
    ['shows lines of CRLF files without the CR', 'a\r\nb', {}, '1 | a\n2 | b'],
    [
      'refuses a binary file politely',
      new Uint8Array([0x89, 0x50, 0, 1]),
      {},
      "ERROR 'f' is a binary file of 4 bytes; read_file shows text only. Use shell with a program that knows the format.",
    ],
  ])('%s', async (_title, contents, options, expected) => {
    const { results } = await use(await worldOf({ f: contents }), [
      'read_file',
      { file_path: 'f', ...options },
    ]);
    expect(results).toEqual([expected]);
  });

  it('answers a missing file with an error', async () => {
    const { results } = await use(await worldOf({}), ['read_file', { file_path: 'nope' }]);
    expect(results).toEqual(["ERROR 'nope' does not exist"]);
  });
});

describe('edit_file', () => {
  it.each([
    ['replaces the one occurrence', 'a b c', ['b', 'x'], 'a x c', 'Replaced 1 occurrence in f.'],
    [
      'takes $& and $1 as plain text',
      'a b c',
      ['b', '$&$1'],
      'a $&$1 c',
      'Replaced 1 occurrence in f.',
    ],
    [
      'strips the line numbers of read_file',
      '  one\n  two\n',
      ['1 |   one\n2 |   two', '1 |   uno\n2 |   dos'],
      '  uno\n  dos\n',
      'Replaced 1 occurrence in f.',
    ],
    [
      'prefers the literal text to stripped numbers',
      '1 | x\nx\n',
      ['1 | x', 'y'],
      'y\nx\n',
      'Replaced 1 occurrence in f.',
    ],
    [
      'keeps CRLF line ends',
      'a\r\nb\r\n',
      ['a\nb', 'c\nd'],
      'c\r\nd\r\n',
      'Replaced 1 occurrence in f.',
    ],
    ['keeps a byte order mark', '\ufeffa', ['a', 'b'], '\ufeffb', 'Replaced 1 occurrence in f.'],
    ['says that the text is not there', 'a', ['z', 'y'], 'a', 'ERROR old_string not found in file'],
    [
      'says that the text is not unique',
      'b b b',
      ['b', 'x'],
      'b b b',
      'ERROR old_string is not unique in file (found 3 occurrences). Add lines around it until it is unique, or set replace_all to true.',
    ],
    [
      'refuses an empty old_string',
      'a',
      ['', 'x'],
      'a',
      'ERROR old_string is empty; use write_file to write a whole file',
    ],
    [
      'refuses an edit that changes nothing',
      'a',
      ['a', 'a'],
      'a',
      'ERROR old_string and new_string are equal; nothing would change',
    ],
  ] as const)('%s', async (_title, before, [old_string, new_string], after, expected) => {
    const world = await worldOf({ f: before });
    const { results } = await use(
      world,
      ['read_file', { file_path: 'f' }],
      ['edit_file', { file_path: 'f', old_string, new_string }],
    );
    expect(results[1]).toBe(expected);
    expect(await text(world, 'f')).toBe(after);
  });

  it('replaces every occurrence when asked to', async () => {
    const world = await worldOf({ f: 'b b b' });
    const { results } = await use(
      world,
      ['read_file', { file_path: 'f' }],
      ['edit_file', { file_path: 'f', old_string: 'b', new_string: 'xx', replace_all: true }],
    );
    expect(results[1]).toBe('Replaced 3 occurrences in f.');
    expect(await text(world, 'f')).toBe('xx xx xx');
  });

  it('leaves a file alone that is no UTF-8 text', async () => {
    const latin1 = new Uint8Array([0x61, 0xe9, 0x62]);
    const world = await worldOf({ f: latin1 });
    const { results } = await use(
      world,
      ['read_file', { file_path: 'f' }],
      ['edit_file', { file_path: 'f', old_string: 'a', new_string: 'b' }],
    );
    expect(results[1]).toBe("ERROR 'f' is no UTF-8 text; edit_file changes text files only.");
    expect(new Uint8Array(await readFile(join(world.root, 'f')))).toEqual(latin1);
  });
});

describe('write_file and the rule to read before writing', () => {
  const refused = (path: string): string =>
    `ERROR Cannot write to '${path}': file exists but has not been read. Use read_file to read the file before writing to it.`;

  it('creates a file with its folders and counts bytes', async () => {
    const world = await worldOf({});
    const { results, given } = await use(world, [
      'write_file',
      { file_path: 'a/b/c.txt', content: 'é\n' },
    ]);
    expect(results).toEqual(['Wrote 3 bytes to a/b/c.txt.']);
    expect(await text(world, 'a/b/c.txt')).toBe('é\n');
    expect(given.disk.named('agent.tool.completed')[0]?.properties['files_touched']).toEqual([
      'a/b/c.txt',
    ]);
  });

  it('refuses to write or edit an existing file that was not read', async () => {
    const world = await worldOf({ f: 'a' });
    const { results } = await use(
      world,
      ['write_file', { file_path: 'f', content: 'b' }],
      ['edit_file', { file_path: '/work/f', old_string: 'a', new_string: 'b' }],
    );
    expect(results).toEqual([refused('f'), refused('/work/f')]);
    expect(await text(world, 'f')).toBe('a');
  });

  it.each([
    ['read_file under another name of the path', ['read_file', { file_path: './x/../f' }]],
    ['a hit of grep', ['grep', { pattern: 'a' }]],
    ['having written it', ['write_file', { file_path: 'g', content: 'a' }]],
  ] as const)('counts %s as reading', async (_title, reading) => {
    const file = reading[0] === 'write_file' ? 'g' : 'f';
    const world = await worldOf({ f: 'a' });
    const { results } = await use(world, reading, [
      'write_file',
      { file_path: file, content: 'b' },
    ]);
    expect(results[1]).toBe(`Wrote 1 bytes to ${file}.`);
  });

  it('does not count a file that grep went through without a hit', async () => {
    const { results } = await use(
      await worldOf({ f: 'a', g: 'b' }),
      ['grep', { pattern: 'b' }],
      ['write_file', { file_path: 'f', content: 'c' }],
    );
    expect(results[1]).toBe(refused('f'));
  });
});

describe('shell', () => {
  it.each<[string, CommandResult, string]>([
    [
      'gives exit code and both streams',
      { stdout: 'out\n', stderr: 'err\n', exitCode: 3 },
      'Exit code: 3\nstdout:\nout\n\nstderr:\nerr\n',
    ],
    [
      'says that the command timed out',
      { stdout: 'x', termination: 'timed_out', signal: 'SIGKILL' },
      'ERROR Command timed out.\nExit code: none (SIGKILL)\nstdout:\nx\nstderr:\n',
    ],
    [
      'says that the output was too long',
      { stdout: 'x', termination: 'output_limit' },
      'ERROR Command was ended: it wrote more than 8388608 bytes. Redirect its output to a file.\nExit code: none\nstdout:\nx\nstderr:\n',
    ],
  ])('%s', async (_title, result, expected) => {
    const world = await worldOf({}, () => result);
    const { results } = await use(world, ['shell', { command: 'x' }]);
    expect(results).toEqual([expected]);
    expect(world.disposed).toEqual(['run/root/fix@1/1/t1/tool0']);
  });

  it.each([
    [undefined, 120_000],
    [5_000, 5_000],
    [9_999_999, 600_000],
  ])('turns a timeout of %s into %d ms', async (wish, expected) => {
    const seen: unknown[] = [];
    const world = await worldOf({}, (request) => {
      seen.push([request.key, request.timeoutMs]);
      return { exitCode: 0 };
    });
    await use(world, [
      'shell',
      { command: 'x', ...(wish === undefined ? {} : { timeout_ms: wish }) },
    ]);
    expect(seen).toEqual([['run/root/fix@1/1/t1/tool0', expected]]);
  });

  it('shows the model a part of long output and keeps all of it as a blob', async () => {
    const lines = Array.from({ length: 1_000 }, (_, i) => `line ${i}`).join('\n');
    const { given, results } = await use(
      await worldOf({}, () => ({ stdout: lines, exitCode: 0 })),
      ['shell', { command: 'x' }],
    );
    expect(results[0]?.split('\n')).toHaveLength(257);
    expect(results[0]).toContain('[748 lines removed here]');
    const blob = given.disk.named('agent.tool.completed')[0]?.properties['output_blob'];
    expect(new TextDecoder().decode(given.disk.blobs.get(String(blob)))).toBe(
      `Exit code: 0\nstdout:\n${lines}\nstderr:\n`,
    );
  });
});

describe('grep and glob', () => {
  const files = { 'src/a.ts': 'one\nTwo\n', 'src/b.ts': 'two\n', 'c.md': `two ${'x'.repeat(600)}` };
  it.each<[string, Step, string]>([
    ['gives path, line and text', ['grep', { pattern: 'two', path: 'src' }], 'src/b.ts:1:two'],
    [
      'ignores case when asked to',
      ['grep', { pattern: 'TWO', path: 'src', case_insensitive: true }],
      'src/a.ts:2:Two\nsrc/b.ts:1:two',
    ],
    [
      'gives at most so many matches',
      ['grep', { pattern: 'o', path: 'src', max_results: 1 }],
      'src/a.ts:1:one',
    ],
    ['cuts long lines', ['grep', { pattern: 'two x' }], `c.md:1:two ${'x'.repeat(496)}…`],
    ['says that there is no match', ['grep', { pattern: 'zzz' }], 'No matches found.'],
    ['lists files', ['glob', { pattern: '**/*.ts' }], 'src/a.ts\nsrc/b.ts'],
    [
      'lists files of a folder, relative to the working directory',
      ['glob', { pattern: '*.ts', path: 'src' }],
      'src/a.ts\nsrc/b.ts',
    ],
    ['says that there is no file', ['glob', { pattern: '*.go' }], 'No files found.'],
  ])('%s', async (_title, step, expected) => {
    const { results } = await use(await worldOf(files), step);
    expect(results).toEqual([expected]);
  });
});

describe('calls that reach no tool', () => {
  it('answers an unknown tool with the names of the tools', async () => {
    const { results } = await use(await worldOf({}), ['bash', {}]);
    expect(results).toEqual([
      'ERROR Unknown tool "bash". The tools are: read_file, write_file, edit_file, shell, grep, glob.',
    ]);
  });

  it('answers arguments that do not fit with what is wrong', async () => {
    const { results } = await use(await worldOf({ f: '' }), ['read_file', { file_path: 7 }]);
    expect(results[0]).toContain('ERROR Invalid arguments for tool "read_file":');
    expect(results[0]).toContain('file_path');
  });

  it('answers arguments that are no JSON', async () => {
    const given = setting(
      await worldOf({}),
      provider((turn) =>
        turn === 1
          ? says('', {
              type: 'tool_call',
              tool_call_id: 'c',
              tool_name: 'shell',
              input: '{"comm',
              invalid: 'Unexpected end',
            })
          : says('done'),
      ),
    );
    await start(given).result;
    expect(given.disk.named('agent.tool.completed')[0]?.properties['output']).toBe(
      'The arguments of tool "shell" are no JSON: Unexpected end',
    );
    expect(given.world.ledger).toEqual([]);
  });
});

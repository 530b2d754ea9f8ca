/** What the page about editors tells them to start is started here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from './pages.js';
import { startEditor } from '../e2e/support/lsp-client.js';
import { testHome } from '../e2e/support/home.js';

const page = readFileSync(join(ROOT, 'docs/guide/editor.md'), 'utf8');

/** The code blocks of a language, in order. */
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(
    ([, code = '']) => code,
  );

const VsCode = z.object({
  'glspc.server.command': z.string(),
  'glspc.server.commandArguments': z.array(z.string()),
});
const commands = (): string[][] => {
  const code = VsCode.parse(JSON.parse(blocks('json')[0] ?? ''));
  const [, command = '', args = ''] =
    /command = "(.*?)"\nargs = \["(.*?)"\]/.exec(blocks('toml')[0] ?? '') ?? [];
  const lua = /cmd = \{ (.*) \}/.exec(blocks('lua')[0] ?? '')?.[1] ?? '';
  const rust = blocks('rust')[0] ?? '';
  return [
    [code['glspc.server.command'], ...code['glspc.server.commandArguments']],
    [command, args],
    lua.split(', ').map((word) => word.replaceAll("'", '')),
    [/which\("(.*?)"\)/.exec(rust)?.[1] ?? '', /args: vec!\["(.*?)"/.exec(rust)?.[1] ?? ''],
  ];
};

it('every editor is told the same command, and it serves', async () => {
  expect(commands()).toEqual(Array.from({ length: 4 }, () => ['fabro', 'lsp']));
  const editor = await startEditor(testHome());
  expect(await editor.request('shutdown')).toBeNull();
});

it('the globs that the page names are those that the server asks to be watched', async () => {
  const editor = await startEditor(testHome(), {
    capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
  });
  const asked = JSON.stringify(await editor.asked('client/registerCapability'));
  const [, glob = 'none'] = /watch `(.*?)`/.exec(page) ?? [];
  expect(asked).toContain(JSON.stringify(glob));
});

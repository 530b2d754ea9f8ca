/** The command that editors start. */
import { type Command, Option } from 'commander';
import { type Declare, body, examples } from './declare.js';

/** Declares `lsp`. */
export function declareEditorCommands(program: Command, declare: Declare): void {
  const lsp = program
    .command('lsp')
    .description(
      'Serve editors: diagnostics, hover, completion and go to definition for .fabro files, over the Language Server Protocol on standard input and output.',
    )
    .option('--stdio', 'accepted, since editors give it; there is no other way to talk')
    .addOption(
      new Option(
        '--clientProcessId <pid>',
        'accepted; the end of standard input says that the editor has gone',
      ).hideHelp(),
    );
  body(declare, lsp, async (context) => (await import('../commands/lsp.js')).lspCommand(context));
  examples(lsp, [
    ['fabro lsp', 'the command of a language server, for the settings of your editor'],
  ]);
}

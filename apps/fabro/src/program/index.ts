/** All commands. Bodies are imported when a command is called, so that starting stays fast. */
import type { Command } from 'commander';
import { declareCompletionCommands } from './completion-commands.js';
import type { Declare } from './declare.js';
import { declareEditorCommands } from './editor-commands.js';
import { declareHistoryCommands } from './history-commands.js';
import { declareInspectCommands } from './inspect-commands.js';
import { declareLibraryCommands } from './library-commands.js';
import { declareProjectCommands } from './project-commands.js';
import { declareRunCommands } from './run-commands.js';
import { declareServerCommands } from './server-commands.js';

/** Declares every command on `program`. */
export function declareCommands(program: Command, declare: Declare): void {
  declareRunCommands(program, declare);
  declareHistoryCommands(program, declare);
  declareInspectCommands(program, declare);
  declareProjectCommands(program, declare);
  declareLibraryCommands(program, declare);
  declareEditorCommands(program, declare);
  declareServerCommands(program, declare);
  declareCompletionCommands(program, declare);
}

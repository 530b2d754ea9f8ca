/** The tools that a model gets. One profile serves all models for now; others list other tools. */
import type { ToolSpec } from '@fabro/protocol';
import { editFile } from './tools/edit-file.js';
import { glob } from './tools/glob.js';
import { grep } from './tools/grep.js';
import { readFile } from './tools/read-file.js';
import { shell } from './tools/shell.js';
import type { Tool } from './tools/tool.js';
import { writeFile } from './tools/write-file.js';

export interface ToolProfile {
  readonly tools: readonly Tool[];
}

/** What models of Anthropic are trained on: whole-file writes and exact replacement (§10). */
export const EDIT_FILE_PROFILE: ToolProfile = {
  tools: [readFile, writeFile, editFile, shell, grep, glob],
};

/** For a model that only answers. */
export const NO_TOOLS: ToolProfile = { tools: [] };

export function toolSpecs(profile: ToolProfile): ToolSpec[] {
  return profile.tools.map((tool) => ({
    name: tool.name,
    description: tool.description,
    input_schema: tool.inputSchema,
  }));
}

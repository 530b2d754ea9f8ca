/** One schema for every settings file: `settings.toml`, `.fabro/project.toml`, `workflow.toml`, `run.toml`. */
import { z } from 'zod';
import { CliTable } from './cli.js';
import { RunTable } from './run.js';
import { ServerTable } from './server.js';
import { flag, text, textByName } from './values.js';

const about = {
  name: text('Name for people.'),
  description: text('What it is for, in a sentence.'),
  metadata: textByName('Whatever else is to be known.'),
};

export const SettingsTables = z.strictObject({
  project: z
    .strictObject({
      ...about,
      directory: text('Folder that holds `workflows`, relative to `.fabro` or to its parent.'),
    })
    .optional(),
  workflow: z
    .strictObject({ ...about, graph: text('Path of the graph, relative to this file.') })
    .optional(),
  run: RunTable.optional(),
  cli: CliTable.optional(),
  server: ServerTable.optional(),
  features: z
    .strictObject({ session_sandboxes: flag('Gives standalone sessions sandboxes.') })
    .optional(),
});
/**
 * What one file says; every key may be absent. Durations are in milliseconds, sizes in bytes, and
 * `{{ env.X }}` stands unresolved in texts.
 */
export type SettingsTables = z.infer<typeof SettingsTables>;

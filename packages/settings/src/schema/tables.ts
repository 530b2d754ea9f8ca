/** One schema for every settings file: `settings.toml`, `.fabro/project.toml`, `workflow.toml`, `run.toml`. */
import { z } from 'zod';
import { CliTable } from './cli.js';
import { RunTable } from './run.js';
import { ServerTable } from './server.js';
import { flag, text, textByName } from './values.js';

const about = { name: text, description: text, metadata: textByName };

export const SettingsTables = z.strictObject({
  project: z.strictObject({ ...about, directory: text }).optional(),
  workflow: z.strictObject({ ...about, graph: text }).optional(),
  run: RunTable.optional(),
  cli: CliTable.optional(),
  server: ServerTable.optional(),
  features: z.strictObject({ session_sandboxes: flag }).optional(),
});
/**
 * What one file says; every key may be absent. Durations are in milliseconds, sizes in bytes, and
 * `{{ env.X }}` stands unresolved in texts.
 */
export type SettingsTables = z.infer<typeof SettingsTables>;

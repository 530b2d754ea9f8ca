/** Commands about settings, named workflows and projects. */
import { type Command, Option } from 'commander';
import type { DeinitOptions } from '../commands/repo.js';
import type { SettingsOptions } from '../commands/settings.js';
import type { CreateWorkflowOptions } from '../commands/workflow.js';
import { type Declare, body, examples, serverFlags, word } from './declare.js';

/** Declares `settings`, `workflow …` and `repo …`. */
export function declareLibraryCommands(program: Command, declare: Declare): void {
  const settings = serverFlags(program.command('settings'))
    .description('Show the settings that hold and where each comes from, without secrets.')
    .option('--workflow <workflow>', 'with the settings of this workflow: its path or name');
  body<SettingsOptions>(declare, settings, async (context, options) =>
    (await import('../commands/settings.js')).settingsCommand(context, options),
  );
  examples(settings, [
    ['fabro settings', 'what holds here, and which file says so'],
    ['fabro settings --workflow hello', 'with the settings of a workflow'],
  ]);

  const workflow = program
    .command('workflow')
    .description('List and make workflows that have a name.');
  const list = workflow
    .command('list')
    .description('List the workflows of the project and your own.');
  body(declare, list, async (context) =>
    (await import('../commands/workflow.js')).workflowListCommand(context),
  );
  examples(list, [['fabro workflow list', 'what `fabro run NAME` finds here']]);
  const create = workflow
    .command('create')
    .description('Make a workflow to begin with.')
    .argument('<name>', 'letters, digits, - and _')
    .option('-g, --global', 'for every project of yours: in ~/.fabro/workflows');
  body<CreateWorkflowOptions>(declare, create, async (context, options, words) =>
    (await import('../commands/workflow.js')).workflowCreateCommand(context, word(words), options),
  );
  examples(create, [
    ['fabro workflow create hello', 'in .fabro/workflows/hello'],
    ['fabro workflow create hello -g', 'for every project of yours'],
  ]);

  const repo = program.command('repo').description('Make a folder a project, or undo it.');
  const init = repo
    .command('init')
    .description(
      'Write .fabro/project.toml and a workflow that says hello, where they are missing.',
    )
    .addOption(new Option('--server <address>', 'accepted; no server is asked').hideHelp());
  body(declare, init, async (context) =>
    (await import('../commands/repo.js')).repoInitCommand(context),
  );
  examples(init, [['fabro repo init', 'in the folder that you stand in']]);
  const deinit = repo
    .command('deinit')
    .description('Remove what `repo init` wrote; your own files stay.')
    .option('--yes', 'files that have changed since then too');
  body<DeinitOptions>(declare, deinit, async (context, options) =>
    (await import('../commands/repo.js')).repoDeinitCommand(context, options),
  );
  examples(deinit, [
    ['fabro repo deinit', 'remove what is as it was written'],
    ['fabro repo deinit --yes', 'remove it although you changed it'],
  ]);
}

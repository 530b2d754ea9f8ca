/** Commands about workflow files, and the demonstration. */
import { type Command, Option } from 'commander';
import type { DemoOptions } from '../commands/demo/demo.js';
import type { GraphOptions } from '../commands/graph.js';
import { type Declare, body, serverFlags, word } from './declare.js';

const WORKFLOW = 'path of a .fabro or .toml file, or the name of a workflow';

/** Declares `validate`, `parse`, `graph` and `demo`. */
export function declareProjectCommands(program: Command, declare: Declare): void {
  const validate = program
    .command('validate')
    .description('check a workflow')
    .argument('<workflow>', WORKFLOW);
  body(declare, validate, async (context, _options, words) =>
    (await import('../commands/validate.js')).validateCommand(context, word(words)),
  );

  const parse = program
    .command('parse')
    .description('print the syntax tree of a workflow as JSON')
    .argument('<workflow>', WORKFLOW);
  body(declare, parse, async (context, _options, words) =>
    (await import('../commands/parse.js')).parseCommand(context, word(words)),
  );

  const graph = program
    .command('graph')
    .description('draw a workflow: DOT text, or SVG')
    .argument('<workflow>', WORKFLOW)
    .addOption(new Option('-d, --direction <direction>', 'direction').choices(['lr', 'tb']))
    .addOption(
      new Option('--format <format>', 'what to write').choices(['dot', 'svg']).default('dot'),
    )
    .option('-o, --output <path>', 'writes to a file instead of stdout');
  body<GraphOptions>(declare, graph, async (context, options, words) =>
    (await import('../commands/graph.js')).graphCommand(context, word(words), options),
  );

  const demo = serverFlags(program.command('demo'))
    .description('watch a workflow repair a small repository with a failing test')
    .option('--scripted', 'use the scripted model even if a key is set');
  body<DemoOptions>(declare, demo, async (context, options) =>
    (await import('../commands/demo/demo.js')).demoCommand(context, options),
  );
}

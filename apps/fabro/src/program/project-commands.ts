/** Commands about workflow files, and the demonstration. */
import { type Command, Option } from 'commander';
import type { DemoOptions } from '../commands/demo/demo.js';
import type { GraphOptions } from '../commands/graph.js';
import { type Declare, body, examples, exitCodes, serverFlags, word } from './declare.js';

const WORKFLOW = 'path of a .fabro or .toml file, or the name of a workflow';

/** Declares `validate`, `parse`, `graph` and `demo`. */
export function declareProjectCommands(program: Command, declare: Declare): void {
  const validate = program
    .command('validate')
    .description('Check a workflow without running it.')
    .argument('<workflow>', WORKFLOW);
  body(declare, validate, async (context, _options, words) =>
    (await import('../commands/validate.js')).validateCommand(context, word(words)),
  );

  examples(validate, [
    ['fabro validate hello.fabro', 'check a file'],
    ['fabro validate hello', 'check the workflow of this name in .fabro/workflows'],
    ['fabro validate --json hello.fabro', 'the findings as JSON, for an editor or a script'],
  ]);
  exitCodes(validate, { 0: 'no errors; there may be warnings', 1: 'errors were found' });

  const parse = program
    .command('parse')
    .description('Print the syntax tree of a workflow as JSON.')
    .argument('<workflow>', WORKFLOW);
  body(declare, parse, async (context, _options, words) =>
    (await import('../commands/parse.js')).parseCommand(context, word(words)),
  );
  examples(parse, [['fabro parse hello.fabro', 'the tree, indented; --json gives one line']]);

  const graph = program
    .command('graph')
    .description('Draw a workflow: text for Graphviz, or an SVG picture.')
    .argument('<workflow>', WORKFLOW)
    .addOption(new Option('-d, --direction <direction>', 'direction').choices(['lr', 'tb']))
    .addOption(
      new Option(
        '--format <format>',
        'what to write (default: svg for -o NAME.svg, else dot)',
      ).choices(['dot', 'svg']),
    )
    .option('-o, --output <path>', 'writes to a file instead of stdout');
  body<GraphOptions>(declare, graph, async (context, options, words) =>
    (await import('../commands/graph.js')).graphCommand(context, word(words), options),
  );
  examples(graph, [
    ['fabro graph hello.fabro -o hello.svg', 'a picture in a file'],
    ['fabro graph hello.fabro -d lr', 'text for Graphviz, drawn from left to right'],
  ]);

  const demo = serverFlags(program.command('demo'))
    .description('Watch a workflow repair a small repository with a failing test.')
    .option('--scripted', 'use the scripted model even if a key is set');
  body<DemoOptions>(declare, demo, async (context, options) =>
    (await import('../commands/demo/demo.js')).demoCommand(context, options),
  );
  examples(demo, [
    ['fabro demo', 'with the model whose key is set, else scripted'],
    ['fabro demo --scripted', 'without a model and without a key'],
  ]);
}

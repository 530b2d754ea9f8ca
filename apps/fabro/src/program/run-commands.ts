/** Commands about runs. */
import { type Command, Option } from 'commander';
import type { AnswerOptions } from '../commands/answer.js';
import type { AttachOptions } from '../commands/attach.js';
import type { ControlOptions } from '../commands/control.js';
import type { InspectOptions } from '../commands/inspect.js';
import type { LogsOptions } from '../commands/logs.js';
import type { PsOptions } from '../commands/ps.js';
import type { ResumeOptions } from '../commands/resume.js';
import type { RmOptions } from '../commands/rm.js';
import type { RunOptions } from '../commands/run.js';
import type { WaitOptions } from '../commands/wait.js';
import { type Declare, body, integer, pairs, serverFlags, word, wordList } from './declare.js';

export const RUN = 'run id, unambiguous prefix of one, or workflow name (its newest run)';

/** Declares `run`, `create`, `start`, `attach`, `ps`, `logs` and what else takes a run. */
export function declareRunCommands(program: Command, declare: Declare): void {
  const run = program.command('run').description('run a workflow and follow it');
  declareRun(run, declare);
  declareRun(run.command('start').description('the same as `fabro run WORKFLOW`'), declare);
  body<RunOptions>(
    declare,
    runFlags(program.command('create').description('create a run without starting it')),
    async (context, options, words) =>
      (await import('../commands/run.js')).createCommand(context, word(words), options),
  );
  const start = program.command('start').description('start a created run');
  takesRun(start);
  body<AttachOptions>(declare, start, async (context, options, words) =>
    (await import('../commands/control.js')).startCommand(context, word(words), options),
  );

  const attach = program
    .command('attach')
    .description('show a run from its start and follow it; Ctrl-C detaches (exit code 130)');
  takesRun(attach);
  body<AttachOptions>(declare, attach, async (context, options, words) =>
    (await import('../commands/attach.js')).attachCommand(context, word(words), options),
  );

  const resume = program.command('resume').description('go on with a run that failed or stopped');
  takesRun(resume).option('-d, --detach', 'do not follow it');
  body<ResumeOptions>(declare, resume, async (context, options, words) =>
    (await import('../commands/resume.js')).resumeCommand(context, word(words), options),
  );

  const ps = program.command('ps').description('list runs; those under way unless --all is given');
  serverFlags(ps)
    .option('-a, --all', 'ended and archived runs too')
    .option('-q, --ids', 'ids only')
    .option('--before <time>', 'created before this time (RFC 3339)')
    .option('--workflow <name>', 'of this workflow')
    .option('--label <key=value>', 'with this label', pairs)
    .option('-n, --limit <count>', 'at most so many', integer(1), 100)
    .addOption(
      new Option('--orphans', 'accepted; a run without a server does not exist').hideHelp(),
    );
  body<PsOptions>(declare, ps, async (context, options) =>
    (await import('../commands/ps.js')).psCommand(context, options),
  );

  const logs = program.command('logs').description('events of a run');
  takesRun(logs)
    .option('-f, --follow', 'go on until the run ends')
    .option('-n, --tail <count>', 'only the last events', integer(0))
    .option('--since <time>', 'only later ones: RFC 3339, or an age like 10m')
    .addOption(new Option('-p, --pretty', 'accepted; the text form is readable').hideHelp());
  body<LogsOptions>(declare, logs, async (context, options, words) =>
    (await import('../commands/logs.js')).logsCommand(context, word(words), options),
  );

  const inspect = program.command('inspect').description('what is known about a run');
  takesRun(inspect);
  body<InspectOptions>(declare, inspect, async (context, options, words) =>
    (await import('../commands/inspect.js')).inspectCommand(context, word(words), options),
  );

  const wait = program.command('wait').description('wait for the end of a run');
  takesRun(wait)
    .option('--timeout <seconds>', 'give up after so long', integer(0))
    .option('--interval <ms>', 'time between two looks', integer(10), 1000);
  body<WaitOptions>(declare, wait, async (context, options, words) =>
    (await import('../commands/wait.js')).waitCommand(context, word(words), options),
  );

  const rm = program
    .command('rm')
    .description('delete runs and their data')
    .argument('<run...>', RUN);
  serverFlags(rm).option('-f, --force', 'active runs too: they are cancelled first');
  body<RmOptions>(declare, rm, async (context, options, words) =>
    (await import('../commands/rm.js')).rmCommand(context, wordList(words), options),
  );

  for (const action of ['cancel', 'pause', 'unpause'] as const) {
    const command = program.command(action).description(`${action} a run`);
    takesRun(command);
    body<ControlOptions>(declare, command, async (context, options, words) =>
      (await import('../commands/control.js')).controlCommand(
        context,
        action,
        word(words),
        options,
      ),
    );
  }

  const answer = program
    .command('answer')
    .description(
      'answer a question of a run: yes, no, an option key (several with commas), or text',
    );
  takesRun(answer).argument('<question>', 'question id').argument('<value>', 'the answer');
  body<AnswerOptions>(declare, answer, async (context, options, words) =>
    (await import('../commands/answer.js')).answerCommand(
      context,
      { run: word(words), question: word(words, 1), value: word(words, 2) },
      options,
    ),
  );
}

function declareRun(command: Command, declare: Declare): void {
  runFlags(command).option('-d, --detach', 'print the id and do not follow the run');
  body<RunOptions>(declare, command, async (context, options, words) =>
    (await import('../commands/run.js')).runCommand(context, word(words), options),
  );
}

function runFlags(command: Command): Command {
  return serverFlags(command)
    .argument('<workflow>', 'path of a .fabro or .toml file, or the name of a workflow')
    .option('--auto-approve', 'answer every human gate with its first choice')
    .option('--dry-run', 'simulate every stage')
    .addOption(
      new Option('--goal <text>', 'replaces the goal of the workflow').conflicts('goalFile'),
    )
    .option('--goal-file <path>', 'reads the goal from a file')
    .addOption(
      new Option('--in-place', 'work in the current directory, without a worktree').conflicts(
        'sandbox',
      ),
    )
    .option('--input <key=value>', 'sets an input of the workflow (a TOML value)', pairs)
    .option('--label <key=value>', 'labels the run', pairs)
    .option('--model <name>', 'model of stages that name none')
    .option('--provider <name>', 'provider of the model')
    .option('--no-retro', 'no retrospective after the run')
    .option('--preserve-sandbox', 'keep the sandbox after the run')
    .addOption(
      new Option('--sandbox <provider>', 'where stages run').choices([
        'local',
        'docker',
        'daytona',
      ]),
    )
    .addOption(new Option('--run-id <ulid>').hideHelp());
}

function takesRun(command: Command): Command {
  return serverFlags(command.argument('<run>', RUN));
}

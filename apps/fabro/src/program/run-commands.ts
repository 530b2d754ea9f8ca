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
import {
  type Declare,
  body,
  examples,
  exitCodes,
  integer,
  pairs,
  serverFlags,
  word,
  wordList,
} from './declare.js';

export const RUN = 'run id, unambiguous prefix of one, or workflow name (its newest run)';
const FOLLOWED = {
  0: 'the run succeeded',
  1: 'it did not, or the command failed',
  130: 'Ctrl-C let go of the run, which goes on',
};

/** Declares `run`, `create`, `start`, `attach`, `ps`, `logs` and what else takes a run. */
export function declareRunCommands(program: Command, declare: Declare): void {
  const run = program.command('run').description('Run a workflow and follow it to its end.');
  declareRun(run, declare, 'fabro run');
  declareRun(
    run.command('start').description('The same as `fabro run WORKFLOW`.'),
    declare,
    'fabro run start',
  );
  const create = runFlags(
    program.command('create').description('Create a run without starting it, and print its id.'),
  );
  body<RunOptions>(declare, create, async (context, options, words) =>
    (await import('../commands/run.js')).createCommand(context, word(words), options),
  );
  examples(create, [
    ['fabro create hello.fabro', 'check the workflow, make the run, print its id'],
    ['fabro create hello.fabro --label team=web', 'a run that `fabro ps --label` finds'],
  ]);
  const start = program.command('start').description('Start a created run, and do not follow it.');
  takesRun(start);
  body<AttachOptions>(declare, start, async (context, options, words) =>
    (await import('../commands/control.js')).startCommand(context, word(words), options),
  );
  examples(start, [['fabro start 01JNQVR7M0EJ5GKAT2SC4ERS1Z', 'start what `fabro create` made']]);

  const attach = program
    .command('attach')
    .description('Show a run from its start and follow it; Ctrl-C lets go, and the run goes on.');
  takesRun(attach);
  body<AttachOptions>(declare, attach, async (context, options, words) =>
    (await import('../commands/attach.js')).attachCommand(context, word(words), options),
  );
  examples(attach, [
    ['fabro attach hello', 'the newest run of the workflow hello'],
    ['fabro attach 01JNQVR7', 'the run whose id begins so'],
  ]);
  exitCodes(attach, FOLLOWED);

  const resume = program
    .command('resume')
    .description(
      'Go on with a run that failed, was cancelled or was cut short, from its last checkpoint.',
    );
  takesRun(resume).option('-d, --detach', 'do not follow it; print its id');
  body<ResumeOptions>(declare, resume, async (context, options, words) =>
    (await import('../commands/resume.js')).resumeCommand(context, word(words), options),
  );
  examples(resume, [
    ['fabro resume hello', 'go on and follow'],
    ['fabro resume 01JNQVR7 --detach', 'go on in the background'],
  ]);
  exitCodes(resume, FOLLOWED);

  const ps = program
    .command('ps')
    .description('List runs, newest first: those under way, or all with --all.');
  serverFlags(ps)
    .option('-a, --all', 'ended and archived runs too')
    .option('-q, --ids', 'ids only')
    .option('-w, --watch', 'draw the list anew until Ctrl-C')
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
  examples(ps, [
    ['fabro ps', 'what is running now'],
    ['fabro ps --watch', 'the same, kept up to date'],
    ['fabro ps -a --workflow hello --label team=web', 'all runs of one workflow with a label'],
    ['fabro ps -aq --before 2026-01-31T00:00:00Z', 'ids of old runs, for a script'],
  ]);

  const logs = program.command('logs').description('Show what happened in a run, line by line.');
  logs.addOption(new Option('-p, --pretty', 'accepted; the text form is readable').hideHelp());
  declareLogs(logs, declare);
  examples(logs, [
    ['fabro logs hello', 'the newest run of the workflow hello, from its start'],
    ['fabro logs -f -n 20 hello', 'the last 20 events and all that follow'],
    ['fabro logs --since 10m 01JNQVR7', 'what happened in the last ten minutes'],
    ['fabro logs --json hello', 'every event as JSON, one a line'],
  ]);

  const inspect = program
    .command('inspect')
    .description('Show what is known about a run: status, stages, costs, open questions.');
  takesRun(inspect);
  body<InspectOptions>(declare, inspect, async (context, options, words) =>
    (await import('../commands/inspect.js')).inspectCommand(context, word(words), options),
  );
  examples(inspect, [
    ['fabro inspect hello', 'a page about the newest run of the workflow hello'],
    ['fabro inspect --json 01JNQVR7', 'all that the server knows, as JSON'],
  ]);

  const wait = program.command('wait').description('Wait for the end of a run; for scripts.');
  takesRun(wait)
    .option('--timeout <seconds>', 'give up after so long', integer(0))
    .option('--interval <ms>', 'time between two looks', integer(10), 1000);
  body<WaitOptions>(declare, wait, async (context, options, words) =>
    (await import('../commands/wait.js')).waitCommand(context, word(words), options),
  );
  examples(wait, [
    ['fabro wait hello', 'until the newest run of the workflow hello ends'],
    ['fabro wait 01JNQVR7 --timeout 600 --json', 'ten minutes at most, the result as JSON'],
  ]);
  exitCodes(wait, { 0: 'the run succeeded', 1: 'it did not, or the time was up' });

  const rm = program
    .command('rm')
    .description('Delete runs and their data; the branches of their work stay.')
    .argument('<run...>', RUN);
  serverFlags(rm).option('-f, --force', 'active runs too: they are cancelled first');
  body<RmOptions>(declare, rm, async (context, options, words) =>
    (await import('../commands/rm.js')).rmCommand(context, wordList(words), options),
  );
  examples(rm, [
    ['fabro rm 01JNQVR7 01JNQVR9', 'delete two runs'],
    ['fabro rm -f hello', 'cancel the newest run of the workflow hello, then delete it'],
  ]);
  exitCodes(rm, { 1: 'some run could not be deleted' });

  for (const action of ['cancel', 'pause', 'unpause'] as const) {
    const command = program.command(action).description(CONTROL[action]);
    takesRun(command);
    body<ControlOptions>(declare, command, async (context, options, words) =>
      (await import('../commands/control.js')).controlCommand(
        context,
        action,
        word(words),
        options,
      ),
    );
    examples(command, [[`fabro ${action} hello`, 'the newest run of the workflow hello']]);
  }

  const answer = program.command('answer').description('Answer an open question of a run.');
  takesRun(answer)
    .argument('<question>', 'question id; left out where only one question is open')
    .argument('[value]', 'yes, no, an option key (several with commas), or text');
  body<AnswerOptions>(declare, answer, async (context, options, words) =>
    (await import('../commands/answer.js')).answerCommand(
      context,
      words[2] === undefined
        ? { run: word(words), value: word(words, 1) }
        : { run: word(words), question: word(words, 1), value: word(words, 2) },
      options,
    ),
  );
  examples(answer, [
    ['fabro answer hello A', 'choose the option with the key A'],
    [
      'fabro answer hello 01JNQVR7M0EJ5GKAT2SC4ERS2A "Try again with less"',
      'the question, in words',
    ],
  ]);
}

const CONTROL = {
  cancel: 'Cancel a run: its commands are ended, its work so far stays on its branch.',
  pause: 'Pause a run: its processes are stopped until it is unpaused.',
  unpause: 'Let a paused run go on.',
};

/** What `logs` and its other name take and do. */
export function declareLogs(command: Command, declare: Declare): void {
  takesRun(command)
    .option('-f, --follow', 'go on until the run ends')
    .option('-n, --tail <count>', 'only the last events', integer(0))
    .option('--since <time>', 'only later ones: RFC 3339, or an age like 10m');
  body<LogsOptions>(declare, command, async (context, options, words) =>
    (await import('../commands/logs.js')).logsCommand(context, word(words), options),
  );
}

function declareRun(command: Command, declare: Declare, words: string): void {
  runFlags(command).option('-d, --detach', 'print the id and do not follow the run');
  body<RunOptions>(declare, command, async (context, options, given) =>
    (await import('../commands/run.js')).runCommand(context, word(given), options),
  );
  examples(command, [
    [`${words} hello.fabro`, 'run a file and watch it'],
    [`${words} hello --goal "Mend the tests"`, 'a workflow by its name, with another goal'],
    [
      `${words} hello.fabro --input retries=3 --model claude-sonnet-4-5`,
      'with an input and a model',
    ],
    [`${words} hello.fabro --dry-run --auto-approve`, 'walk through it without doing anything'],
    [`${words} hello.fabro -d --json`, 'in the background; the id as JSON'],
  ]);
  exitCodes(command, FOLLOWED);
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

/** Every command's help is a page that stands by itself, and what it shows works as it stands. */
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import { examplesOf } from '../src/program/manual.js';
import { createProgram } from '../src/program/program.js';
import { fakeIo } from './support/fake-io.js';

const programOf = () => createProgram(fakeIo(), { finish: () => {}, json: false });

/** Commands that do something themselves, with the words that call them. */
function commandsOf(command: Command, words: readonly string[] = []): [string, Command][] {
  const inside = command.commands
    .filter((each) => !each.name().startsWith('__'))
    .flatMap((each) => commandsOf(each, [...words, each.name()]));
  const isGroup = inside.length > 0 && command.registeredArguments.length === 0;
  return isGroup && words.length > 0 ? inside : [[words.join(' '), command], ...inside];
}

const all = commandsOf(programOf());
const named = all.filter(([name]) => name !== '');

/** The words of a line as a shell would read them; double quotes are all that examples use. */
const wordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

describe('the help of every command', () => {
  it('is there for all of them', () => {
    expect(named.map(([name]) => name)).toContain('run start');
    expect(named.length).toBeGreaterThan(25);
  });

  it.each(named)('%s begins with a sentence', (_name, command) => {
    expect(command.description()).toMatch(/^[A-Z][^]*\.$/);
  });

  it.each(all)(
    '%s has an example, and each example is understood by that command',
    async (name) => {
      const examples = examplesOf(new Map(commandsOf(programOf())).get(name) as Command);
      expect(examples.length).toBeGreaterThan(0);
      for (const [line, what] of examples) {
        expect(what).toMatch(/^[^A-Z].*[^.]$/);
        const program = programOf();
        const called: string[] = [];
        for (const [each, command] of commandsOf(program))
          command.action(() => void called.push(each));
        const [first, ...words] = wordsOf(line);
        expect(first).toBe('fabro');
        await program.parseAsync(words, { from: 'user' });
        // The page of the program shows what its commands do.
        if (name === '') expect(called).toHaveLength(1);
        else expect(called, line).toEqual([name]);
      }
    },
  );

  // §13 --json, §13 --debug, §13 --no-upgrade-check, §13 --quiet, §13 --verbose, §13 --help
  it.each(named)('%s takes the flags that all commands take', async (_name, command) => {
    const flags = command.options.map(({ long }) => long);
    expect(flags).toEqual(
      expect.arrayContaining(['--json', '--debug', '--no-upgrade-check', '--quiet', '--verbose']),
    );
    const help = command.helpInformation();
    expect(help).toContain('-h, --help');
    expect(help).toContain('-v, --verbose');
  });

  it('names exit codes and variables, those of the command among them', async () => {
    const shown = fakeIo({ columns: 100 });
    expect(await runCli(['wait', '--help'], shown)).toBe(0);
    expect(shown.out()).toContain(
      [
        'Examples:',
        '  # until the newest run of the workflow hello ends',
        '  fabro wait hello',
        '  # ten minutes at most, the result as JSON',
        '  fabro wait 01JNQVR7 --timeout 600 --json',
        '',
        'Exit codes:',
        '  0    the run succeeded',
        '  1    it did not, or the time was up',
        '  2    a wrong flag or argument',
        '  4    the server asks for a token',
        '',
        'Environment:',
        '  FABRO_SERVER       the same as --server',
        '  FABRO_STORAGE_DIR  the same as --storage-dir',
        '  FABRO_DEV_TOKEN    the token for the server',
      ].join('\n'),
    );
  });

  it('has no colours in a pipe and bold titles in a terminal', async () => {
    const pipe = fakeIo();
    await runCli(['ps', '--help'], pipe);
    expect(pipe.out()).not.toContain('\x1b[');
    const terminal = fakeIo({ tty: true });
    await runCli(['ps', '--help'], terminal);
    expect(terminal.out()).toContain('\x1b[1mExamples:\x1b[22m');
    const noColour = fakeIo({ tty: true, env: { NO_COLOR: '1' } });
    await runCli(['ps', '--help'], noColour);
    expect(noColour.out()).not.toContain('\x1b[');
  });
});

describe('fabro help', () => {
  const help = async (...words: string[]) => {
    const shown = fakeIo({ columns: 100 });
    return { code: await runCli(['help', ...words], shown), out: shown.out(), err: shown.err() };
  };

  it('shows the same page as --help, for commands of commands too', async () => {
    for (const words of [['run'], ['server', 'start']]) {
      const asked = fakeIo({ columns: 100 });
      await runCli([...words, '--help'], asked);
      expect(await help(...words)).toEqual({ code: 0, out: asked.out(), err: '' });
    }
  });

  it('lists the commands under what they are for', async () => {
    const { out } = await help();
    expect(out).toMatch(
      /Run a workflow:\n {2}run <workflow> +Run a workflow and follow it to its end\n/,
    );
    expect(out).toMatch(/Watch runs:\n {2}ps +List runs, newest first\n/);
    expect(out).not.toContain('__complete');
  });

  it('says what is meant by a word that is no command', async () => {
    expect(await help('rum')).toMatchObject({
      code: 2,
      err: expect.stringContaining("unknown command 'rum'; did you mean 'run'?"),
    });
    expect(await help('server', 'stat')).toMatchObject({
      code: 2,
      err: expect.stringContaining("unknown command 'stat'; did you mean 'start'?"),
    });
  });
});

describe('typos', () => {
  const err = async (...argv: string[]) => {
    const shown = fakeIo();
    expect(await runCli(argv, shown)).toBe(2);
    return shown.err();
  };

  it('in commands and flags get the word that is meant', async () => {
    expect(await err('atach', 'x')).toContain("unknown command 'atach'; did you mean 'attach'?");
    expect(await err('server', 'stats')).toContain('Did you mean status?');
    expect(await err('run', 'x.fabro', '--dryrun')).toContain('Did you mean --dry-run?');
    expect(await err('--jsn', 'ps')).toContain("unknown option '--jsn'; did you mean '--json'?");
  });
});

describe('flags that all commands take', () => {
  const version = async (argv: string[], env: Record<string, string> = {}) => {
    const shown = fakeIo({ env });
    return { code: await runCli(argv, shown), out: shown.out(), err: shown.err() };
  };

  it('may stand before the command, behind its group and behind it', async () => {
    for (const argv of [
      ['--json', 'version'],
      ['version', '--json'],
    ])
      expect(JSON.parse((await version(argv)).out)).toMatchObject({ node: process.versions.node });
    const group = fakeIo({ env: { HOME: '/nonexistent-home' } });
    expect(await runCli(['server', '--json', 'status'], group)).toBe(1);
    expect(JSON.parse(group.out())).toEqual({ running: false });
  });

  it('--quiet and --verbose exclude each other, as flags, variables and across the command', async () => {
    const refused = { code: 2, out: '', err: expect.stringContaining('--quiet') };
    expect(await version(['version', '--quiet', '--verbose'])).toMatchObject(refused);
    expect(await version(['--quiet', 'version', '--verbose'])).toMatchObject(refused);
    expect(await version(['version'], { FABRO_QUIET: '1', FABRO_VERBOSE: '1' })).toMatchObject(
      refused,
    );
    expect(await version(['version', '--quiet'], { FABRO_VERBOSE: '1' })).toMatchObject({
      code: 0,
    });
  });

  it('have variables that mean the same', async () => {
    const shown = await version(['version'], { FABRO_JSON: '1' });
    expect(JSON.parse(shown.out)).toHaveProperty('version');
    expect((await version(['version'], { FABRO_JSON: '0' })).out).toMatch(/^fabro \d/);
  });
});

/** `fabro logs -f` as a process beside a server that goes away and comes back. */
import { expect, it } from 'vitest';
import { fabro } from './support/cli.js';
import { testHome } from './support/home.js';
import { until } from './support/wait.js';

/** The first attempt says where it is and waits for ever; the one after the restart ends. */
const SCRIPT =
  'echo attempt >> $HOME/attempts; echo at work; test $(wc -l < $HOME/attempts) -gt 1 || sleep 600';

it('follows a run over a restart of the server to its end, and says nothing twice', async () => {
  const home = testHome();
  home.write(
    'flow.fabro',
    `digraph Flow {
      start [shape=Mdiamond] exit [shape=Msquare]
      work [shape=parallelogram, label="Work", script="${SCRIPT}"]
      start -> work -> exit
    }`,
  );
  const begun = await fabro(home, ['run', 'flow.fabro', '--detach', '--in-place']);
  const id = begun.stdout.trim();
  let shown = '';
  const logs = fabro(home, ['logs', '--follow', id], { onStdout: (text) => (shown = text) });
  // A command that has yet to connect would meet a server that is on its way out.
  await until(
    'the first attempt, and a reader who sees it',
    () => home.lines('attempts').length === 1 && shown.includes('▸ Work (command)'),
  );
  expect((await fabro(home, ['server', 'restart'])).code).toBe(0);
  const { code, stdout, stderr } = await logs;
  expect(stderr).toBe('');
  const lines = stdout.split('\n').map((line) => line.slice(10));
  const at = (text: string) => lines.filter((line) => line.includes(text));
  expect(at('● Flow created')).toHaveLength(1);
  expect(at('↻ resumed after an interruption')).toHaveLength(1);
  expect(at('↻ interrupted by a restart; a new attempt begins')).toHaveLength(1);
  expect(at('▸ Work (command)')).toHaveLength(1);
  expect(at('▸ Work (command, attempt 2)')).toHaveLength(1);
  expect(lines.at(-2)).toMatch(/^ {16}■ succeeded {2}/);
  expect(code).toBe(0);
});

/** What is said about a workflow's text by the commands that read it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import { fakeIo } from './support/fake-io.js';

const WARNED = `digraph Warned {
  start -> work -> exit
  work [label="Work", timeout=600]
}
`;
const BROKEN = 'digraph Broken {\n  a -- b\n}\n';
const INVALID = 'digraph Invalid {\n  start -> work -> exit -> work\n  work [label="Work"]\n}\n';

const WARNING = `warning [node: work]: Node 'work' has timeout=600, a whole number, where a duration is expected; it has no effect (attribute_type)
  at warned.fabro:3:23
  3 |   work [label="Work", timeout=600]
    |                       ^
  fix: Write timeout=600s; the units are ms, s, m, h and d
`;
const SYNTAX_ERROR = `error: Parse error: grammar error: line 2, column 5: found "--", expected "->", "[", "=" or the next statement. Undirected edges are not supported; write a -> b. (parse_error)
  at broken.fabro:2:5
  2 |   a -- b
    |     ^
  fix: Undirected edges are not supported; write a -> b.
`;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-diagnostics-'));
  await writeFile(join(folder, 'warned.fabro'), WARNED);
  await writeFile(join(folder, 'broken.fabro'), BROKEN);
  await writeFile(join(folder, 'invalid.fabro'), INVALID);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Exit code and both outputs of a command. */
async function run(args: readonly string[], options: { readonly tty?: boolean } = {}) {
  const io = fakeIo({ cwd: folder, env: { HOME: folder }, ...options });
  const code = await runCli([...args], io);
  return { code, out: io.out(), err: io.err() };
}

describe('§13 validate', () => {
  it('shows a warning with its line, a caret and the fix, and is content', async () => {
    expect(await run(['validate', 'warned.fabro'])).toEqual({
      code: 0,
      out: '',
      err: `Workflow: Warned (3 nodes, 2 edges)\nGraph: warned.fabro\n${WARNING}Validation: OK\n`,
    });
  });

  it('shows each error so, and fails', async () => {
    const { code, out, err } = await run(['validate', 'invalid.fabro']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(`Workflow: Invalid (3 nodes, 3 edges)
Graph: invalid.fabro
error [node: exit]: Exit node 'exit' has 1 outgoing edge(s) but must have none (exit_no_outgoing)
  at invalid.fabro:2:20
  2 |   start -> work -> exit -> work
    |                    ^
  fix: Remove the edges; a run ends at its exit node
error: Validation failed
`);
  });

  it('shows a text that cannot be read in the same way', async () => {
    const { code, err } = await run(['validate', 'broken.fabro']);
    expect(code).toBe(1);
    expect(err).toBe(`Graph: broken.fabro\n${SYNTAX_ERROR}error: Validation failed\n`);
  });

  it('says errors only under --quiet', async () => {
    expect(await run(['validate', 'warned.fabro', '--quiet'])).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    expect((await run(['validate', 'broken.fabro', '--quiet'])).err).toContain(SYNTAX_ERROR);
  });

  it('colours severity, caret and fix on a terminal', async () => {
    const { err } = await run(['validate', 'warned.fabro'], { tty: true });
    expect(err).toContain('\u001b[33mwarning\u001b[39m [node: work]: Node');
    expect(err).toContain('\u001b[33m^\u001b[39m\n');
    expect(err).toContain('\u001b[36mfix:\u001b[39m Write timeout=600s');
  });
});

it('§13 validate --json: severities are in lower case, and absent parts are null', async () => {
  const { code, out, err } = await run(['validate', 'warned.fabro', '--json']);
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(out)).toEqual({
    workflow_name: 'Warned',
    nodes: 3,
    edges: 2,
    valid: true,
    diagnostics: [
      {
        rule: 'attribute_type',
        severity: 'warning',
        message:
          "Node 'work' has timeout=600, a whole number, where a duration is expected; it has no effect",
        node_id: 'work',
        edge: null,
        fix: 'Write timeout=600s; the units are ms, s, m, h and d',
        position: { offset: 63, line: 3, column: 23 },
      },
    ],
  });
  const broken = await run(['validate', 'broken.fabro', '--json']);
  expect(broken.code).toBe(1);
  expect(JSON.parse(broken.out)).toMatchObject({
    workflow_name: null,
    valid: false,
    diagnostics: [{ rule: 'parse_error', severity: 'error' }],
  });
});

it('§13 parse: a text that cannot be read is shown with its line, a caret and the fix', async () => {
  expect(await run(['parse', 'broken.fabro'])).toEqual({
    code: 1,
    out: '',
    err: `${SYNTAX_ERROR}error: Parsing failed\n`,
  });
  const asJson = await run(['parse', 'broken.fabro', '--json']);
  expect(asJson.err).toBe('');
  expect(JSON.parse(asJson.out)).toMatchObject({
    errors: [{ code: 'invalid_workflow', detail: expect.stringContaining('line 2, column 5') }],
  });
});

it('§13 graph: errors refuse the picture, warnings are said beside it', async () => {
  const refused = await run(['graph', 'invalid.fabro']);
  expect([refused.code, refused.out]).toEqual([1, '']);
  expect(refused.err).toContain("error [node: exit]: Exit node 'exit' has 1 outgoing edge(s)");
  const drawn = await run(['graph', 'warned.fabro']);
  expect([drawn.code, drawn.err]).toEqual([0, WARNING]);
  expect(drawn.out).toContain('digraph');
});

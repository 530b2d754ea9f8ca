/** Each house rule of `.oxlintrc.json` is shown a file that breaks it, in a copy of the repository's layout. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');

const Report = z.object({
  diagnostics: z.array(
    z.looseObject({ message: z.string(), code: z.string().optional(), filename: z.string() }),
  ),
});

interface Case {
  readonly rule: string;
  readonly path: string;
  readonly text: string;
  /** Part of the message, where the message is ours. */
  readonly says?: string;
}

const wait = 'export async function wait(): Promise<void> {}\n';

const BROKEN: readonly Case[] = [
  {
    rule: 'no-restricted-imports',
    path: 'packages/journal/src/upwards.ts',
    text: "import { x } from '@fabro/engine';\nexport const y = x;\n",
    says: 'journal is on floor 2: it imports @fabro/protocol',
  },
  {
    rule: 'no-restricted-imports',
    path: 'packages/git/src/sideways.ts',
    text: "export { x } from '@fabro/agent';\n",
    says: 'git is on floor 4',
  },
  {
    rule: 'no-restricted-imports',
    path: 'packages/engine/src/upwards-test-helper.ts',
    text: "export type { X } from '@fabro/runs';\n",
    says: 'engine is on floor 5',
  },
  {
    rule: 'no-restricted-imports',
    path: 'packages/engine/src/adapter.ts',
    text: "import { x } from '@fabro/journal/sqlite';\nexport const y = x;\n",
    says: 'composition roots only',
  },
  {
    rule: 'no-restricted-imports',
    path: 'packages/agent/test/adapter.test.ts',
    text: "import { x } from '@fabro/models/scripted';\nexport const y = x;\n",
    says: 'composition roots only',
  },
  {
    rule: 'no-restricted-imports',
    path: 'packages/runs/src/inside.ts',
    text: "import { x } from '../../engine/src/index.js';\nexport const y = x;\n",
    says: 'by its name',
  },
  {
    rule: 'no-restricted-imports',
    path: 'apps/fabro/src/inside.ts',
    text: "import { x } from '../../../packages/engine/src/index.js';\nexport const y = x;\n",
    says: 'by its name',
  },
  {
    rule: 'no-restricted-imports',
    path: 'packages/runs/src/self.ts',
    text: "import { x } from '@fabro/runs';\nexport const y = x;\n",
    says: 'by a relative path',
  },
  {
    rule: 'no-nodejs-modules',
    path: 'packages/client/src/node.ts',
    text: "import { readFileSync } from 'node:fs';\nexport const y = readFileSync;\n",
  },
  {
    rule: 'no-nodejs-modules',
    path: 'packages/workflow/src/bare.ts',
    text: "import { join } from 'path';\nexport const y = join;\n",
  },
  {
    rule: 'no-floating-promises',
    path: 'packages/git/src/floating.ts',
    text: `${wait}wait();\n`,
  },
  {
    rule: 'no-misused-promises',
    path: 'packages/git/src/misused.ts',
    text: `${wait}if (wait()) throw new Error('always');\n`,
  },
  {
    rule: 'no-explicit-any',
    path: 'packages/git/src/any.ts',
    text: 'export function f(x: any): void {\n  void x;\n}\n',
  },
  {
    rule: 'no-unsafe-assignment',
    path: 'packages/git/src/unsafe.ts',
    text: "const x: string = JSON.parse('1');\nexport const y = x;\n",
  },
  {
    rule: 'no-non-null-assertion',
    path: 'packages/git/src/non-null.ts',
    text: 'export const first = (xs: readonly string[]): string => xs[0]!;\n',
  },
  {
    rule: 'switch-exhaustiveness-check',
    path: 'packages/git/src/switch.ts',
    text: "export function f(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n",
  },
  {
    rule: 'no-cycle',
    path: 'packages/git/src/cycle-a.ts',
    text: "import { b } from './cycle-b.js';\nexport const a = (): number => b();\n",
  },
  {
    rule: 'no-default-export',
    path: 'packages/git/src/default.ts',
    text: 'export default 1;\n',
  },
  {
    rule: 'no-empty',
    path: 'packages/git/src/empty.ts',
    text: "export function f(): void {\n  try {\n    JSON.parse('1');\n  } catch {}\n}\n",
  },
  {
    rule: 'no-console',
    path: 'packages/git/src/console.ts',
    text: "console.log('x');\nexport {};\n",
  },
  {
    rule: 'only-throw-error',
    path: 'packages/git/src/throw.ts',
    text: "export function f(): never {\n  throw 'text';\n}\n",
  },
  {
    rule: 'no-focused-tests',
    path: 'packages/git/test/only.test.ts',
    text: "import { expect, it } from 'vitest';\nit.only('x', () => {\n  expect(1).toBe(1);\n});\n",
  },
];

const FINE: Readonly<Record<string, string>> = {
  'packages/git/src/cycle-b.ts':
    "import { a } from './cycle-a.js';\nexport const b = (): number => a();\n",
  'packages/git/src/lower.ts':
    "import { x } from '@fabro/sandbox';\nimport { join } from 'node:path';\nexport const y = join(String(x));\n",
  'packages/git/src/reasoned.ts':
    "export function f(): void {\n  try {\n    JSON.parse('1');\n  } catch {\n    // The caller only asks whether it parses.\n  }\n}\n",
  'packages/journal/test/own-adapter.ts': "export { x } from '@fabro/journal/memory';\n",
  'packages/models/test/twin.ts': "export { x } from '../../../test/twins/index.js';\n",
  'packages/git/test/sibling.ts': "export { y } from '../src/lower.js';\n",
  'apps/fabro/src/root.ts': "export { x } from '@fabro/journal/sqlite';\n",
  'test/cross.ts': "export { x } from '@fabro/models/scripted';\n",
};

let folder: string;
let report: z.infer<typeof Report>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-lint-'));
  for (const name of ['.oxlintrc.json', 'tsconfig.json', 'package.json'])
    await cp(join(ROOT, name), join(folder, name));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const files = { ...FINE, ...Object.fromEntries(BROKEN.map(({ path, text }) => [path, text])) };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint');
  const args = [oxlint, '--type-aware', '--format=json'];
  // The exit code is 1, since there is much to find; what was found is on stdout.
  const stdout = await promisify(execFile)(process.execPath, args, { cwd: folder }).then(
    (done) => done.stdout,
    (error: unknown) => z.object({ stdout: z.string() }).parse(error).stdout,
  );
  report = Report.parse(JSON.parse(stdout));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const findings = (path: string) =>
  report.diagnostics.filter((finding) => finding.filename.endsWith(path));

describe('the linter refuses', () => {
  it.each(BROKEN)('$path by $rule', ({ rule, path, says }) => {
    const found = findings(path).filter((finding) => finding.code?.includes(`(${rule})`));
    expect(found, JSON.stringify(findings(path))).not.toEqual([]);
    if (says !== undefined) expect(JSON.stringify(found)).toContain(says);
  });
});

describe('the linter accepts', () => {
  it.each(Object.keys(FINE).filter((path) => !path.includes('cycle')))('%s', (path) => {
    expect(findings(path)).toEqual([]);
  });
});

/** A reader of the guide: an empty home, a clone of this repository, a shell that stays open for a page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from './pages.js';
import type { ShellBlock } from './blocks.js';

/** A page that hangs is ended before its test is, so that nothing is left behind. */
const SHELL_TIMEOUT_MS = 150_000;

const MARK = '--- end of block';

export interface Reader {
  readonly home: string;
  /** Runs blocks one after another in one shell that begins in the clone; ends at the first that fails. */
  read(blocks: readonly ShellBlock[]): Promise<readonly BlockResult[]>;
  /** Both outputs of one line in the clone; rejects when it fails. */
  shell(commands: string): Promise<string>;
  leave(): Promise<void>;
}

interface BlockResult {
  readonly block: ShellBlock;
  readonly output: string;
  /** Absent when the shell ended in this block. */
  readonly exitCode?: number;
}

export async function createReader(): Promise<Reader> {
  const folder = mkdtempSync(join(tmpdir(), 'fabro-docs-'));
  const home = join(folder, 'home');
  const clone = join(home, 'fabro');
  mkdirSync(clone, { recursive: true });
  for (const part of ['docs/guide/examples', 'examples'])
    cpSync(join(ROOT, part), join(clone, part), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(clone, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  symlinkSync(join(ROOT, 'apps'), join(clone, 'apps'));
  // Nothing of the machine but its programs: no keys, no settings of whoever runs the tests.
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'reader',
    GIT_AUTHOR_EMAIL: 'reader@example.org',
    GIT_COMMITTER_NAME: 'reader',
    GIT_COMMITTER_EMAIL: 'reader@example.org',
    NPM_CONFIG_UPDATE_NOTIFIER: 'false',
  };

  const bash = async (script: string): Promise<{ code: number | null; output: string }> => {
    const child = spawn('bash', ['-c', `exec 2>&1\n${script}`], {
      cwd: clone,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: SHELL_TIMEOUT_MS,
    });
    const ended = once(child, 'close');
    const output = await text(child.stdout);
    await ended;
    return { code: child.exitCode, output };
  };

  const shell = async (commands: string): Promise<string> => {
    const { code, output } = await bash(`set -e -o pipefail\n${commands}`);
    if (code === 0) return output;
    throw new Error(`exit code ${code} of these commands:\n${commands}\n${output}`);
  };

  await shell('git init --quiet && git add docs examples package.json && git commit -qm clone');

  return {
    home,
    shell,
    async read(blocks) {
      const { output } = await bash(blocks.map(scriptOf).join('\n'));
      const parts = output.split(new RegExp(String.raw`\n${MARK} (\d+)\n`));
      return blocks.flatMap((block, index) => {
        const printed = parts[2 * index];
        const code = parts[2 * index + 1];
        if (printed === undefined || (code === undefined && printed === '')) return [];
        return [
          { block, output: printed, ...(code === undefined ? {} : { exitCode: Number(code) }) },
        ];
      });
    },
    async leave() {
      await bash(`node ${join(ROOT, 'apps/fabro/bin/fabro.js')} server stop`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A reader takes their time: after a run was let go, cancelled or answered, the next block is typed when it
 * waits for somebody or has ended. Where a block should fail, the shell goes on.
 */
function scriptOf({ commands, exitCode }: ShellBlock): string {
  const letsGo = /--detach| -d\b|fabro (start|cancel|answer)/.test(commands);
  return [
    exitCode === 0 ? 'set -e' : 'set +e',
    commands.trimEnd(),
    `printf '\\n${MARK} %s\\n' $?`,
    ...(letsGo ? [SETTLE] : []),
  ].join('\n');
}

const SETTLE = `for ((look = 0; look < 300; look++)); do node -e '
  const { execFileSync } = require("node:child_process");
  const runs = JSON.parse(execFileSync(process.argv[1], ["ps", "--json"], { encoding: "utf8" }));
  const busy = (runs.data ?? runs).filter((run) =>
    ["queued", "starting", "running"].includes(run.status) && run.blocked !== true);
  process.exitCode = busy.length === 0 ? 0 : 1;
' "${join(ROOT, 'apps/fabro/bin/fabro.js')}" && break; sleep 0.1; done`;

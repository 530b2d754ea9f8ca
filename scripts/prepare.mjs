/**
 * Makes a fresh clone ready: installs dependencies, bundles the program. Both cost next to nothing when there
 * is nothing to do. Imports nothing but Node's own modules at the top, since it runs before the installation.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

const NODE_MODULES = join(ROOT, 'node_modules');
const LOCK = join(ROOT, 'package-lock.json');
const INSTALL_STAMP = join(NODE_MODULES, '.fabro-stamp');
const DIST = join(ROOT, 'apps/fabro/dist');
const BUILD_STAMP = join(DIST, '.stamp');
/** Folders whose files end in the bundle, or decide how it is made. */
const BUILD_INPUTS = ['packages', 'apps/fabro', 'scripts', 'package-lock.json'];
const NOT_BUILD_INPUTS = new Set(['node_modules', 'dist', 'test', 'bin']);
/** How often a line says that the installation is still going on. */
const HEARTBEAT_MS = 5_000;

/** A failure that the reader can do something about; its message says what. */
export class SetupError extends Error {
  name = 'SetupError';
}

const say = (line) => process.stderr.write(`${line}\n`);

/** Throws a SetupError when this Node is older than package.json's `engines.node`. */
export function checkNodeVersion(running = process.versions.node) {
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).engines.node;
  const floor = wanted
    .replace(/^>=\s*/, '')
    .split('.')
    .map(Number);
  const have = running.split('.').map((part) => Number.parseInt(part, 10));
  const at = floor.findIndex((part, i) => part !== have[i]);
  if (at >= 0 && have[at] < floor[at])
    throw new SetupError(
      `Fabro needs Node ${floor.join('.')} or newer; this is Node ${running} (${process.execPath}).\n` +
        'Install a newer Node from https://nodejs.org (or with nvm, fnm, mise) and run the command again.',
    );
}

/**
 * Runs `npm ci` when node_modules is missing or does not hold what package-lock.json says.
 * Rejects with a SetupError when Node is too old or npm fails.
 */
export async function ensureInstalled() {
  checkNodeVersion();
  const lock = readFileSync(LOCK, 'utf8');
  const stamp = sha256(`${lock}\0${process.platform}-${process.arch}`);
  if (readOr(INSTALL_STAMP, '') === stamp) return;
  if (!holdsLocked(JSON.parse(lock))) await npmCi();
  writeFileSync(INSTALL_STAMP, stamp);
}

/** True when an installation made by hand already has every package of the lock file in its version. */
function holdsLocked(lock) {
  const hidden = readOr(join(NODE_MODULES, '.package-lock.json'), '');
  if (hidden === '') return false;
  const installed = JSON.parse(hidden).packages;
  return Object.entries(lock.packages)
    .filter(([path]) => path.startsWith('node_modules/') || path.includes('/node_modules/'))
    .every(([path, { version, link, optional, peer }]) => {
      const there = installed[path];
      // Optional ones include every other platform's binaries, which npm leaves out.
      if (there === undefined) return optional === true || peer === true;
      return link === true || (there.version === version && existsSync(join(ROOT, path)));
    });
}

async function npmCi() {
  rmSync(INSTALL_STAMP, { force: true });
  say('Installing dependencies with npm ci (about half a minute, once) …');
  const startedAt = Date.now();
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  const heartbeat = setInterval(() => say(`  still installing, ${elapsed()} …`), HEARTBEAT_MS);
  try {
    await npm(['ci', '--include=dev', '--include=optional', '--no-progress', '--loglevel=error']);
  } finally {
    clearInterval(heartbeat);
  }
  say(`Installed in ${elapsed()}.`);
}

function npm(args) {
  const script = process.env.npm_execpath;
  const [program, first] =
    script !== undefined && /npm-cli\.c?js$/.test(script)
      ? [process.execPath, [script]]
      : ['npm', []];
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args], {
      cwd: ROOT,
      // npm's own output goes to stderr: stdout belongs to what runs afterwards.
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32' && program === 'npm',
    });
    child.once('error', (cause) =>
      reject(
        new SetupError(
          `npm cannot be started: ${cause.message}. Install npm, then run the command again.`,
          { cause },
        ),
      ),
    );
    child.once('close', (code, signal) =>
      code === 0
        ? resolve()
        : reject(
            new SetupError(
              `npm ci failed (${signal === null ? `exit code ${code}` : signal}); its own words are above.\n` +
                'Check that the npm registry can be reached (npm ping) and that the disk has 1 GB free, then run the command again.',
            ),
          ),
    );
  });
}

/**
 * Bundles the program into apps/fabro/dist when a source file changed since the last time
 * (`always`: even when none did). Rejects with a SetupError when a source file does not compile.
 */
export async function ensureBuilt({ always = false } = {}) {
  const stamp = sourcesStamp();
  if (!always && readOr(BUILD_STAMP, '') === stamp) return;
  const startedAt = Date.now();
  say('Building …');
  const { build } = await import('./build.mjs');
  await build({ log: (line) => say(`  ${line}`) });
  mkdirSync(DIST, { recursive: true });
  writeFileSync(BUILD_STAMP, stamp);
  say(`Built in ${Date.now() - startedAt} ms.`);
}

/** Changes whenever a source file is added, removed or written. */
function sourcesStamp() {
  const lines = [];
  const visit = (path) => {
    const stat = statSync(join(ROOT, path), { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (!stat.isDirectory()) lines.push(`${path} ${stat.size} ${stat.mtimeMs}`);
    else
      for (const name of readdirSync(join(ROOT, path)))
        if (!NOT_BUILD_INPUTS.has(name) && !name.startsWith('.')) visit(`${path}/${name}`);
  };
  for (const path of BUILD_INPUTS) visit(path);
  return sha256(lines.sort().join('\n'));
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

function readOr(path, otherwise) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return otherwise;
    throw error;
  }
}

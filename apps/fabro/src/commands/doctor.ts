/** `fabro doctor`: does this machine have what a run needs? Looks; changes nothing but a probe file it removes. */
import { constants } from 'node:fs';
import { access, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FabroError, messageOf } from '@fabro/protocol';
import { PROVIDERS, type ProviderInfo, isConfigured } from '@fabro/models';
import { type ServerFlags, apiFor, findLocal } from '../connect/connect.js';
import { addressText, parseAddress } from '../connect/address.js';
import { type CliSettings, cliSettings } from '../connect/settings.js';
import { storageFiles } from '../connect/storage.js';
import { type Context, printJson, printLines } from '../context.js';
import type { Io } from '../io.js';
import { HEALTH_MS } from '../limits.js';
import { ancestorWith, exists } from '../manifest/project.js';
import { type Paint, paintFor } from '../render/paint.js';

export type DoctorOptions = ServerFlags;

interface Check {
  readonly name: string;
  readonly status: 'pass' | 'warning' | 'error';
  readonly summary: string;
  readonly remediation?: string;
}

/** Node 20.19 is the oldest that the dependencies support. */
const OLDEST_NODE = [20, 19] as const;

/** 1 when a check is an error; warnings are no failure. */
export async function doctorCommand(context: Context, options: DoctorOptions): Promise<number> {
  const { io } = context;
  const settings = await settled('settings', () => cliSettings(io, options.storageDir));
  const checks: Check[] = [
    nodeCheck(process.versions.node),
    await programCheck(
      io,
      'git',
      ['--version'],
      'Install git: runs work in worktrees of their own.',
    ),
    await programCheck(io, 'bash', ['--version'], 'Install bash: commands run in it.'),
    modelCheck(io),
    {
      name: 'sandbox',
      status: 'pass',
      summary:
        'The local sandbox is no boundary: commands and agents run as you, with your files and network.',
    },
  ];
  if ('failed' in settings) checks.push(settings.failed);
  else {
    checks.push(await storageCheck(settings.value.storageRoot));
    checks.push(...(await serverChecks(io, settings.value, options)));
  }
  const ok = checks.every((check) => check.status !== 'error');
  if (context.json) printJson(io, { ok, checks });
  else
    printLines(
      io,
      checks.flatMap((check) => checkLines(check, paintFor(io.stdout, io.env))),
    );
  return ok ? 0 : 1;
}

/** Too old a Node fails in places that do not say why. */
export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_NODE;
  if (major > oldMajor || (major === oldMajor && minor >= oldMinor))
    return { name: 'node', status: 'pass', summary: `Node ${version}` };
  return {
    name: 'node',
    status: 'error',
    summary: `Node ${version} is older than ${oldMajor}.${oldMinor}.`,
    remediation: `Install Node ${oldMajor}.${oldMinor} or newer.`,
  };
}

async function programCheck(
  io: Io,
  program: string,
  args: readonly string[],
  remediation: string,
): Promise<Check> {
  try {
    const { code, stdout } = await io.world.runProgram(program, args, { env: io.env });
    const summary = stdout.split('\n')[0] ?? program;
    if (code === 0) return { name: program, status: 'pass', summary };
    return {
      name: program,
      status: 'error',
      summary: `${program} ended with ${code}.`,
      remediation,
    };
  } catch (error) {
    return { name: program, status: 'error', summary: messageOf(error), remediation };
  }
}

/** Providers without a client are left out: their keys would unlock nothing. */
function modelCheck(io: Io): Check {
  const usable = Object.values(PROVIDERS).filter((provider) => provider.wire !== undefined);
  const ready = usable.filter((provider) => isConfigured(provider, io.env));
  if (ready.length > 0)
    return {
      name: 'models',
      status: 'pass',
      summary: `Configured: ${ready.map(({ id }) => id).join(', ')}`,
    };
  const keys = usable.filter((provider) => provider.needsKey);
  const keyless = usable.filter((provider) => !provider.needsKey);
  return {
    name: 'models',
    status: 'warning',
    summary: 'No model provider is configured; agents can only play scripts.',
    remediation: `Set in the server's environment one of ${keys.flatMap(({ keyVariables }) => keyVariables).join(', ')}; ${keyless.map(keylessRemedy).join('; ')}.`,
  };
}

function keylessRemedy(provider: ProviderInfo): string {
  const needed = [provider.baseUrlVariable, provider.modelVariable].filter(
    (name) => name !== undefined,
  );
  return `or ${needed.join(' and ')} for a server that speaks chat completions (${provider.keyVariables.join(' or ')} if it asks for a key)`;
}

async function storageCheck(root: string): Promise<Check> {
  const existing = await ancestorWith(root, exists);
  const folder = existing ?? dirname(root);
  try {
    if (folder !== root) await access(folder, constants.W_OK);
    else {
      const probe = join(root, `.doctor-${process.pid}`);
      await writeFile(probe, '', { mode: 0o600 });
      await rm(probe, { force: true });
    }
    const state = folder === root ? '' : ' (made at the first start)';
    return { name: 'storage', status: 'pass', summary: `${root}${state}` };
  } catch (error) {
    return {
      name: 'storage',
      status: 'error',
      summary: `${root} cannot be written: ${messageOf(error)}`,
      remediation: 'Choose another place with FABRO_STORAGE_DIR, or correct its owner and mode.',
    };
  }
}

async function serverChecks(
  io: Io,
  settings: CliSettings,
  options: DoctorOptions,
): Promise<readonly Check[]> {
  const storage = storageFiles(settings.storageRoot);
  try {
    const named =
      options.server === undefined ? settings.target : parseAddress(options.server, '--server');
    let address = named;
    if (address === undefined) {
      const local = await findLocal(io, storage);
      if (local.state === 'stopped')
        return [
          {
            name: 'server',
            status: 'pass',
            summary: 'Not running; the next `fabro run` starts it. The storage root is free.',
          },
        ];
      address = parseAddress(local.record.address, storage.record);
    }
    const api = await apiFor(io, storage, address);
    await api.health(AbortSignal.timeout(HEALTH_MS));
    // A wrong token is found here, since /health asks for none.
    const info = await api.systemInfo();
    return [
      {
        name: 'server',
        status: 'pass',
        summary: `Version ${info.version} (pid ${info.pid}) answers at ${addressText(address)}; ${info.runs.active} of ${info.runs.total} runs under way`,
      },
    ];
  } catch (error) {
    return [
      {
        name: 'server',
        status: 'error',
        summary: messageOf(error),
        ...serverRemedy(error, storage.serverLog),
      },
    ];
  }
}

function serverRemedy(error: unknown, log: string): { readonly remediation?: string } {
  const code = error instanceof FabroError ? error.code : undefined;
  // The message of a wrong address says what to change; no server was asked.
  if (code === 'invalid_argument') return {};
  if (code === 'unauthenticated')
    return { remediation: 'Set FABRO_DEV_TOKEN to the token of that server.' };
  return { remediation: `Look into ${log}, or run \`fabro server restart\`.` };
}

async function settled<T>(
  name: string,
  read: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly failed: Check }> {
  try {
    return { value: await read() };
  } catch (error) {
    return { failed: { name, status: 'error', summary: messageOf(error) } };
  }
}

function checkLines(check: Check, paint: Paint): readonly string[] {
  const sign = { pass: paint.green('✓'), warning: paint.yellow('!'), error: paint.red('✗') }[
    check.status
  ];
  const lines = [`${sign} ${check.name.padEnd(11)} ${check.summary}`];
  if (check.remediation !== undefined) lines.push(`  ${' '.repeat(11)} ${check.remediation}`);
  return lines;
}

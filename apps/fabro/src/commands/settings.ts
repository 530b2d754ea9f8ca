/** `fabro settings`: the settings that hold, with the place of each. */
import {
  type LayerSource,
  type SettingsTables,
  effectiveObject,
  effectiveSettings,
  effectiveToml,
  listenAddress,
  settingsPath,
  storageRoot,
} from '@fabro/settings';
import { parseAddress } from '../connect/address.js';
import type { ServerFlags } from '../connect/connect.js';
import { userSettings } from '../connect/settings.js';
import { type Context, printJson } from '../context.js';
import type { Io } from '../io.js';
import { findProject } from '../manifest/project.js';
import { resolveWorkflow, shortPath } from '../manifest/resolve-workflow.js';

export interface SettingsOptions extends ServerFlags {
  /** Adds the settings of this workflow. */
  readonly workflow?: string;
}

/** Prints a settings file that says what holds, or the same as JSON with `_origins`. */
export async function settingsCommand(context: Context, options: SettingsOptions): Promise<number> {
  const { io } = context;
  const files = await filesOf(io, options.workflow);
  const sources: readonly LayerSource[] = [
    ...flagLayers(io, options),
    ...files.flatMap(({ source, layer }) => {
      if (layer === undefined) return [];
      const named = { ...layer, path: readablePath(layer.path, io) };
      return [{ layer: named, ...(source === undefined ? {} : { source }) }];
    }),
  ];
  const values = effectiveSettings(sources, { env: io.env, extra: machineDefaults(io) });
  if (context.json) {
    printJson(io, {
      _version: 1,
      ...effectiveObject(values),
      _origins: Object.fromEntries(values.map(({ path, origin }) => [path.join('.'), origin])),
    });
    return 0;
  }
  const head = [
    '# The settings that hold. Files, nearest first:',
    ...files.map(
      ({ kind, path, layer }) =>
        `#   ${kind.padEnd(8)}  ${readablePath(path, io)}${layer === undefined ? '  (not there)' : ''}`,
    ),
  ];
  io.stdout.write(`${head.join('\n')}\n${effectiveToml(values)}`);
  return 0;
}

interface SettingsFile {
  readonly kind: 'workflow' | 'project' | 'user';
  readonly path: string;
  readonly layer?: LayerSource['layer'];
  readonly source?: string;
}

async function filesOf(io: Io, workflow: string | undefined): Promise<readonly SettingsFile[]> {
  const [project, user] = await Promise.all([findProject(io.cwd, io.env), userSettings(io)]);
  const resolved =
    workflow === undefined ? undefined : await resolveWorkflow(workflow, io.cwd, project);
  return [
    ...(resolved === undefined
      ? []
      : [{ kind: 'workflow' as const, path: resolved.graphPath, ...resolved.config }]),
    { kind: 'project', path: project.projectFile, ...project.config },
    { kind: 'user', path: settingsPath(io.env, io.cwd), ...user },
  ];
}

/** A path as short as it is clear: below the caller's folder, else below the home directory, else whole. */
function readablePath(path: string, io: Io): string {
  const home = io.env['HOME'];
  const short = shortPath(path, io.cwd);
  return short === path && home && path.startsWith(`${home}/`)
    ? `~${path.slice(home.length)}`
    : short;
}

/** What flags and variables say is nearer than every file. */
function flagLayers(io: Io, options: SettingsOptions): readonly LayerSource[] {
  const target = given(options.server, '--server', io.env['FABRO_SERVER'], 'FABRO_SERVER');
  const storage = given(
    options.storageDir,
    '--storage-dir',
    io.env['FABRO_STORAGE_DIR'],
    'FABRO_STORAGE_DIR',
  );
  return [
    ...(target === undefined ? [] : [layer(target.name, { cli: { target: targetOf(target) } })]),
    ...(storage === undefined
      ? []
      : [layer(storage.name, { server: { storage: { root: storage.value } } })]),
  ];
}

function targetOf({
  value,
  name,
}: Given): NonNullable<NonNullable<SettingsTables['cli']>['target']> {
  const address = parseAddress(value, name);
  return address.kind === 'unix'
    ? { type: 'unix', path: address.path }
    : { type: 'http', url: address.url };
}

interface Given {
  readonly value: string;
  readonly name: string;
}

function given(
  flag: string | undefined,
  flagName: string,
  variable: string | undefined,
  variableName: string,
): Given | undefined {
  if (flag !== undefined) return { value: flag, name: flagName };
  return variable === undefined || variable === ''
    ? undefined
    : { value: variable, name: variableName };
}

const layer = (path: string, settings: SettingsTables): LayerSource => ({
  layer: { path, settings },
});

/** Defaults that lie in the home directory. */
function machineDefaults(io: Io): SettingsTables {
  const env = { HOME: io.env['HOME'], USERPROFILE: io.env['USERPROFILE'] };
  const listen = listenAddress(env);
  return {
    server: {
      storage: { root: storageRoot(env) },
      ...(listen.kind === 'unix' ? { listen: { type: 'unix', path: listen.path } } : {}),
    },
  };
}

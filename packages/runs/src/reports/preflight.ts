/** What a run of a manifest would need, looked at before anything is done (engine reference §13 preflight). */
import { stat } from 'node:fs/promises';
import { modelWish } from '@fabro/engine';
import type { Git } from '@fabro/git';
import type { Models } from '@fabro/models';
import {
  callKey,
  messageOf,
  type PreflightCheck,
  type PreflightReport,
  type RunManifest,
} from '@fabro/protocol';
import { nameableEnv, resolveEnvTemplates, type Env, type Settings } from '@fabro/settings';
import { diagnosticLine, goalOf, type Graph, type Prepared } from '@fabro/workflow';
import { callerFolder } from '../caller-folder.js';
import { PREPARE_MS } from '../limits.js';
import { checkManifest, type CheckedManifest } from '../manifest/check.js';
import {
  modelOf,
  planRun,
  prepareManifest,
  settingsOf,
  type PlanDefaults,
} from '../manifest/plan.js';
import { asksModel } from '../model-nodes.js';
import { textOf } from '../prepare.js';

export interface PreflightPorts {
  readonly git: Git;
  readonly models: Models;
  readonly defaults: PlanDefaults;
  /** The server's environment, for `{{ env.X }}`. */
  readonly env: Env;
  readonly envAllow: readonly string[];
}

interface Asked {
  readonly checked: CheckedManifest;
  readonly settings: Settings;
  /** The manifest came over the Unix socket. */
  readonly local: boolean;
  readonly dryRun: boolean;
}

type Section = PreflightReport['checks']['sections'][number];

/** Looks and changes nothing. Rejects only for a manifest that is none. */
export async function preflight(
  manifest: RunManifest,
  local: boolean,
  ports: PreflightPorts,
  signal: AbortSignal,
): Promise<PreflightReport> {
  const checked = checkManifest(manifest);
  const settings = tried(() => settingsOf(checked));
  if ('problem' in settings) {
    const section = { title: 'Settings', checks: [error('settings', settings.problem)] };
    return report(checked, undefined, [section]);
  }
  const args = manifest.args ?? {};
  const asked: Asked = {
    checked,
    settings: settings.value,
    local,
    dryRun: args.dry_run ?? settings.value.run.execution.mode === 'dry_run',
  };
  const prepared = tried(() => prepareManifest(checked, settings.value, ports.defaults).root);
  if ('problem' in prepared) {
    const section = { title: 'Workflow', checks: [error('inputs', prepared.problem)] };
    return report(checked, undefined, [section]);
  }
  const { graph } = prepared.value;
  const sections: Section[] = [
    { title: 'Workflow', checks: [graphCheck(prepared.value)] },
    { title: 'Settings', checks: [settingsCheck(asked), variablesCheck(asked, ports)] },
    ...(graph === undefined ? [] : [{ title: 'Models', checks: modelChecks(graph, asked, ports) }]),
    { title: 'Sandbox', checks: await sandboxChecks(asked, ports, signal) },
  ];
  if (isOk(sections)) {
    // Whatever else would refuse the manifest refuses it here.
    const plan = tried(() => planRun(checked, ports.defaults));
    if ('problem' in plan) sections.push({ title: 'Run', checks: [error('plan', plan.problem)] });
  }
  return report(checked, prepared.value, sections);
}

function report(
  checked: CheckedManifest,
  prepared: Prepared | undefined,
  sections: readonly Section[],
): PreflightReport {
  const graph = prepared?.graph;
  return {
    ok: isOk(sections),
    workflow: {
      name: graph?.name ?? checked.manifest.target.identifier,
      nodes: graph?.nodes.size ?? 0,
      edges: graph?.edges.length ?? 0,
      goal: (graph === undefined ? undefined : goalOf(graph)) ?? '',
      graph_path: checked.path,
      diagnostics: (prepared?.diagnostics ?? []).map((d) => ({
        ...d,
        edge: d.edge === null ? null : [d.edge[0], d.edge[1]],
        position: { ...d.position },
      })),
    },
    checks: { title: 'Run Preflight', sections: [...sections] },
  };
}

function isOk(sections: readonly Section[]): boolean {
  return sections.every(({ checks }) => checks.every(({ status }) => status !== 'error'));
}

function graphCheck({ ok, graph, diagnostics }: Prepared): PreflightCheck {
  const details = diagnostics.map((d) => ({
    text: diagnosticLine(d),
    warn: d.severity !== 'info',
  }));
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const size =
    graph === undefined
      ? 'the graph cannot be parsed'
      : `${graph.nodes.size} nodes, ${graph.edges.length} edges`;
  return ok
    ? {
        ...pass('graph', size, details),
        status: details.some((d) => d.warn) ? 'warning' : 'pass',
      }
    : {
        ...error('graph', `${errors === 1 ? 'one error' : `${errors} errors`}; ${size}`),
        details,
      };
}

function settingsCheck({ checked }: Asked): PreflightCheck {
  const paths = [
    checked.config?.path,
    ...(checked.manifest.configs ?? []).map((c) => (c.source == null ? undefined : c.path)),
  ].filter((path) => path != null);
  return pass('files', paths.length === 0 ? 'none; the defaults hold' : paths.join(', '));
}

/** Variables that the run's commands get, and the steps that prepare its folder. */
function variablesCheck({ settings, local, dryRun }: Asked, ports: PreflightPorts): PreflightCheck {
  const { prepare, sandbox } = settings.run;
  const steps = prepare.steps ?? [];
  const env = nameableEnv(ports.env, { local, allow: ports.envAllow });
  const resolved = tried(() => {
    resolveEnvTemplates({ ...sandbox.env }, env, 'run.sandbox.env');
    for (const [i, { script, command, env: own }] of steps.entries())
      resolveEnvTemplates(
        { script: script ?? '', command: command ?? [], env: { ...own } },
        env,
        `run.prepare.steps[${i}]`,
      );
  });
  if ('problem' in resolved) return error('variables', resolved.problem);
  const details = steps.map((step, i) => ({ text: `${i + 1}. ${textOf(step)}`, warn: false }));
  if (steps.length === 0) return pass('prepare', 'no steps');
  const skipped = dryRun ? ', skipped in a dry run' : '';
  const limit = ` within ${(prepare.timeout ?? PREPARE_MS) / 1000} s together`;
  return pass(
    'prepare',
    `${steps.length === 1 ? 'one step' : `${steps.length} steps`}${limit}${skipped}`,
    details,
  );
}

function modelChecks(
  graph: Graph,
  asked: Asked,
  { models, defaults }: PreflightPorts,
): PreflightCheck[] {
  const nodes = [...graph.nodes.values()].filter(asksModel);
  if (nodes.length === 0) return [pass('models', 'no stage asks a model')];
  if (asked.dryRun) return [pass('models', 'none is asked in a dry run')];
  const usual = modelOf(asked.checked, asked.settings, graph, defaults);
  const wished = new Map<
    string,
    { readonly wish: ReturnType<typeof modelWish>; readonly nodes: string[] }
  >();
  for (const node of nodes) {
    const wish = modelWish(node, {
      ...given('model', usual.model),
      ...given('provider', usual.provider),
    });
    const key = JSON.stringify(wish);
    const entry = wished.get(key) ?? { wish, nodes: [] };
    entry.nodes.push(node.id);
    wished.set(key, entry);
  }
  return [...wished.values()].map(({ wish, nodes: of }) => {
    const details = [{ text: `for ${of.join(', ')}`, warn: false }];
    const model = tried(() => models.resolve(wish));
    if ('problem' in model)
      return { ...error(wish.model ?? wish.provider ?? 'model', model.problem), details };
    const { provider: by, id, scripted } = model.value;
    return pass(
      `${by}/${id}`,
      scripted ? 'plays a script; no model is asked' : 'known, and its key is set',
      details,
    );
  });
}

async function sandboxChecks(
  { checked, settings, local, dryRun }: Asked,
  ports: PreflightPorts,
  signal: AbortSignal,
): Promise<PreflightCheck[]> {
  const args = checked.manifest.args ?? {};
  const provider = args.sandbox ?? settings.run.sandbox.provider;
  const checks: PreflightCheck[] = [
    provider === 'local'
      ? pass(
          'provider',
          'local: commands run as the user of the server, with its files and network',
        )
      : error('provider', `"${provider ?? ''}" is not built yet`, 'Use the provider "local".'),
  ];
  const env = nameableEnv(ports.env, { local, allow: ports.envAllow });
  const placed = tried(() => callerFolder(checked.manifest.cwd, settings, env));
  if ('problem' in placed) return [...checks, error('directory', placed.problem)];
  const folder = placed.value;
  if (dryRun) return [...checks, pass('directory', `${folder} is not touched in a dry run`)];
  const found = await stat(folder).catch(() => undefined); // Not there, or not to be seen by this user.
  if (found?.isDirectory() !== true)
    return [
      ...checks,
      error(
        'directory',
        `${folder} ${found === undefined ? 'does not exist on this server' : 'is no folder'}`,
        'Create it, or start the run from a folder that exists.',
      ),
    ];
  checks.push(pass('directory', folder));
  const inPlace =
    args.in_place === true ||
    (args.worktree_mode ?? settings.run.sandbox.local?.worktree_mode) === 'never';
  checks.push(await gitCheck(folder, inPlace, ports.git, signal));
  return checks;
}

async function gitCheck(
  folder: string,
  inPlace: boolean,
  git: Git,
  signal: AbortSignal,
): Promise<PreflightCheck> {
  if (inPlace) return pass('git', 'not used: the run works in the directory itself');
  try {
    const found = await git.probe({ key: callKey('preflight', folder), signal, dir: folder });
    if (found === undefined)
      return pass('git', 'no repository: the run works in the directory itself, without commits');
    const at = `${found.branch ?? 'detached HEAD'} at ${found.headSha?.slice(0, 12) ?? 'no commit'}`;
    if (found.headSha === undefined)
      return warning(
        'git',
        `${found.root} has no commit yet: the run works in the directory itself`,
        'Commit once, and runs get worktrees of their own.',
      );
    if (found.dirty)
      return warning(
        'git',
        `${found.root}, ${at}, with changes that are not committed: the run begins without them`,
        'Commit them if the run needs them.',
      );
    return pass('git', `${found.root}, ${at}, clean`);
  } catch (cause) {
    signal.throwIfAborted();
    return error('git', messageOf(cause));
  }
}

function pass(
  name: string,
  summary: string,
  details: PreflightCheck['details'] = [],
): PreflightCheck {
  return { name, status: 'pass', summary, details };
}

function warning(name: string, summary: string, remediation: string): PreflightCheck {
  return { name, status: 'warning', summary, details: [], remediation };
}

function error(name: string, summary: string, remediation?: string): PreflightCheck {
  return {
    name,
    status: 'error',
    summary,
    details: [],
    ...(remediation === undefined ? {} : { remediation }),
  };
}

function tried<T>(act: () => T): { readonly value: T } | { readonly problem: string } {
  try {
    return { value: act() };
  } catch (cause) {
    return { problem: messageOf(cause) };
  }
}

function given<K extends string>(
  key: K,
  value: string | null | undefined,
): { readonly [P in K]?: string } {
  return value == null ? {} : ({ [key]: value } as { readonly [P in K]?: string });
}

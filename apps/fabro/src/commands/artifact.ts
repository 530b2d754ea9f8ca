/** `fabro artifact list` and `artifact cp`: files that the stages of a run left behind. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FabroError, type RunArtifactEntry } from '@fabro/protocol';
import type { Api } from '../api.js';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines, say } from '../context.js';
import { formatBytes, plural, table } from '../render/format.js';
import { oneLine } from '../render/text.js';
import { connectAloud } from './attach.js';

export interface ArtifactOptions extends ServerFlags {
  /** Only of this node. */
  readonly node?: string;
  /** Only of this attempt. */
  readonly retry?: number;
}

export interface CopyOptions extends ArtifactOptions {
  /** Keeps stage, attempt and path as folders. */
  readonly tree?: boolean;
}

export async function listCommand(
  context: Context,
  run: string,
  options: ArtifactOptions,
): Promise<number> {
  const { api } = await connectAloud(context, options);
  const { run_id: id } = await api.resolveRun(run);
  const found = (await api.artifacts(id)).filter((a) => isWanted(a, options));
  if (context.json) {
    printJson(context.io, { data: found });
    return 0;
  }
  if (found.length === 0) say(context, 'No artifacts.');
  else
    printLines(
      context.io,
      table(
        [
          ['STAGE', 'RETRY', 'SIZE', 'PATH'],
          ...found.map((a) => [
            oneLine(a.stage_id),
            String(a.retry),
            formatBytes(a.size),
            oneLine(a.relative_path),
          ]),
        ],
        [1, 2],
      ),
    );
  return 0;
}

/** Copies one artifact (`RUN:path`) or all of a run. The latest attempt wins unless `--retry` or `--tree` says otherwise. */
export async function copyCommand(
  context: Context,
  source: string,
  destination: string,
  options: CopyOptions,
): Promise<number> {
  const colon = source.indexOf(':');
  const run = colon < 0 ? source : source.slice(0, colon);
  const path = colon < 0 ? undefined : source.slice(colon + 1);
  const { api } = await connectAloud(context, options);
  const { run_id: id } = await api.resolveRun(run);
  const wanted = select(await api.artifacts(id), id, path, options);
  const target = resolve(context.io.cwd, destination);
  const one = path !== undefined && options.tree !== true && !(await isFolder(target, destination));
  const copies = wanted.map((artifact) => ({
    artifact,
    to: one ? target : join(target, placeOf(artifact, options.tree === true)),
  }));
  mustNotCollide(copies);
  for (const { artifact, to } of copies) await copy(api, id, artifact, to);
  if (context.json)
    printJson(context.io, { copied: copies.map(({ artifact, to }) => ({ ...artifact, to })) });
  else say(context, `Copied ${plural(copies.length, 'artifact')} to ${target}`);
  return 0;
}

interface Copy {
  readonly artifact: RunArtifactEntry;
  readonly to: string;
}

function isWanted(a: RunArtifactEntry, { node, retry }: ArtifactOptions): boolean {
  const of = a.stage_id.replace(/@\d+$/, '');
  return (
    (node === undefined || node === of || node === a.node_slug || node === a.stage_id) &&
    (retry === undefined || retry === a.retry)
  );
}

function select(
  all: readonly RunArtifactEntry[],
  run: string,
  path: string | undefined,
  options: CopyOptions,
): readonly RunArtifactEntry[] {
  const fitting = all.filter(
    (a) => isWanted(a, options) && (path === undefined || a.relative_path === path),
  );
  if (fitting.length === 0) {
    const paths = [...new Set(all.map((a) => a.relative_path))];
    const some = paths.slice(0, 5).map(oneLine).join(', ');
    throw new FabroError(
      'not_found',
      `Run ${run} has no such artifact${path === undefined ? '' : ` (${path})`}; ${paths.length === 0 ? 'it has none' : `it has ${some}${paths.length > 5 ? ', …' : ''}`}.`,
    );
  }
  if (options.tree === true) return fitting;
  // What was captured later stands for what the path holds now.
  return [...new Map(fitting.map((a) => [a.relative_path, a])).values()];
}

/** Where an artifact goes below the destination. Throws for a path that would lead out of it. */
function placeOf(artifact: RunArtifactEntry, tree: boolean): string {
  const { relative_path: path, stage_id: stage, retry } = artifact;
  const parts = path.split(/[/\\]/);
  if (
    path.includes('\0') ||
    /^([/\\]|[A-Za-z]:)/.test(path) ||
    parts.some((part) => part === '..' || part === '')
  )
    throw new FabroError(
      'forbidden',
      `Artifact "${oneLine(path)}" of stage ${stage} would lead out of the destination; it is not copied.`,
    );
  if (!tree) return basename(path);
  return join(stage.replaceAll(/[^A-Za-z0-9._@-]/g, '_').replace(/^\.+/, '_'), String(retry), path);
}

function mustNotCollide(copies: readonly Copy[]): void {
  const seen = new Map<string, RunArtifactEntry>();
  for (const { artifact, to } of copies) {
    const before = seen.get(to);
    if (before !== undefined)
      throw new FabroError(
        'conflict',
        `${oneLine(before.relative_path)} and ${oneLine(artifact.relative_path)} would both become ${to}. Use --tree to keep their folders, or name one of them as RUN:path.`,
      );
    seen.set(to, artifact);
  }
}

async function copy(api: Api, run: string, artifact: RunArtifactEntry, to: string): Promise<void> {
  const bytes = await api.artifact(run, artifact);
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, bytes);
}

/** True for a folder that is there, and for a name that says it is meant to be one. */
async function isFolder(path: string, asGiven: string): Promise<boolean> {
  if (asGiven.endsWith('/')) return true;
  const found = await stat(path).catch(() => undefined); // Nothing there: the file will have this name.
  return found?.isDirectory() === true;
}

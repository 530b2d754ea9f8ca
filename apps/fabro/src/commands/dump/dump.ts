/** `fabro dump`: all that is known about a run, as files (engine reference §7 Dump). */
import { createHash } from 'node:crypto';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FabroError, type JsonObject, type RunArtifactEntry, messageOf } from '@fabro/protocol';
import type { Api } from '../../api.js';
import type { ServerFlags } from '../../connect/connect.js';
import { type Context, printJson, say } from '../../context.js';
import { DUMP_PAGE_EVENTS, MAX_DUMPED_STAGES } from '../../limits.js';
import { plural } from '../../render/format.js';
import { logPrinter } from '../../render/log-printer.js';
import { plainPaint } from '../../render/paint.js';
import { connectAloud } from '../attach.js';
import { CheckpointFiles } from './checkpoint-files.js';
import { safeName, safePath } from './safe-name.js';
import { StageFiles } from './stage-files.js';

export interface DumpOptions extends ServerFlags {
  readonly output: string;
}

/**
 * Writes a run into an empty or new folder. A run under way is dumped as it stands when the dump begins. Holds
 * a page of events and one blob at a time, however long the run is.
 */
export async function dumpCommand(
  context: Context,
  run: string,
  options: DumpOptions,
): Promise<number> {
  const directory = resolve(context.io.cwd, options.output);
  await mustBeFree(directory);
  const { api } = await connectAloud(context, options);
  const { run_id: id } = await api.resolveRun(run);
  const state = await api.state(id);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const log: string[] = [];
  const dumped = await writeRun({ api, id, state, directory, log });
  await writeFile(join(directory, 'dump.log'), `${log.join('\n')}\n`);
  if (context.json) printJson(context.io, { run_id: id, directory, ...dumped });
  else {
    const parts = [
      plural(dumped.events, 'event'),
      plural(dumped.stages, 'stage'),
      plural(dumped.checkpoints, 'checkpoint'),
      plural(dumped.artifacts, 'artifact'),
    ];
    say(context, `Dumped ${parts.join(', ')} of run ${id} into ${directory}`);
    for (const line of dumped.remarks) say(context, line);
  }
  return 0;
}

/** Throws `invalid_argument` unless nothing is there, or an empty folder. */
async function mustBeFree(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined); // Nothing there, or not to be seen: mkdir will say.
  if (found === undefined) return;
  const remedy = 'Name a new or an empty folder.';
  if (!found.isDirectory())
    throw new FabroError('invalid_argument', `--output: ${directory} is no folder. ${remedy}`);
  const [first] = await readdir(directory);
  if (first !== undefined)
    throw new FabroError(
      'invalid_argument',
      `--output: ${directory} is not empty (it holds ${first}). ${remedy}`,
    );
}

interface Dump {
  readonly api: Api;
  readonly id: string;
  readonly state: JsonObject;
  readonly directory: string;
  readonly log: string[];
}

interface Dumped {
  readonly events: number;
  readonly stages: number;
  readonly checkpoints: number;
  readonly artifacts: number;
  /** What is not in the dump, and why. */
  readonly remarks: readonly string[];
}

async function writeRun(dump: Dump): Promise<Dumped> {
  const { api, id, state, directory, log } = dump;
  const remarks: string[] = [];
  const remark = (text: string): void => {
    log.push(text);
    remarks.push(text);
  };
  log.push(`run ${id}, up to event ${JSON.stringify(state['last_seq'] ?? null)}`);
  await writeFile(join(directory, 'run.json'), `${JSON.stringify(state, null, 2)}\n`);
  await writeFile(join(directory, 'graph.fabro'), await api.graphSource(id));
  const stages = new StageFiles({ api, run: id, directory: join(directory, 'stages'), remark });
  const checkpoints = new CheckpointFiles({
    run: id,
    directory: join(directory, 'checkpoints'),
    wanted: (stage) => stages.has(stage),
    remark,
  });
  const printer = logPrinter({
    paint: plainPaint,
    verbose: true,
    columns: () => undefined,
    // A dump is read elsewhere: its times are those of the events.
    timeOfDay: (ts) => ts.slice(11, 23),
  });
  const events = await eachPage(dump, async (page) => {
    const lines = page.map((event) => JSON.stringify(event));
    await writeFile(join(directory, 'events.jsonl'), `${lines.join('\n')}\n`, { flag: 'a' });
    const readable = page.flatMap((event) => printer.event(event));
    await writeFile(join(directory, 'run.log'), readable.map((line) => `${line}\n`).join(''), {
      flag: 'a',
    });
    for (const event of page) {
      await stages.take(event);
      await checkpoints.take(event);
    }
  });
  if (stages.left > 0)
    remark(
      `${plural(stages.left, 'stage')} after the first ${MAX_DUMPED_STAGES} have no folder; events.jsonl has them`,
    );
  const artifacts = await writeArtifacts(dump, remark);
  log.push(
    `${plural(events, 'event')}, ${plural(stages.count, 'stage')}, ${plural(checkpoints.count, 'checkpoint')}, ${plural(artifacts, 'artifact')}`,
  );
  return {
    events,
    stages: stages.count,
    checkpoints: checkpoints.count,
    artifacts,
    remarks,
  };
}

type EventOf = Awaited<ReturnType<Api['events']>>['data'][number];

/** Pages of the events up to those that `run.json` has folded in. */
async function eachPage(
  { api, id, state }: Dump,
  take: (page: readonly EventOf[]) => Promise<void>,
): Promise<number> {
  const last = typeof state['last_seq'] === 'number' ? state['last_seq'] : Infinity;
  for (let seq = 0; ;) {
    const page = await api.events(id, seq + 1, DUMP_PAGE_EVENTS);
    const wanted = page.data.filter((event) => event.seq <= last);
    if (wanted.length > 0) await take(wanted);
    seq = wanted.at(-1)?.seq ?? seq;
    if (!page.hasMore || wanted.length < page.data.length) return seq;
  }
}

async function writeArtifacts(
  { api, id, directory }: Dump,
  remark: (text: string) => void,
): Promise<number> {
  let written = 0;
  for (const artifact of await api.artifacts(id)) {
    const path = join(directory, 'artifacts', artifactPath(artifact));
    try {
      const bytes = await api.artifact(id, artifact);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
      written++;
    } catch (error) {
      remark(`artifact ${artifact.relative_path} of ${artifact.stage_id}: ${messageOf(error)}`);
    }
  }
  return written;
}

/** `<stage>/<attempt>/<path>`, each part made fit; a path that had to be changed keeps its difference. */
function artifactPath({ stage_id: stage, retry, relative_path: path }: RunArtifactEntry): string {
  const safe = safePath(path);
  const mark =
    safe === path ? '' : `.${createHash('sha256').update(path).digest('hex').slice(0, 8)}`;
  return join(safeName(stage), String(retry), `${safe}${mark}`);
}

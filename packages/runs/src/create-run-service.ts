/** The run service: each method is one fact looked up or one append made; the queue does the rest. */
import { foldStream } from '@fabro/engine';
import {
  FabroError,
  RunManifest,
  eventSeq,
  isTerminal,
  parseBlobHash,
  parseRunId,
  runStream,
  type ApiQuestion,
  type RunId,
  type RunStatusResponse,
  type RunSummary,
} from '@fabro/protocol';
import type { Condition } from '@fabro/journal';
import { toGraphviz } from '@fabro/workflow';
import { answerQuestion, parseAnswer } from './answer.js';
import { attachRun } from './attach.js';
import { cancelRun, pauseRun, queueRun, resumeRun, unpauseRun } from './control.js';
import { createRun } from './create.js';
import { MAX_QUEUED_RUNS } from './limits.js';
import { checkManifest, type CheckedManifest } from './manifest/check.js';
import { planRun } from './manifest/plan.js';
import { RunQueue, type QueuePorts } from './queue.js';
import { questionOf, runRow, stageOf, statusOf, summaryOf, type RunRow } from './rows.js';
import type { Page, PageRequest, RunFilter, RunService } from './service.js';
import { stateView } from './state-view.js';
import { deleteRun, diskUsage, prune, type StoragePorts } from './storage.js';

export interface RunServicePorts extends QueuePorts, StoragePorts {}

export interface Runs {
  readonly service: RunService;
  readonly queue: RunQueue;
}

/** Builds the service and its queue; `queue.recover()` sets them going. */
export function createRunService(ports: RunServicePorts): Runs {
  const queue = new RunQueue(ports);
  const { journal } = ports;

  function rowOf(id: string): RunRow {
    const run = parseRunId(id);
    const [row] =
      run === undefined
        ? []
        : journal.select({ table: 'runs', where: [{ column: 'stream', in: [run] }], limit: 1 });
    if (row === undefined) throw notFound(id);
    return runRow(row);
  }

  function runOf(id: string): RunId {
    const run = parseRunId(rowOf(id).id);
    if (run === undefined) throw notFound(id);
    return run;
  }

  /** Places in the queue, asked for only where a queued run is shown. */
  function positions(): ReadonlyMap<string, number> {
    const rows = journal.select({
      table: 'runs',
      where: [{ column: 'status', in: ['queued'] }],
      orderBy: [{ column: 'queued_at' }, { column: 'stream' }],
      limit: 1_000,
    });
    return new Map(rows.map((row, i) => [row.stream, i + 1]));
  }

  function status(id: string): RunStatusResponse {
    const row = rowOf(id);
    return statusOf(row, row.status === 'queued' ? positions().get(row.id) : undefined);
  }

  function summaries(rows: readonly RunRow[]): readonly RunSummary[] {
    const places = rows.some((r) => r.status === 'queued')
      ? positions()
      : new Map<string, number>();
    return rows.map((row) => summaryOf(row, places.get(row.id)));
  }

  function checked(run: RunId): CheckedManifest {
    const hash = parseBlobHash(rowOf(run).manifest_blob);
    const bytes = hash === undefined ? undefined : journal.blob(hash);
    if (bytes === undefined)
      throw new FabroError('not_found', `the manifest of run ${run} is not in the journal`);
    return checkManifest(RunManifest.parse(JSON.parse(new TextDecoder().decode(bytes))));
  }

  function openQuestion(run: RunId, question: string): ApiQuestion | undefined {
    const [row] = journal.select({
      table: 'questions',
      where: [
        { column: 'stream', in: [run] },
        { column: 'question_id', in: [question] },
        { column: 'status', in: ['open'] },
      ],
      limit: 1,
    });
    return row === undefined ? undefined : questionOf(row, ports.clock.now());
  }

  const service: RunService = {
    async create(manifest, caller) {
      const { created, runId } = await createRun(manifest, caller, ports);
      return { created, run: status(runId) };
    },

    async start(id, { resume }, caller) {
      const row = rowOf(id);
      const run = runOf(id);
      if (resume && row.status !== 'submitted') {
        await resumeRun(run, row.status, row.started_at !== null, caller, ports);
      } else {
        if (
          journal.count({ table: 'runs', where: [{ column: 'status', in: ['queued'] }] }) >=
          MAX_QUEUED_RUNS
        )
          throw new FabroError(
            'unavailable',
            `${MAX_QUEUED_RUNS} runs are queued; start this one when some have ended`,
          );
        await queueRun(run, caller, ports);
      }
      const answer = status(id);
      queue.wake();
      return answer;
    },

    async cancel(id, caller) {
      await cancelRun(runOf(id), caller, ports);
      return status(id);
    },

    async pause(id, caller) {
      await pauseRun(runOf(id), caller, ports);
      return status(id);
    },

    async unpause(id, caller) {
      await unpauseRun(runOf(id), caller, ports);
      return status(id);
    },

    async remove(id, { force }, caller) {
      const run = runOf(id);
      if (!isTerminal(rowOf(id).status)) {
        if (!force)
          throw new FabroError(
            'conflict',
            `Run ${id} is ${rowOf(id).status}. Cancel it first, or delete it with force=true.`,
          );
        await cancelRun(run, caller, ports);
      }
      await queue.idle(run);
      await deleteRun(rowOf(id), ports);
    },

    async status(id) {
      return status(id);
    },

    async get(id) {
      return summaryOne(rowOf(id));
    },

    async list(page, filter) {
      const select = (limit: number, offset: number): readonly RunRow[] =>
        journal
          .select({
            table: 'runs',
            where: conditions(filter),
            orderBy: [
              { column: 'created_at', descending: true },
              { column: 'stream', descending: true },
            ],
            limit,
            offset,
          })
          .map(runRow);
      if (filter.labels === undefined)
        return pageOf(page, (limit, offset) => summaries(select(limit, offset)));
      // Labels are one JSON text in a row: they are compared here, before the page is cut.
      const labelled = select(1_000, 0).filter((row) => hasLabels(row, filter.labels));
      return pageOf(page, (limit, offset) => summaries(labelled.slice(offset, offset + limit)));
    },

    async resolve(selector) {
      return summaryOne(resolveSelector(selector));
    },

    async stages(id, page) {
      const run = runOf(id);
      const ended = isTerminal(rowOf(id).status);
      return pageOf(page, (limit, offset) =>
        journal
          .select({
            table: 'stages',
            where: [{ column: 'stream', in: [run] }],
            orderBy: [{ column: 'opened_seq' }],
            limit,
            offset,
          })
          .map((row) => stageOf(row, ended)),
      );
    },

    async questions(id, page) {
      const run = runOf(id);
      return pageOf(page, (limit, offset) =>
        journal
          .select({
            table: 'questions',
            where: [
              { column: 'stream', in: [run] },
              { column: 'status', in: ['open'] },
            ],
            orderBy: [{ column: 'asked_seq' }],
            limit,
            offset,
          })
          .map((row) => questionOf(row, ports.clock.now())),
      );
    },

    async answer(id, question, body, caller) {
      const run = runOf(id);
      const { status: now } = rowOf(id);
      if (now === 'submitted' || now === 'queued' || now === 'starting')
        throw new FabroError('conflict', 'Run is not yet running.');
      const open = openQuestion(run, question);
      if (open === undefined)
        throw new FabroError('conflict', 'Question no longer exists or was already answered.');
      await answerQuestion(run, question, parseAnswer(body, open), caller, ports);
    },

    async state(id) {
      const run = runOf(id);
      const { data } = await service.stages(id, { limit: 1_000, offset: 0 });
      return stateView(foldStream(journal, run), status(id), data, checked(run).source);
    },

    async graph(id, direction) {
      const manifest = checked(runOf(id));
      const plan = planRun(manifest, ports.defaults);
      return {
        dot: toGraphviz(plan.graph, direction === undefined ? {} : { direction }),
        source: manifest.source,
      };
    },

    async events(id, { sinceSeq, limit }) {
      const after = eventSeq(Math.max(0, sinceSeq - 1));
      if (after === undefined)
        throw new FabroError(
          'invalid_argument',
          `since_seq=${sinceSeq}: expected an integer from 1`,
        );
      const page = journal.read(runStream(runOf(id)), { after, limit: limit + 1 });
      return { lines: page.slice(0, limit).map((e) => e.json), hasMore: page.length > limit };
    },

    async attach(id, request) {
      return attachRun(runOf(id), request, {
        journal,
        live: ports.live,
        statusOf: (run) => rowOf(run).status,
      });
    },

    async blob(id, hash) {
      const parsed = parseBlobHash(hash);
      if (parsed === undefined) throw new FabroError('invalid_argument', 'Invalid blob ID.');
      const run = runOf(id);
      const bytes = journal.refersTo(runStream(run), parsed) ? journal.blob(parsed) : undefined;
      if (bytes === undefined) throw new FabroError('not_found', 'Blob not found.');
      return bytes;
    },

    diskUsage: () => diskUsage(ports),
    prune: (request) => prune(request, ports),
  };

  function summaryOne(row: RunRow): RunSummary {
    const [summary] = summaries([row]);
    if (summary === undefined) throw notFound(row.id);
    return summary;
  }

  /** An id or its unambiguous beginning, else the newest run of a workflow of that name. */
  function resolveSelector(selector: string): RunRow {
    const upper = selector.toUpperCase();
    const byId = journal
      .select({ table: 'runs', where: [{ column: 'stream', startsWith: upper }], limit: 2 })
      .map(runRow);
    const [first] = byId;
    if (first !== undefined && byId.length === 1) return first;
    if (byId.length > 1 && selector.length >= 4)
      throw new FabroError(
        'invalid_argument',
        `"${selector}" begins the ids of several runs; give more of the id`,
      );
    const name = plainName(selector);
    const newest = journal
      .select({
        table: 'runs',
        orderBy: [{ column: 'created_at', descending: true }],
        limit: 1_000,
      })
      .map(runRow)
      .find(
        (row) =>
          plainName(row.workflow_slug ?? '') === name ||
          (name !== '' && plainName(row.workflow_name ?? '').includes(name)),
      );
    if (newest === undefined) throw notFound(selector);
    return newest;
  }

  return { service, queue };
}

function notFound(id: string): FabroError {
  return new FabroError('not_found', `Run ${id} not found.`);
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

/** One more than asked for is read, to know whether more follow. */
function pageOf<T>(
  page: PageRequest,
  read: (limit: number, offset: number) => readonly T[],
): Page<T> {
  const rows = read(page.limit + 1, page.offset);
  return { data: rows.slice(0, page.limit), hasMore: rows.length > page.limit };
}

function conditions(filter: RunFilter): readonly Condition[] {
  return [
    ...(filter.status === undefined ? [] : [{ column: 'status', in: filter.status }]),
    ...(filter.workflow === undefined ? [] : [{ column: 'workflow_name', in: [filter.workflow] }]),
  ];
}

function hasLabels(row: RunRow, labels: RunFilter['labels']): boolean {
  if (labels === undefined) return true;
  const own: unknown = JSON.parse(row.labels);
  return Object.entries(labels).every(
    ([k, v]) =>
      typeof own === 'object' &&
      own !== null &&
      Object.entries(own).some(([a, b]) => a === k && b === v),
  );
}

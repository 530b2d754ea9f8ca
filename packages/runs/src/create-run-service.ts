/** The run service: each method is one fact looked up or one append made; the queue does the rest. */
import { foldStream } from '@fabro/engine';
import {
  FabroError,
  eventSeq,
  isTerminal,
  parseBlobHash,
  runStream,
  type RunId,
} from '@fabro/protocol';
import { MAX_SELECT_ROWS } from '@fabro/journal';
import { toGraphviz } from '@fabro/workflow';
import { refuseArchived } from './archive.js';
import { answerQuestion, parseAnswer } from './answer.js';
import { attachRun } from './attach.js';
import { cancelRun, pauseRun, queueRun, resumeRun, unpauseRun } from './control.js';
import { createRun } from './create.js';
import { listRuns, resolveSelector } from './find-runs.js';
import { discardUnfinishedForks } from './fork.js';
import { createHistory } from './history.js';
import { FORCED_DELETE_MS, MAX_QUEUED_RUNS } from './limits.js';
import { createLookups } from './lookups.js';
import { planRun } from './manifest/plan.js';
import { worldToRead } from './manifest/world.js';
import { pageOf } from './page.js';
import { RunQueue, type QueuePorts } from './queue.js';
import { createReports } from './reports/create.js';
import { readEvents } from './read-stream.js';
import { readRetro } from './retro/read.js';
import { questionOf, stageOf } from './rows.js';
import type { RunService } from './service.js';
import { stateView } from './state-view.js';
import { deleteRun, diskUsage, prune, type StoragePorts } from './storage.js';

export interface RunServicePorts extends QueuePorts, StoragePorts {}

export interface Runs {
  readonly service: RunService;
  readonly queue: RunQueue;
  /** To be awaited before the first request: removes what a server that died left of forks. Never rejects. */
  discardUnfinishedForks(): Promise<void>;
}

/** Builds the service and its queue; `queue.recover()` sets them going. */
export function createRunService(ports: RunServicePorts): Runs {
  const queue = new RunQueue(ports);
  const { journal } = ports;
  const look = createLookups(journal, ports.clock);

  /** New work needs space for its record. */
  function mustBeWritable(): void {
    const closed = ports.gate?.closed;
    if (closed !== undefined) throw closed;
  }

  /** Waits until nobody acts for the run, but not for ever. */
  async function idle(run: RunId): Promise<void> {
    const timer = new AbortController();
    const late = ports.clock
      .sleepUntil(ports.clock.now() + FORCED_DELETE_MS, timer.signal)
      .then(() => true)
      .catch(() => false); // The wait was called off: the run has ended in time.
    const ended = await Promise.race([queue.idle(run).then(() => true), late.then(() => false)]);
    timer.abort();
    await late;
    if (!ended)
      throw new FabroError(
        'conflict',
        `Run ${run} is cancelled and has not ended within ${FORCED_DELETE_MS / 1000} s; delete it again when it has.`,
      );
  }

  const service: RunService = {
    ...createHistory(look, { ...ports, mustBeWritable }),
    ...createReports(look, ports),

    async create(manifest, caller) {
      mustBeWritable();
      const { created, runId } = await createRun(manifest, caller, ports);
      return { created, run: look.status(runId) };
    },

    async start(id, { resume }, caller) {
      const row = look.row(id);
      const run = look.run(id);
      refuseArchived(row);
      mustBeWritable();
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
      const answer = look.status(id);
      queue.wake();
      return answer;
    },

    async cancel(id, caller) {
      refuseArchived(look.row(id));
      await cancelRun(look.run(id), caller, ports);
      return look.status(id);
    },

    async pause(id, caller) {
      refuseArchived(look.row(id));
      await pauseRun(look.run(id), caller, ports);
      return look.status(id);
    },

    async unpause(id, caller) {
      refuseArchived(look.row(id));
      mustBeWritable();
      await unpauseRun(look.run(id), caller, ports);
      return look.status(id);
    },

    async remove(id, { force }, caller) {
      const run = look.run(id);
      if (!isTerminal(look.row(id).status)) {
        if (!force)
          throw new FabroError(
            'conflict',
            `Run ${id} is ${look.row(id).status}. Cancel it first, or delete it with force=true.`,
          );
        await cancelRun(run, caller, ports);
      }
      await idle(run);
      await deleteRun(look.row(id), ports);
    },

    async status(id) {
      return look.status(id);
    },

    async get(id) {
      return look.summary(look.row(id));
    },

    async list(page, filter) {
      return pageOf(page, (limit, offset) =>
        listRuns(journal, filter, limit, offset).map((row) => look.summary(row)),
      );
    },

    async resolve(selector) {
      return look.summary(resolveSelector(journal, selector));
    },

    async stages(id, page) {
      const run = look.run(id);
      const ended = isTerminal(look.row(id).status);
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
      const run = look.run(id);
      // A defect may have ended the run without withdrawing what it had asked.
      if (isTerminal(look.row(id).status)) return { data: [], hasMore: false };
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
      const run = look.run(id);
      refuseArchived(look.row(id));
      const { status: now } = look.row(id);
      if (now === 'submitted' || now === 'queued' || now === 'starting')
        throw new FabroError('conflict', 'Run is not yet running.');
      const open = look.openQuestion(run, question);
      if (open === undefined)
        throw new FabroError('conflict', 'Question no longer exists or was already answered.');
      await answerQuestion(run, question, parseAnswer(body, open), caller, ports);
    },

    async state(id) {
      const run = look.run(id);
      const { data } = await service.stages(id, { limit: MAX_SELECT_ROWS - 1, offset: 0 });
      const manifest = look.manifest(run);
      return stateView(foldStream(journal, run), look.status(id), {
        world: worldToRead(manifest, ports.defaults),
        stages: data,
        source: manifest.source,
        retro: readRetro(journal, run),
      });
    },

    async graph(id, direction) {
      const manifest = look.manifest(look.run(id));
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
      const page = readEvents(journal, look.run(id), after, limit + 1);
      return { lines: page.slice(0, limit).map((e) => e.json), hasMore: page.length > limit };
    },

    async attach(id, request) {
      return attachRun(look.run(id), request, {
        journal,
        live: ports.live,
        statusOf: (run) => look.row(run).status,
      });
    },

    async blob(id, hash) {
      const parsed = parseBlobHash(hash);
      if (parsed === undefined) throw new FabroError('invalid_argument', 'Invalid blob ID.');
      const run = look.run(id);
      const bytes = journal.refersTo(runStream(run), parsed) ? journal.blob(parsed) : undefined;
      if (bytes === undefined) throw new FabroError('not_found', 'Blob not found.');
      return bytes;
    },

    diskUsage: ({ verbose }) => diskUsage(ports, verbose),
    prune: (request) => prune(request, ports),
  };

  return { service, queue, discardUnfinishedForks: () => discardUnfinishedForks(ports) };
}

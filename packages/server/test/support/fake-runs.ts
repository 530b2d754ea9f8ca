/** A RunService in memory: enough life to test the resources, no engine. */
import {
  type ApiQuestion,
  FabroError,
  isTerminal,
  isUlid,
  type Retro,
  type RunArtifactEntry,
  type JsonObject,
  type RunManifest,
  type RunStage,
  type RunStatus,
  type RunSummary,
} from '@fabro/protocol';
import type {
  AttachRequest,
  Caller,
  DiffWish,
  Page,
  PageRequest,
  PruneRequest,
  RunFilter,
  RunService,
  StreamItem,
} from '@fabro/runs';

export interface FakeRun {
  readonly manifest: string;
  summary: RunSummary;
  readonly lines: StreamItem[];
  readonly stages: RunStage[];
  retro?: Retro;
  readonly artifacts: RunArtifactEntry[];
  readonly questions: ApiQuestion[];
  readonly wakes: Set<() => void>;
}

export class FakeRuns implements RunService {
  readonly byId = new Map<string, FakeRun>();
  readonly callers: Caller[] = [];
  readonly filters: RunFilter[] = [];
  readonly prunes: PruneRequest[] = [];
  attached = 0;
  dot = 'digraph { a -> b }';
  #next = 0;

  async create(manifest: RunManifest, caller: Caller): ReturnType<RunService['create']> {
    this.callers.push(caller);
    if (!Object.hasOwn(manifest.workflows, manifest.target.path))
      throw new FabroError(
        'invalid_manifest',
        `manifest target path is missing from workflows map: ${manifest.target.path}`,
      );
    const text = JSON.stringify(manifest);
    const known = this.byId.get(manifest.run_id ?? '');
    if (known !== undefined && known.manifest !== text)
      throw new FabroError('conflict', `Run ${manifest.run_id} exists with another manifest.`);
    if (known !== undefined) return { created: false, run: statusOf(known.summary) };
    const id = manifest.run_id ?? `01JNQVR7M0EJ5GKAT2SC4ER${String(this.#next++).padStart(3, '0')}`;
    const summary: RunSummary = {
      id,
      run_id: id,
      status: 'submitted',
      created_at: '2026-03-06T14:30:00.000Z',
      labels: {},
      workflow_name: manifest.target.identifier,
    };
    const run: FakeRun = {
      manifest: text,
      summary,
      lines: [],
      stages: [],
      artifacts: [],
      questions: [],
      wakes: new Set(),
    };
    this.byId.set(id, run);
    this.append(id, 'run.created');
    return { created: true, run: statusOf(summary) };
  }

  /** Appends a durable event and wakes who is attached. */
  append(id: string, event: string, properties: JsonObject = {}): void {
    const run = this.#run(id);
    const seq = run.lines.length + 1;
    const json = JSON.stringify({
      seq,
      id: `event-${seq}`,
      ts: '2026-03-06T14:30:00.000Z',
      run_id: id,
      event,
      properties,
    });
    run.lines.push({ kind: 'event', seq, json });
    for (const wake of run.wakes) wake();
  }

  setStatus(id: string, status: RunStatus): void {
    const run = this.#run(id);
    run.summary = { ...run.summary, status };
    for (const wake of run.wakes) wake();
  }

  async start(id: string): ReturnType<RunService['start']> {
    if (this.#run(id).summary.status !== 'submitted')
      throw new FabroError(
        'conflict',
        `cannot start run: status is ${this.#run(id).summary.status}, expected submitted`,
      );
    return this.#to(id, 'queued', { queue_position: 1 });
  }

  async cancel(id: string): ReturnType<RunService['cancel']> {
    return this.#to(id, 'cancelled', { status_reason: 'cancelled' });
  }

  async pause(id: string): ReturnType<RunService['pause']> {
    if (this.#run(id).summary.status !== 'running')
      throw new FabroError('conflict', 'Run is not pausable.');
    return this.#to(id, 'running', { pending_control: 'pause' });
  }

  async unpause(id: string): ReturnType<RunService['unpause']> {
    if (this.#run(id).summary.status !== 'paused')
      throw new FabroError('conflict', 'Run is not paused.');
    return this.#to(id, 'running', {});
  }

  async remove(id: string, request: { readonly force: boolean }): Promise<void> {
    const { status } = this.#run(id).summary;
    if (!isTerminal(status) && status !== 'submitted' && !request.force)
      throw new FabroError(
        'conflict',
        `Run ${id} is ${status}; cancel it first or use force=true.`,
      );
    this.byId.delete(id);
  }

  async timeline(id: string): ReturnType<RunService['timeline']> {
    const sha = '0123456789012345678901234567890123456789';
    return this.#run(id).stages.map((stage, i) => ({
      ordinal: i + 1,
      node_name: stage.node_id,
      visit: stage.visit,
      checkpoint_seq: 10 * (i + 1),
      ...(i === 0 ? {} : { run_commit_sha: sha }),
    }));
  }

  async fork(
    id: string,
    request: { readonly target?: string },
    caller: Caller,
  ): ReturnType<RunService['fork']> {
    this.callers.push(caller);
    const { target = 'build@1' } = request;
    this.#run(id);
    if (target === 'nope')
      throw new FabroError('invalid_argument', `run ${id} has no checkpoint "nope"`);
    return { source_run_id: id, new_run_id: '01HV6D7S5YF4Z4B2M7K4N0Q6TA', target };
  }

  async rewind(
    id: string,
    request: { readonly target?: string },
    caller: Caller,
  ): ReturnType<RunService['rewind']> {
    const forked = await this.fork(id, request, caller);
    return forked.target === 'torn@1'
      ? { ...forked, archived: false, archive_error: 'the disk is full' }
      : { ...forked, archived: true };
  }

  async archive(id: string): ReturnType<RunService['archive']> {
    const run = this.#run(id);
    if (!isTerminal(run.summary.status))
      throw new FabroError('conflict', `run ${id} is ${run.summary.status}`);
    run.summary = { ...run.summary, archived_at: '2026-03-06T15:00:00.000Z' };
    return statusOf(run.summary);
  }

  async unarchive(id: string): ReturnType<RunService['unarchive']> {
    const run = this.#run(id);
    const { archived_at: _archived, ...summary } = run.summary;
    run.summary = summary;
    return statusOf(summary);
  }

  async status(id: string): ReturnType<RunService['status']> {
    return statusOf(this.#run(id).summary);
  }

  async get(id: string): Promise<RunSummary> {
    return this.#run(id).summary;
  }

  async list(page: PageRequest, filter: RunFilter): Promise<Page<RunSummary>> {
    this.filters.push(filter);
    return paged([...this.byId.values()].map((run) => run.summary).toReversed(), page);
  }

  async resolve(selector: string): Promise<RunSummary> {
    const found = [...this.byId.values()].filter(({ summary }) => summary.id.startsWith(selector));
    if (found.length > 1)
      throw new FabroError('invalid_argument', `Selector ${selector} means ${found.length} runs.`);
    if (found[0] === undefined) throw new FabroError('not_found', `Run ${selector} not found.`);
    return found[0].summary;
  }

  async stages(id: string, page: PageRequest): Promise<Page<RunStage>> {
    return paged(this.#run(id).stages, page);
  }

  async questions(id: string, page: PageRequest): Promise<Page<ApiQuestion>> {
    return paged(this.#run(id).questions, page);
  }

  async answer(id: string, question: string): Promise<void> {
    const run = this.#run(id);
    if (!isTerminal(run.summary.status) && run.summary.status !== 'running')
      throw new FabroError('conflict', 'Run is not yet running.');
    const at = run.questions.findIndex((open) => open.id === question);
    if (at < 0)
      throw new FabroError('conflict', 'Question no longer exists or was already answered.');
    run.questions.splice(at, 1);
  }

  async state(id: string): Promise<JsonObject> {
    return { run_id: id, completed_nodes: this.#run(id).stages.map((stage) => stage.node_id) };
  }

  async graph(id: string, direction?: string): ReturnType<RunService['graph']> {
    this.#run(id);
    const rankdir = direction === undefined ? '' : `rankdir=${direction};`;
    return { dot: this.dot.replace('{', `{${rankdir}`), source: 'digraph { a -> b } // mine' };
  }

  async events(
    id: string,
    request: { readonly sinceSeq: number; readonly limit: number },
  ): ReturnType<RunService['events']> {
    const rest = this.#run(id).lines.slice(request.sinceSeq - 1);
    return {
      lines: rest.slice(0, request.limit).map((item) => item.json),
      hasMore: rest.length > request.limit,
    };
  }

  async attach(id: string, request: AttachRequest): ReturnType<RunService['attach']> {
    const run = this.#run(id);
    const ended = isTerminal(run.summary.status);
    if (ended && (request.sinceSeq === undefined || request.sinceSeq > run.lines.length))
      throw new FabroError('gone', 'Event stream closed.');
    this.attached++;
    return this.#follow(run, request.sinceSeq ?? run.lines.length + 1, request.signal);
  }

  async *#follow(
    run: FakeRun,
    from: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StreamItem[]> {
    let at = from - 1;
    try {
      while (!signal.aborted) {
        const batch = run.lines.slice(at, at + 2);
        if (batch.length > 0) {
          at += batch.length;
          yield batch;
        } else if (isTerminal(run.summary.status)) return;
        else await wakeOf(run, signal);
      }
    } finally {
      this.attached--;
    }
  }

  async blob(id: string, hash: string): Promise<Uint8Array> {
    this.#run(id);
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new FabroError('invalid_argument', 'Invalid blob ID.');
    if (!hash.startsWith('a')) throw new FabroError('not_found', 'Blob not found.');
    return new Uint8Array([0, 1, 255]);
  }

  retros = async (page: PageRequest) => paged<never>([], page);

  async retro(id: string): ReturnType<RunService['retro']> {
    return this.#run(id).retro;
  }

  async diff(id: string, wish: DiffWish): ReturnType<RunService['diff']> {
    this.#run(id);
    if (wish.node === 'nowhere') throw new FabroError('not_found', 'no commit of "nowhere"');
    const shas = { from_sha: 'a'.repeat(40), to_sha: 'b'.repeat(40) };
    const stage = wish.stage ?? (wish.node === undefined ? undefined : `${wish.node}@1`);
    return {
      run_id: id,
      ...(stage === undefined ? {} : { stage_id: stage }),
      ...shas,
      patch: 'diff --git a/x b/x\n',
      truncated: false,
    };
  }

  async artifacts(id: string, stage?: string): ReturnType<RunService['artifacts']> {
    return this.#run(id).artifacts.filter((a) => stage === undefined || a.stage_id === stage);
  }

  async artifact(
    id: string,
    wish: Parameters<RunService['artifact']>[1],
  ): ReturnType<RunService['artifact']> {
    const found = this.#run(id).artifacts.find(
      (a) => a.stage_id === wish.stage && a.relative_path === wish.path,
    );
    if (found === undefined) throw new FabroError('not_found', 'Artifact not found.');
    return new TextEncoder().encode(`${found.relative_path} of attempt ${wish.retry ?? 'latest'}`);
  }

  async preflight(manifest: RunManifest, caller: Caller): ReturnType<RunService['preflight']> {
    this.callers.push(caller);
    return {
      ok: true,
      workflow: {
        name: manifest.target.identifier,
        nodes: 2,
        edges: 1,
        goal: '',
        diagnostics: [],
      },
      checks: {
        title: 'Run Preflight',
        sections: [
          {
            title: 'Workflow',
            checks: [{ name: 'graph', status: 'pass', summary: '', details: [] }],
          },
        ],
      },
    };
  }

  async followAll({
    runs,
    after = 0,
    signal,
  }: Parameters<RunService['followAll']>[0]): ReturnType<RunService['followAll']> {
    for (const id of runs ?? []) this.#run(id);
    return this.#followAll(runs, after, signal);
  }

  async *#followAll(
    runs: readonly string[] | undefined,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StreamItem[]> {
    const lines = [...this.byId]
      .filter(([id]) => runs === undefined || runs.includes(id))
      .flatMap(([, run]) => run.lines);
    yield lines
      .map((line, i): StreamItem => ({ kind: 'event', seq: i + 1, json: line.json }))
      .slice(after);
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
  }

  async diskUsage({
    verbose,
  }: Parameters<RunService['diskUsage']>[0]): ReturnType<RunService['diskUsage']> {
    return {
      ...(verbose ? { runs: [] } : {}),
      summary: [{ type: 'runs', count: this.byId.size, size_bytes: 10 }],
      total_size_bytes: 10,
      total_reclaimable_bytes: 0,
    };
  }

  async prune(request: PruneRequest): ReturnType<RunService['prune']> {
    this.prunes.push(request);
    const totals = { total_count: 0, total_size_bytes: 0, deleted_count: 0, freed_bytes: 0 };
    return { dry_run: request.dryRun, ...(request.dryRun ? { runs: [] } : {}), ...totals };
  }

  #run(id: string): FakeRun {
    const run = isUlid(id) ? this.byId.get(id) : undefined;
    if (run === undefined) throw new FabroError('not_found', `Run ${id} not found.`);
    return run;
  }

  #to(id: string, status: RunStatus, extra: Partial<RunSummary>): ReturnType<RunService['status']> {
    this.setStatus(id, status);
    const run = this.#run(id);
    run.summary = { ...run.summary, ...extra };
    return this.status(id);
  }
}

function statusOf(summary: RunSummary): Awaited<ReturnType<RunService['status']>> {
  const { id, status, created_at, status_reason, pending_control, queue_position, archived_at } =
    summary;
  return {
    id,
    status,
    created_at,
    ...(status_reason === undefined ? {} : { status_reason }),
    ...(pending_control === undefined ? {} : { pending_control }),
    ...(queue_position === undefined ? {} : { queue_position }),
    ...(archived_at === undefined ? {} : { archived_at }),
  };
}

function paged<T>(all: readonly T[], { limit, offset }: PageRequest): Page<T> {
  return { data: all.slice(offset, offset + limit), hasMore: all.length > offset + limit };
}

function wakeOf(run: FakeRun, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      run.wakes.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    run.wakes.add(wake);
    signal.addEventListener('abort', wake);
    if (signal.aborted) wake();
  });
}

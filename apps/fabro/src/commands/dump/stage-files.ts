/** `stages/<rank>-<node>@<visit>/`: what each stage was asked, what it did and what came of it. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AnyEvent,
  type OutputRef,
  type RunEvent,
  messageOf,
  parseRunEvent,
} from '@fabro/protocol';
import type { Api } from '../../api.js';
import { MAX_DUMPED_STAGES } from '../../limits.js';
import { safeName } from './safe-name.js';

export interface StageFilesOptions {
  readonly api: Pick<Api, 'blob' | 'diff'>;
  readonly run: string;
  readonly directory: string;
  /** Told of what could not be written, once for each kind. */
  readonly remark: (text: string) => void;
}

export class StageFiles {
  /** Stages beyond the largest number: they get no folder. */
  left = 0;
  readonly #options: StageFilesOptions;
  readonly #folders = new Map<string, string>();
  readonly #branches = new Map<string, RunEvent<'parallel.branch.completed'>['properties'][]>();
  #diffs = true;
  #odd = false;

  constructor(options: StageFilesOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#folders.size;
  }

  has(stage: string): boolean {
    return this.#folders.has(stage);
  }

  /** Takes the events in their order. */
  async take(raw: AnyEvent): Promise<void> {
    const event = this.#understood(raw);
    if (event === undefined) return;
    if (event.event === 'parallel.branch.completed') return this.#branch(event);
    const stage = event.stage_id;
    if (stage === undefined) return;
    if (event.event === 'stage.started') await this.#open(stage, event.properties.attempt);
    const folder = this.#folders.get(stage);
    if (folder !== undefined) await this.#write(event, stage, folder);
  }

  #understood(raw: AnyEvent): RunEvent | undefined {
    try {
      return parseRunEvent(raw);
    } catch (error) {
      if (!this.#odd)
        this.#options.remark(
          `event ${raw.seq} (${raw.event}) has a shape of another version: ${messageOf(error)}`,
        );
      this.#odd = true;
      return undefined;
    }
  }

  /** A new attempt begins with an empty folder: what an earlier one came to is no fact about it. */
  async #open(stage: string, attempt: number): Promise<void> {
    const known = this.#folders.get(stage);
    if (known === undefined && this.#folders.size >= MAX_DUMPED_STAGES) {
      if (attempt === 1) this.left++;
      return;
    }
    const rank = String(this.#folders.size + 1).padStart(3, '0');
    const folder = known ?? join(this.#options.directory, `${rank}-${safeName(stage)}`);
    if (known !== undefined) await rm(known, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    this.#folders.set(stage, folder);
  }

  #branch({ parallel_group_id: group, properties }: RunEvent<'parallel.branch.completed'>): void {
    if (group === undefined || !this.#folders.has(group)) return;
    const results = this.#branches.get(group) ?? [];
    results.push(properties);
    this.#branches.set(group, results);
  }

  async #write(event: RunEvent, stage: string, folder: string): Promise<void> {
    const text = (name: string, body: string): Promise<void> => writeFile(join(folder, name), body);
    const json = (name: string, body: object): Promise<void> =>
      text(name, `${JSON.stringify(body, null, 2)}\n`);
    switch (event.event) {
      case 'stage.prompt':
        return text('prompt.md', event.properties.text);
      case 'agent.session.started': {
        const { provider, model, scripted } = event.properties;
        return json('provider_used.json', { mode: 'agent', provider, model, scripted });
      }
      case 'agent.message':
        // Each answer replaces the one before: the last one stands.
        return event.properties.text === ''
          ? undefined
          : text('response.md', event.properties.text);
      case 'prompt.completed': {
        const { provider, model, response } = event.properties;
        await json('provider_used.json', { mode: 'prompt', provider, model });
        return text('response.md', response);
      }
      case 'command.started': {
        const { script, language, timeout_ms } = event.properties;
        return json('script_invocation.json', { command: script, language, timeout_ms });
      }
      case 'command.completed': {
        const { stdout, stderr, ...rest } = event.properties;
        const sizes = { stdout_bytes: stdout.bytes, stderr_bytes: stderr.bytes };
        await json('script_timing.json', { ...rest, ...sizes });
        await text('stdout.log', await this.#output(stdout));
        return text('stderr.log', await this.#output(stderr));
      }
      case 'stage.completed':
        return json('status.json', { timestamp: event.ts, ...event.properties });
      case 'stage.failed':
        return json('status.json', { timestamp: event.ts, status: 'failed', ...event.properties });
      case 'parallel.completed': {
        const results = (this.#branches.get(stage) ?? []).toSorted((a, b) => a.index - b.index);
        this.#branches.delete(stage);
        return json('parallel_results.json', results);
      }
      case 'git.commit':
        return this.#patch(stage, folder);
      default:
        return undefined;
    }
  }

  /** The whole output when it is still there, else its end. */
  async #output({ tail, blob }: OutputRef): Promise<string> {
    if (blob === undefined) return tail;
    try {
      const value: unknown = JSON.parse(
        new TextDecoder().decode(await this.#options.api.blob(this.#options.run, blob)),
      );
      if (typeof value === 'string') return value;
      throw new Error('it holds no text');
    } catch (error) {
      this.#options.remark(`blob ${blob}: ${messageOf(error)}; the end of the output stands in`);
      return tail;
    }
  }

  async #patch(stage: string, folder: string): Promise<void> {
    if (!this.#diffs) return;
    const { api, run, remark } = this.#options;
    try {
      const { patch, truncated } = await api.diff(run, { stage });
      if (patch !== '') await writeFile(join(folder, 'diff.patch'), patch);
      if (truncated) remark(`the patch of ${stage} is cut: it was longer than a patch may be`);
    } catch (error) {
      this.#diffs = false;
      remark(`no patches from ${stage} on: ${messageOf(error)}`);
    }
  }
}

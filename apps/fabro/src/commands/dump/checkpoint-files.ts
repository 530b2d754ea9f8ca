/** `checkpoints/<seq>.json`: the run as each of its checkpoints has it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnyEvent, messageOf, parseRunId } from '@fabro/protocol';
import { CheckpointViews } from '@fabro/runs';

export interface CheckpointFilesOptions {
  readonly run: string;
  readonly directory: string;
  /** True for a stage that is in the dump. */
  readonly wanted: (stage: string) => boolean;
  readonly remark: (text: string) => void;
}

export class CheckpointFiles {
  count = 0;
  readonly #options: CheckpointFilesOptions;
  #views: CheckpointViews | undefined;

  constructor(options: CheckpointFilesOptions) {
    this.#options = options;
    const run = parseRunId(options.run);
    if (run !== undefined) this.#views = new CheckpointViews(run);
  }

  /** Takes the events in their order. */
  async take(event: AnyEvent): Promise<void> {
    const checkpoint = this.#viewAt(event);
    if (checkpoint === undefined) return;
    if (event.stage_id !== undefined && !this.#options.wanted(event.stage_id)) return;
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true });
    const name = `${String(event.seq).padStart(4, '0')}.json`;
    await writeFile(join(directory, name), `${JSON.stringify(checkpoint, null, 2)}\n`);
    this.count++;
  }

  #viewAt(event: AnyEvent): ReturnType<CheckpointViews['take']> {
    try {
      return this.#views?.take(event);
    } catch (error) {
      // A newer server may write what this program cannot fold; the rest of the dump is still worth having.
      this.#views = undefined;
      this.#options.remark(
        `no checkpoints from event ${event.seq} on: it cannot be folded here (${messageOf(error)})`,
      );
      return undefined;
    }
  }
}

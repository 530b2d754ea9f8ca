/** The ports of one attempt, with the world in the test's hands. */
import { callKey, type Answer, type EventDraft, type JsonValue } from '@fabro/protocol';
import { blobOf } from '@fabro/journal';
import type { ExecOutput, ExecRequest, ExecResult, Sandbox } from '@fabro/sandbox';
import type { StageInput, StagePorts } from '../src/handler.js';
import type { OpenQuestion } from '../src/state.js';

export interface FakePorts extends StagePorts {
  readonly notes: EventDraft[];
  readonly blobs: Map<string, string>;
  readonly execs: ExecRequest[];
  readonly forwards: string[];
  readonly lives: unknown[];
  disposed: number;
}

export interface FakeWorld {
  readonly exec?: (request: ExecRequest) => Partial<ExecResult> & { out?: string; err?: string };
  readonly output?: string;
  /** Resolves when a person answers. */
  readonly answer?: Promise<Answer>;
  readonly open?: OpenQuestion;
  readonly dueAtOnce?: boolean;
  readonly redact?: (text: string) => string;
  readonly signal?: AbortSignal;
  readonly context?: Readonly<Record<string, JsonValue>>;
}

function unused(): never {
  throw new Error('this handler has no business here');
}

function output(text: string): ExecOutput {
  return {
    bytes: Buffer.byteLength(text),
    tail: async (limit) => text.slice(-limit),
    read: async () => Buffer.from(text),
  };
}

export function fakePorts(input: StageInput, world: FakeWorld = {}): FakePorts {
  const signal = world.signal ?? new AbortController().signal;
  const notes: EventDraft[] = [];
  const blobs = new Map<string, string>();
  const execs: ExecRequest[] = [];
  const forwards: string[] = [];
  const lives: unknown[] = [];
  let open = world.open;
  const sandbox: Sandbox = {
    provider: 'fake',
    workdir: '/work',
    exec: async (request, options) => {
      execs.push(request);
      const { out = '', err = '', ...result } = world.exec?.(request) ?? {};
      options.onOutput?.('stdout', out);
      return {
        termination: 'exited',
        ...(result.termination === undefined && result.signal === undefined ? { exitCode: 0 } : {}),
        durationMs: 12.4,
        stdout: output(out),
        stderr: output(err),
        dispose: async () => {
          ports.disposed++;
        },
        ...result,
      };
    },
    recoveredOutput: unused,
    readFile: unused,
    writeFile: unused,
    stat: unused,
    glob: unused,
    grep: unused,
    at: unused,
    endLeftovers: unused,
  };
  let ids = 0;
  const ports: FakePorts = {
    notes,
    blobs,
    execs,
    forwards,
    lives,
    disposed: 0,
    key: callKey('run', 'root', input.stage.stageId, 'a1'),
    scope: { stage_id: input.stage.stageId },
    calls: {
      signal,
      call: unused,
      note: async (_key, event) => {
        notes.push(event);
        if (event.event === 'interview.started')
          open = {
            id: event.properties.question_id,
            stageId: input.stage.stageId,
            frame: input.frame.id,
            properties: event.properties,
          };
        if (event.event === 'interview.completed' && open !== undefined)
          open.answer = event.properties.answer;
      },
      blob: async (bytes) => {
        const { hash } = blobOf(bytes);
        blobs.set(hash, Buffer.from(bytes).toString('utf8'));
        return hash;
      },
      readBlob: unused,
    },
    sandbox,
    models: { resolve: unused, configured: false },
    clock: {
      now: () => 0,
      sleepUntil: (_atMs, until) =>
        world.dueAtOnce === true
          ? Promise.resolve()
          : new Promise((_resolve, reject) => {
              until.addEventListener('abort', () => reject(until.reason), { once: true });
            }),
    },
    ids: { ulid: () => `ulid-${++ids}`, uuid: unused },
    random: () => 0.5,
    live: (event) => lives.push(event),
    redact: world.redact ?? ((text) => text),
    pause: { paused: false, subscribe: () => () => undefined },
    materialise: (value) => value,
    openQuestion: () => open,
    answered: () => world.answer ?? new Promise<Answer>(() => undefined),
    fastForward: async (sha) => {
      forwards.push(sha);
    },
  };
  return ports;
}

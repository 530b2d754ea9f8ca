/** The full projection of a run (schema RunProjection of the API reference), made from the fold when it is asked for. */
import {
  ROOT_FRAME,
  isoTime,
  type JsonObject,
  JsonValue,
  type Retro,
  type RunStage,
  type RunStatusResponse,
} from '@fabro/protocol';
import { contextValues, type Frame, type RunState, type World } from '@fabro/engine';

interface StateParts {
  /** Absent when this release cannot prepare the run's workflow any more: then nothing is added to the context. */
  readonly world: World | undefined;
  readonly stages: readonly RunStage[];
  readonly source: string;
  readonly retro: Retro | undefined;
}

/** Fields that repeat state (`context_values`, `completed_nodes`) are made here and never stored. */
export function stateView(
  state: RunState,
  status: RunStatusResponse,
  { stages, source, retro, world }: StateParts,
): JsonObject {
  const root = state.frames.get(ROOT_FRAME);
  return {
    run_id: state.runId,
    status: status.status,
    ...(status.status_reason === undefined ? {} : { status_reason: status.status_reason }),
    ...(status.error === undefined ? {} : { error: status.error }),
    pending_control: state.pendingControl ?? null,
    graph_source: source,
    start: state.startedAtMs === undefined ? null : startOf(state),
    sandbox:
      state.workingDirectory === undefined
        ? null
        : { provider: 'local', working_directory: state.workingDirectory },
    checkpoint: root === undefined ? null : checkpointView(state, root, world),
    stages: Object.fromEntries(stages.map((s): [string, JsonValue] => [s.id, plain(s)])),
    frames: [...state.frames.values()].map(frameOf),
    questions: [...state.questions.values()].map((q) => ({
      id: q.id,
      stage_id: q.stageId,
      text: q.properties.question,
      answered: q.answer !== undefined,
    })),
    completed: state.completed,
    usage: state.usage === undefined ? null : plain(state.usage),
    retro: retro === undefined ? null : plain(retro),
    last_seq: state.seq,
  };
}

/** A body of the API as a JSON value. */
function plain(value: object): JsonValue {
  return JsonValue.parse(JSON.parse(JSON.stringify(value)));
}

function startOf(state: RunState): JsonObject {
  return {
    run_id: state.runId,
    start_time: isoTime(state.startedAtMs ?? 0),
    ...(state.git === undefined
      ? {}
      : { run_branch: state.git.runBranch, base_sha: state.git.baseSha }),
  };
}

/**
 * A frame of the run as its checkpoint has it: where it stands, what it knows, and the commit. With a world the
 * context has what the run knows of itself, too (`graph.*`, `internal.*`).
 */
export function checkpointView(state: RunState, frame: Frame, world?: World): JsonObject {
  const context = world === undefined ? frame.context : contextValues(world, state, frame);
  return {
    current_node: frame.lastNode ?? null,
    next_node_id: frame.phase.kind === 'at' ? frame.phase.node : null,
    completed_nodes: [...frame.outcomes.keys()],
    node_outcomes: Object.fromEntries(
      [...frame.outcomes].map(([node, o]): [string, JsonValue] => [node, o.status]),
    ),
    node_retries: Object.fromEntries(
      [...frame.outcomes].map(([node, o]): [string, JsonValue] => [node, o.retries ?? 0]),
    ),
    node_visits: Object.fromEntries(state.visits),
    loop_failure_signatures: Object.fromEntries(frame.counters.failures),
    restart_failure_signatures: Object.fromEntries(frame.counters.restarts),
    context_values: Object.fromEntries(context),
    ...(frame.headSha === undefined ? {} : { git_commit_sha: frame.headSha }),
  };
}

function frameOf(frame: Frame): JsonObject {
  const { phase } = frame;
  const stage = 'stage' in phase ? phase.stage : undefined;
  return {
    id: frame.id,
    phase: phase.kind,
    ...(stage === undefined ? {} : { stage_id: stage.stageId, attempt: stage.attempt }),
    ...(phase.kind === 'at' ? { node: phase.node } : {}),
    ...(frame.branch === undefined
      ? {}
      : { parent: frame.branch.frame, index: frame.branch.index }),
    ...(frame.child === undefined ? {} : { parent: frame.child.frame, workflow: frame.graph }),
  };
}

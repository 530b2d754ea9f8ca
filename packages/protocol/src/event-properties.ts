/** What each event says: the schema of `properties` by name. Events of the reference have its shapes (§8). */
import { z } from 'zod';
import { ArtifactCaptured } from './artifact.js';
import { ForkSourceRef, SupersededBy } from './history.js';
import { HookCompleted, HookStarted } from './hook.js';
import { JsonObject } from './json.js';
import { AssistantMessage, ToolSpec } from './messages.js';
import { Failure, Outcome, Usage } from './outcome.js';
import { Retro } from './retro.js';
import { QuestionType, StageStatus, StatusReason } from './statuses.js';

const ms = z.number().nonnegative();
const count = z.number().int().nonnegative();
const none = z.looseObject({});
/** Milliseconds since 1970 at which a stored wait ends; a resumed wait waits for the remainder. */
const dueAt = z.number();

export const QuestionOption = z.object({ key: z.string(), label: z.string() });
export type QuestionOption = z.infer<typeof QuestionOption>;

/** An answer as it lies in the journal. */
export const Answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('yes') }),
  z.object({ kind: z.literal('no') }),
  z.object({ kind: z.literal('selected'), key: z.string() }),
  z.object({ kind: z.literal('multi_selected'), keys: z.array(z.string()) }),
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('skipped') }),
]);
export type Answer = z.infer<typeof Answer>;

/** Bytes of a command's output kept in the journal: short ones inline, long ones as a blob. */
export const OutputRef = z.object({
  /** The last bytes as text; the whole output when `blob` is absent. */
  tail: z.string(),
  bytes: count,
  blob: z.string().optional(),
  /** Set when the output passed its limit and the rest was dropped. */
  truncated: z.boolean().optional(),
});
export type OutputRef = z.infer<typeof OutputRef>;

const Termination = z.enum(['exited', 'timed_out', 'cancelled', 'output_limit']);

/** Schema of `properties` by event name. */
export const EVENT_PROPERTIES = {
  // life of a run
  'run.created': z.looseObject({
    manifest_blob: z.string(),
    workflow_name: z.string().optional(),
    workflow_slug: z.string().optional(),
    goal: z.string().optional(),
    labels: z.record(z.string(), z.string()),
    in_place: z.boolean(),
    source_directory: z.string().optional(),
    run_dir: z.string().optional(),
    /** True when the manifest came over the Unix socket: it may name more of the server's environment. */
    local: z.boolean().optional(),
    /** Set on a run that begins at a checkpoint of another one. */
    fork_source_ref: ForkSourceRef.optional(),
    /** How often the source of a fork had been submitted. */
    earlier_submissions: count.optional(),
  }),
  'run.submitted': none,
  'run.queued': none,
  'run.starting': none,
  'run.started': z.looseObject({
    name: z.string(),
    goal: z.string().optional(),
    base_branch: z.string().optional(),
    base_sha: z.string().optional(),
    run_branch: z.string().optional(),
    worktree_dir: z.string().optional(),
    /** Set when a loop begins again: the run itself has started before. */
    restarted: z.boolean().optional(),
  }),
  'run.running': none,
  /** The server stops in order and lets the run go; the next one takes it up. */
  'run.suspended': none,
  'run.resumed': z.looseObject({ epoch: count }),
  'run.paused': none,
  'run.unpaused': none,
  'run.blocked': z.looseObject({ blocked_reason: z.literal('human_input_required') }),
  'run.unblocked': none,
  'run.cancel.requested': z.looseObject({ action: z.literal('cancel') }),
  'run.pause.requested': z.looseObject({ action: z.literal('pause') }),
  'run.unpause.requested': z.looseObject({ action: z.literal('unpause') }),
  'run.completed': z.looseObject({
    duration_ms: ms,
    status: z.enum(['succeeded', 'partially_succeeded']),
    reason: z.enum(['completed', 'partial_success']),
    final_git_commit_sha: z.string().optional(),
    billing: Usage.optional(),
  }),
  'run.failed': z.looseObject({
    error: z.string(),
    duration_ms: ms,
    reason: StatusReason,
    git_commit_sha: z.string().optional(),
    billing: Usage.optional(),
  }),
  'run.archived': none,
  'run.unarchived': none,
  /** The run was rewound: another one goes on from its checkpoint. */
  'run.superseded_by': SupersededBy,
  /** In the history of a fork: here its source had ended and was resumed. */
  'run.reopened': none,
  'run.notice': z.looseObject({
    level: z.enum(['info', 'warn', 'error']),
    code: z.string(),
    message: z.string(),
  }),
  // sandbox
  'sandbox.initializing': z.looseObject({ provider: z.string() }),
  'sandbox.ready': z.looseObject({ provider: z.string(), duration_ms: ms }),
  'sandbox.failed': z.looseObject({ provider: z.string(), error: z.string() }),
  'sandbox.initialized': z.looseObject({
    working_directory: z.string(),
    provider: z.string(),
    /** The run's worktree, so that a restart before `run.started` goes on in it. */
    worktree: z
      .looseObject({
        base_sha: z.string(),
        base_branch: z.string().optional(),
        run_branch: z.string(),
        worktree_dir: z.string(),
      })
      .optional(),
  }),
  // preparation (`run.prepare`)
  'setup.started': z.looseObject({ command_count: count }),
  'setup.command.started': z.looseObject({ command: z.string(), index: count }),
  'setup.command.completed': z.looseObject({
    command: z.string(),
    index: count,
    exit_code: z.number().int().optional(),
    signal: z.string().optional(),
    duration_ms: ms,
    termination: Termination,
    stdout: OutputRef,
    stderr: OutputRef,
  }),
  'setup.completed': z.looseObject({ duration_ms: ms }),
  'setup.failed': z.looseObject({
    command: z.string(),
    index: count,
    exit_code: z.number().int().optional(),
    stderr: z.string(),
  }),
  // stages
  'stage.started': z.looseObject({
    index: count,
    handler_type: z.string(),
    attempt: count,
    max_attempts: count,
    /** Visits of the node in its own workflow; the number in the stage's id counts over all of them. */
    visit: count.optional(),
  }),
  'stage.completed': Outcome.extend({
    index: count,
    duration_ms: ms,
    attempt: count,
    max_attempts: count,
  }).loose(),
  'stage.failed': z.looseObject({
    index: count,
    duration_ms: ms,
    attempt: count,
    will_retry: z.boolean(),
    failure: Failure,
    preferred_label: z.string().optional(),
    suggested_next_ids: z.array(z.string()).optional(),
    notes: z.string().optional(),
    max_attempts: count,
    usage: Usage.optional(),
    context_updates: z.record(z.string(), z.json()).optional(),
  }),
  'stage.retrying': z.looseObject({
    index: count,
    attempt: count,
    max_attempts: count,
    delay_ms: ms,
    due_at: dueAt,
  }),
  /** The server died inside this attempt and the handler's rule is to begin a new one. */
  'stage.interrupted': z.looseObject({ index: count, attempt: count }),
  'stage.prompt': z.looseObject({ text: z.string(), mode: z.string().optional() }),
  'prompt.completed': z.looseObject({
    response: z.string(),
    model: z.string(),
    provider: z.string(),
  }),
  'edge.selected': z.looseObject({
    from_node: z.string(),
    to_node: z.string(),
    label: z.string().optional(),
    condition: z.string().optional(),
    reason: z.string(),
    stage_status: StageStatus,
    is_jump: z.boolean(),
    /** Position of the edge in the graph's source order, from 0; absent for jumps. */
    edge_index: count.optional(),
  }),
  /** The frame begins again at `to_node`: outcomes and context are gone, visits still count. */
  'loop.restart': z.looseObject({
    from_node: z.string(),
    to_node: z.string(),
    /** Of the failure that the restart answers; restarts of one signature are limited. */
    failure_signature: z.string().optional(),
  }),
  'checkpoint.completed': z.looseObject({
    status: StageStatus,
    current_node: z.string(),
    next_node_id: z.string().optional(),
    git_commit_sha: z.string().optional(),
  }),
  'checkpoint.failed': z.looseObject({ error: z.string() }),
  // parallel
  'parallel.started': z.looseObject({ visit: count, branch_count: count, join_policy: z.string() }),
  'parallel.branch.started': z.looseObject({
    index: count,
    start_node: z.string(),
    head_sha: z.string().optional(),
    worktree_dir: z.string().optional(),
    /** Position of the edge that is the branch, in the graph's source order. */
    edge_index: count.optional(),
  }),
  'parallel.branch.completed': z.looseObject({
    index: count,
    id: z.string(),
    duration_ms: ms,
    status: StageStatus,
    head_sha: z.string().optional(),
  }),
  'parallel.completed': z.looseObject({
    visit: count,
    duration_ms: ms,
    success_count: count,
    failure_count: count,
  }),
  // child workflows
  'subgraph.started': z.looseObject({ start_node: z.string(), graph: z.string() }),
  'subgraph.completed': z.looseObject({
    steps_executed: count,
    status: StageStatus,
    duration_ms: ms,
    failure: Failure.optional(),
  }),
  // questions
  'interview.started': z.looseObject({
    question_id: z.string(),
    question: z.string(),
    stage: z.string(),
    question_type: QuestionType,
    options: z.array(QuestionOption),
    allow_freeform: z.boolean(),
    context_display: z.string().optional(),
    due_at: dueAt.optional(),
  }),
  'interview.completed': z.looseObject({ question_id: z.string(), answer: Answer }),
  'interview.timeout': z.looseObject({ question_id: z.string() }),
  'interview.interrupted': z.looseObject({ question_id: z.string(), reason: z.string() }),
  // commands
  'command.started': z.looseObject({
    script: z.string(),
    language: z.string(),
    timeout_ms: ms.optional(),
  }),
  'command.completed': z.looseObject({
    stdout: OutputRef,
    stderr: OutputRef,
    exit_code: z.number().int().optional(),
    signal: z.string().optional(),
    duration_ms: ms,
    termination: Termination,
  }),
  // hooks
  'hook.started': HookStarted,
  'hook.completed': HookCompleted,
  // artifacts
  'artifact.captured': ArtifactCaptured,
  // git
  'git.commit': z.looseObject({ sha: z.string() }),
  'git.reset': z.looseObject({ sha: z.string() }),
  'git.branch': z.looseObject({ branch: z.string(), sha: z.string() }),
  'git.worktree.added': z.looseObject({ path: z.string(), branch: z.string() }),
  'git.worktree.removed': z.looseObject({ path: z.string() }),
  'watchdog.timeout': z.looseObject({ idle_seconds: z.number().nonnegative(), node: z.string() }),
  // agents
  'agent.session.started': z.looseObject({
    visit: count,
    provider: z.string(),
    model: z.string(),
    scripted: z.boolean(),
    /** Blob of `AgentSessionHead`: system prompt and tools as every request of the session carries them. */
    head_blob: z.string(),
    /** Blob of the first user message. */
    input_blob: z.string(),
    /** The conversation that the session goes on, under full fidelity. */
    thread_id: z.string().optional(),
  }),
  'agent.session.ended': z.looseObject({
    visit: count,
    turns: count,
    tool_calls: count,
    thread_id: z.string().optional(),
    /** Blob of the messages that the session has added to its thread, and of the places that it has read, as JSON. */
    transcript_blob: z.string().optional(),
  }),
  'agent.input': z.looseObject({ visit: count, text: z.string() }),
  'agent.turn.started': z.looseObject({ visit: count, turn: count, model: z.string() }),
  'agent.message': z.looseObject({
    visit: count,
    turn: count,
    text: z.string(),
    model: z.string(),
    billing: Usage.optional(),
    tool_call_count: count,
    finish_reason: z.string(),
    message: AssistantMessage,
  }),
  'agent.tool.started': z.looseObject({
    visit: count,
    tool_name: z.string(),
    tool_call_id: z.string(),
    arguments: z.json(),
    /** What the tool needs to reconcile after a kill (hashes of a file before and after). */
    recovery: JsonObject.optional(),
  }),
  'agent.tool.completed': z.looseObject({
    visit: count,
    tool_name: z.string(),
    tool_call_id: z.string(),
    /** The result as the model sees it. */
    output: z.string(),
    output_blob: z.string().optional(),
    is_error: z.boolean(),
    files_touched: z.array(z.string()).optional(),
  }),
  'agent.error': z.looseObject({ visit: count, error: z.string() }),
  'agent.warning': z.looseObject({ visit: count, kind: z.string(), message: z.string() }),
  'agent.loop.detected': z.looseObject({ visit: count }),
  'agent.turn.limit': z.looseObject({ visit: count, max_turns: count }),
  'agent.steering.injected': z.looseObject({ visit: count, text: z.string() }),
  'agent.llm.retry': z.looseObject({
    visit: count,
    provider: z.string(),
    model: z.string(),
    attempt: count,
    delay_secs: z.number(),
    due_at: dueAt,
    error: z.string(),
  }),
  // retrospectives
  'retro.started': z.looseObject({
    prompt: z.string().optional(),
    provider: z.string().optional(),
    model: z.string().optional(),
  }),
  'retro.completed': z.looseObject({
    duration_ms: ms,
    response: z.string().optional(),
    retro: Retro.optional(),
  }),
  'retro.failed': z.looseObject({ error: z.string(), duration_ms: ms }),
  // calls without a public event of their own
  'call.started': z.looseObject({ kind: z.string() }),
  'call.ended': z.looseObject({ kind: z.string(), result: z.json() }),
} as const satisfies Record<string, z.ZodType>;

export type EventType = keyof typeof EVENT_PROPERTIES;
export type EventProperties = { [T in EventType]: z.infer<(typeof EVENT_PROPERTIES)[T]> };

/** What every request of a session carries unchanged. */
export const AgentSessionHead = z.object({ system: z.string(), tools: z.array(ToolSpec) });
export type AgentSessionHead = z.infer<typeof AgentSessionHead>;

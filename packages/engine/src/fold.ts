/**
 * `fold(state, event)`: the one place where a state changes. Unknown events are ignored; a known event that
 * cannot be (a stage ends that never started) throws, and the caller sets the stream aside.
 */
import {
  addUsage,
  isTerminal,
  parseStageId,
  stageId as makeStageId,
  ROOT_FRAME,
} from '@fabro/protocol';
import { describe, frameIdOf, ImpossibleEvent, type FoldedEvent } from './fold/event.js';
import {
  branchCompleted,
  branchStarted,
  childCompleted,
  childStarted,
  loopRestarted,
  openRoot,
  parallelCompleted,
  pathEnd,
  reopen,
} from './fold/frames.js';
import { closeGates, hookCompleted, hookStarted } from './fold/hooks.js';
import { learn, removeInner, running, settle, stageStarted } from './fold/stages.js';
import { frameOf, openStage, type OpenStage, type RunState } from './state.js';

export { ImpossibleEvent, type FoldedEvent } from './fold/event.js';

/** Folds one event into the state. Throws ImpossibleEvent. */
export function fold(state: RunState, event: FoldedEvent): void {
  if (event.seq !== undefined) state.seq = event.seq;
  switch (event.event) {
    case 'run.created': {
      const p = event.properties;
      state.createdAtMs = Date.parse(event.ts);
      state.name = p.workflow_name ?? '';
      state.goal = p.goal;
      state.labels = p.labels;
      state.manifestBlob = p.manifest_blob;
      state.inPlace = p.in_place;
      state.local = p.local ?? false;
      state.submissions = p.earlier_submissions ?? 0;
      state.sourceDirectory = p.source_directory;
      return;
    }
    case 'run.submitted':
      if (isTerminal(state.status)) reopen(state);
      if (state.startedAtMs !== undefined) letGo(state);
      state.submissions++;
      state.status = 'submitted';
      return;
    case 'run.queued':
      state.status = 'queued';
      return;
    case 'run.starting':
      state.status = 'starting';
      return;
    case 'run.started': {
      const p = event.properties;
      state.startedAtMs ??= Date.parse(event.ts);
      if (p.base_sha !== undefined && p.run_branch !== undefined)
        state.git = {
          baseSha: p.base_sha,
          runBranch: p.run_branch,
          ...(p.base_branch === undefined ? {} : { baseBranch: p.base_branch }),
        };
      // A loop that begins again repeats the event.
      if (!state.frames.has(ROOT_FRAME)) openRoot(state, event);
      return;
    }
    case 'sandbox.initialized':
      state.workingDirectory = event.properties.working_directory;
      return;
    case 'run.running':
      state.status = 'running';
      return;
    case 'run.resumed':
      state.epoch = event.properties.epoch;
      if (!state.suspended) state.restarts++;
      state.suspended = false;
      return;
    case 'run.suspended':
      state.suspended = true;
      return;
    case 'run.paused':
      state.status = 'paused';
      if (state.pendingControl === 'pause') state.pendingControl = undefined;
      return;
    case 'run.unpaused':
      state.status = 'running';
      if (state.pendingControl === 'unpause') state.pendingControl = undefined;
      return;
    case 'run.blocked':
      state.blocked = true;
      return;
    case 'run.unblocked':
      state.blocked = false;
      return;
    case 'run.cancel.requested':
      state.pendingControl = 'cancel';
      return;
    case 'run.pause.requested':
      if (state.pendingControl !== 'cancel') state.pendingControl = 'pause';
      return;
    case 'run.unpause.requested':
      if (state.pendingControl !== 'cancel') state.pendingControl = 'unpause';
      return;
    case 'run.reopened':
      end(state);
      return reopen(state);
    case 'run.completed':
      state.status = 'completed';
      state.reason = event.properties.reason;
      state.finalSha = event.properties.final_git_commit_sha;
      return end(state);
    case 'run.failed':
      state.status = event.properties.reason === 'cancelled' ? 'cancelled' : 'failed';
      state.reason = event.properties.reason;
      state.error = event.properties.error;
      state.finalSha = event.properties.git_commit_sha;
      return end(state);
    case 'stage.started':
      return stageStarted(state, event);
    case 'stage.interrupted': {
      const { frame, stage } = running(state, event);
      const next: OpenStage = { ...stage, interruptions: stage.interruptions + 1 };
      frame.phase = { kind: 'waiting', stage: next, dueAtMs: 0 };
      return;
    }
    case 'stage.retrying': {
      const { frame, stage } = running(state, event);
      frame.phase = { kind: 'waiting', stage, dueAtMs: event.properties.due_at };
      return;
    }
    case 'stage.failed': {
      const { frame, stage } = running(state, event);
      state.usage = addUsage(state.usage, event.properties.usage);
      if (event.properties.will_retry) return removeInner(state, frame, stage);
      return settle(state, frame, stage, { ...event.properties, status: 'failed' });
    }
    case 'stage.completed': {
      const { frame, stage } = running(state, event);
      state.usage = addUsage(state.usage, event.properties.usage);
      return settle(state, frame, stage, event.properties);
    }
    case 'git.commit': {
      const frame = frameOf(state, frameIdOf(event));
      frame.headSha = event.properties.sha;
      if (frame.phase.kind === 'settled') frame.phase = { ...frame.phase, committed: true };
      return;
    }
    case 'git.reset': {
      const frame = frameOf(state, frameIdOf(event));
      frame.headSha = event.properties.sha;
      return;
    }
    case 'edge.selected':
      return edgeSelected(state, event);
    case 'checkpoint.completed': {
      const frame = frameOf(state, frameIdOf(event));
      state.completed++;
      state.restarts = 0;
      frame.counters.steps++;
      closeGates(state, frame);
      if (frame.phase.kind !== 'settled') return;
      const { next_node_id: next, current_node: from } = event.properties;
      const { route } = frame.phase;
      if (next === undefined) {
        frame.phase = pathEnd(frame.phase);
        return;
      }
      frame.arrival = {
        from,
        ...(route?.to === next && route.edge !== undefined ? { edge: route.edge } : {}),
      };
      frame.phase = { kind: 'at', node: next };
      return;
    }
    case 'hook.started':
      return hookStarted(state, event);
    case 'hook.completed':
      return hookCompleted(state, event);
    case 'loop.restart':
      return loopRestarted(state, event);
    case 'watchdog.timeout':
      state.fatal = {
        reason: 'workflow_error',
        message: `stall watchdog: node "${event.properties.node}" had no activity for ${event.properties.idle_seconds}s`,
      };
      return;
    case 'checkpoint.failed':
      state.fatal = { reason: 'workflow_error', message: event.properties.error };
      return;
    case 'parallel.branch.started':
      return branchStarted(state, event);
    case 'git.worktree.added': {
      const frame = state.frames.get(frameIdOf(event));
      if (frame?.phase.kind !== 'preparing' || frame.branch === undefined) return;
      frame.worktreeDir = event.properties.path;
      frame.phase = { kind: 'at', node: frame.branch.startNode };
      return;
    }
    case 'parallel.branch.completed':
      return branchCompleted(state, event);
    case 'parallel.completed':
      return parallelCompleted(state, event);
    case 'subgraph.started':
      return childStarted(state, event);
    case 'subgraph.completed':
      return childCompleted(state, event);
    case 'command.completed': {
      const { stdout, stderr } = event.properties;
      return learn(state, event, { stdout, stderr });
    }
    case 'agent.session.started':
      return learn(state, event, {
        model: event.properties.model,
        provider: event.properties.provider,
      });
    case 'agent.session.ended':
      return threadWent(state, event);
    case 'interview.started': {
      const stage = event.stage_id === undefined ? undefined : parseStageId(event.stage_id);
      if (stage === undefined)
        throw new ImpossibleEvent(`question ${event.properties.question_id} belongs to no stage`);
      state.questions.set(event.properties.question_id, {
        id: event.properties.question_id,
        stageId: makeStageId(stage.node, stage.visit),
        frame: frameIdOf(event),
        properties: event.properties,
      });
      return;
    }
    case 'interview.completed': {
      const question = state.questions.get(event.properties.question_id);
      if (question !== undefined) question.answer = event.properties.answer;
      return;
    }
    case 'interview.timeout':
    case 'interview.interrupted':
      state.questions.delete(event.properties.question_id);
      return;
    default:
      return;
  }
}

/** A settled stage has its way on; a frame between stages (a goal gate sends it back) goes there at once. */
function edgeSelected(
  state: RunState,
  event: Extract<FoldedEvent, { event: 'edge.selected' }>,
): void {
  const frame = frameOf(state, frameIdOf(event));
  const { to_node: to, from_node: from, edge_index: index } = event.properties;
  const edge = index === undefined ? {} : { edge: index };
  switch (frame.phase.kind) {
    case 'settled':
      frame.phase = { ...frame.phase, route: { to, ...edge } };
      return;
    case 'at':
    case 'ended':
      frame.arrival = { from, ...edge };
      frame.phase = { kind: 'at', node: to };
      return;
    case 'running':
    case 'waiting':
    case 'preparing':
      throw new ImpossibleEvent(
        `edge to ${to} in frame ${frame.id}, which is ${describe(frame.phase)}`,
      );
  }
}

/** A session of a thread has ended: the next one goes on from there. */
function threadWent(
  state: RunState,
  event: Extract<FoldedEvent, { event: 'agent.session.ended' }>,
): void {
  const { thread_id: thread, transcript_blob: blob } = event.properties;
  if (thread === undefined || blob === undefined) return;
  const frame = frameOf(state, frameIdOf(event));
  const facts = openStage(frame)?.facts;
  const part = { blob, provider: facts?.provider ?? '', model: facts?.model ?? '' };
  frame.threads.set(thread, [...(frame.threads.get(thread) ?? []), part]);
}

/** A run with a history that is submitted ended in order, or is a fork: taking it up is no crash. */
function letGo(state: RunState): void {
  state.suspended = true;
  // What the source of a fork had told nobody yet is told by the source.
  state.background.clear();
}

function end(state: RunState): void {
  state.pendingControl = undefined;
  state.blocked = false;
  state.questions.clear();
}

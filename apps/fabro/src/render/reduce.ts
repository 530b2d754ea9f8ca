/** Events → view. Pure: the same events give the same view and the same happenings. */
import { type AnyEvent, type RunEvent, addUsage, parseRunEvent } from '@fabro/protocol';
import { LIVE_TEXT_CHARACTERS } from '../limits.js';
import { parseLiveEvent } from './live-events.js';
import { reduceStage } from './reduce-stage.js';
import { answerText } from './answer-text.js';
import type { RunEnd, RunView, Step } from './view.js';

/** Folds one durable event. Unknown events and known ones of an unknown shape change nothing. */
export function reduce(view: RunView, raw: AnyEvent): Step {
  const event = understood(raw);
  const seen = { ...view, lastSeq: Math.max(view.lastSeq, raw.seq) };
  if (event === undefined) return { view: seen, happened: [] };
  return reduceStage(seen, event) ?? reduceRun(seen, event);
}

/** Folds one live event: the text under a running stage. */
export function reduceLive(view: RunView, raw: unknown): RunView {
  const event = parseLiveEvent(raw);
  if (event === undefined) return view;
  const key = `${event.frame_id ?? 'root'}/${event.stage_id ?? ''}`;
  if (!view.active.some((stage) => stage.key === key)) return view;
  const next = (live: string): string => {
    switch (event.event) {
      case 'agent.output.start':
        return '';
      case 'agent.output.replace':
        return event.properties.text;
      case 'agent.text.delta':
      case 'command.output.delta':
      case 'agent.tool.output.delta':
        return live + event.properties.delta;
      default:
        return event satisfies never;
    }
  };
  const active = view.active.map((stage) =>
    stage.key === key ? { ...stage, live: next(stage.live).slice(-LIVE_TEXT_CHARACTERS) } : stage,
  );
  return { ...view, active };
}

function understood(raw: AnyEvent): RunEvent | undefined {
  try {
    return parseRunEvent(raw);
  } catch {
    // A newer server may write a known event in a new shape; the rest of the run is still worth showing.
    return undefined;
  }
}

function reduceRun(view: RunView, event: RunEvent): Step {
  const quiet = (next: RunView): Step => ({ view: next, happened: [] });
  switch (event.event) {
    case 'run.created':
      return quiet({
        ...view,
        ...(event.properties.workflow_name === undefined
          ? {}
          : { workflow: event.properties.workflow_name }),
        ...(event.properties.goal === undefined ? {} : { goal: event.properties.goal }),
      });
    case 'run.submitted':
    case 'run.queued':
      return quiet({ ...goingOn(view), phase: 'waiting' });
    case 'run.starting':
      return quiet({ ...goingOn(view), phase: 'starting' });
    case 'run.started': {
      const { run_branch: branch, worktree_dir: worktree, base_sha: baseSha } = event.properties;
      return {
        view: {
          ...view,
          phase: 'running',
          startedAt: Date.parse(event.ts),
          ...(branch === undefined ? {} : { branch }),
          ...(worktree === undefined ? {} : { worktree }),
          ...(baseSha === undefined ? {} : { baseSha }),
        },
        // A run that begins anew says it again.
        happened:
          branch === undefined || branch === view.branch ? [] : [{ kind: 'branch', branch }],
      };
    }
    case 'run.running':
    case 'run.unpaused':
    case 'run.unblocked':
      return quiet({ ...goingOn(view), phase: 'running' });
    case 'run.paused':
      return {
        view: { ...view, phase: 'paused' },
        happened: [{ kind: 'notice', level: 'info', message: 'Paused' }],
      };
    case 'run.blocked':
      return quiet({ ...view, phase: 'blocked' });
    case 'run.reopened':
      // What the source of a fork had begun and left is not under way here.
      return quiet({ ...view, active: [], questions: [] });
    case 'loop.restart':
      return { view, happened: [{ kind: 'begun_anew', node: event.properties.to_node }] };
    case 'run.resumed':
      return { view: goingOn(view), happened: [{ kind: 'resumed' }] };
    case 'run.notice':
      return { view, happened: [{ kind: 'notice', ...event.properties }] };
    case 'sandbox.ready':
      return {
        view,
        happened: [
          {
            kind: 'sandbox_ready',
            provider: event.properties.provider,
            durationMs: event.properties.duration_ms,
          },
        ],
      };
    case 'setup.command.completed': {
      const { command, duration_ms: durationMs, termination, exit_code: code } = event.properties;
      const ok = termination === 'exited' && code === 0;
      return { view, happened: [{ kind: 'prepared', command, durationMs, ok }] };
    }
    case 'sandbox.failed':
      return {
        view,
        happened: [
          {
            kind: 'notice',
            level: 'error',
            message: `Sandbox ${event.properties.provider} failed: ${event.properties.error}`,
          },
        ],
      };
    case 'interview.started':
      return {
        view: { ...view, questions: [...view.questions, event.properties] },
        happened: [{ kind: 'question', question: event.properties }],
      };
    case 'interview.completed': {
      const question = view.questions.find((q) => q.question_id === event.properties.question_id);
      return closeQuestion(
        view,
        event.properties.question_id,
        answerText(question, event.properties.answer, event.actor),
      );
    }
    case 'interview.timeout':
    case 'interview.interrupted':
      return closeQuestion(view, event.properties.question_id, undefined);
    case 'retro.completed': {
      const { retro } = event.properties;
      return quiet(retro === undefined ? view : { ...view, retro });
    }
    case 'run.completed': {
      const { status, reason, duration_ms: durationMs } = event.properties;
      const commit = event.properties.final_git_commit_sha;
      const end = { status, reason, durationMs, ...(commit === undefined ? {} : { commit }) };
      return ended(view, end, event.properties.billing);
    }
    case 'run.failed': {
      const { reason, duration_ms: durationMs, error, git_commit_sha: commit } = event.properties;
      const end: RunEnd = {
        status: reason === 'cancelled' ? 'cancelled' : 'failed',
        reason,
        durationMs,
        error,
        ...(commit === undefined ? {} : { commit }),
      };
      return ended(view, end, event.properties.billing);
    }
    default:
      return quiet(view);
  }
}

function ended(view: RunView, end: RunEnd, billing: RunView['totals']['usage']): Step {
  const usage = billing ?? view.totals.usage;
  const totals = { ...view.totals, ...(usage === undefined ? {} : { usage }) };
  return {
    view: { ...view, phase: 'ended', active: [], questions: [], totals, end },
    happened: [{ kind: 'ended', end }],
  };
}

/** A run that had ended and was resumed has no end any more. */
function goingOn(view: RunView): RunView {
  const { end: _end, ...rest } = view;
  return view.phase === 'ended' ? { ...rest, phase: 'waiting' } : rest;
}

function closeQuestion(view: RunView, id: string, answer: string | undefined): Step {
  const question = view.questions.find((open) => open.question_id === id);
  return {
    view: { ...view, questions: view.questions.filter((open) => open.question_id !== id) },
    happened: [
      {
        kind: 'question_closed',
        questionId: id,
        text: question?.question ?? 'Question',
        shown: false,
        ...(answer === undefined ? {} : { answer }),
      },
    ],
  };
}

/** Usage of the whole run as far as it is known: finished stages and those under way. */
export function usageSoFar(view: RunView): RunView['totals']['usage'] {
  return view.active.reduce((sum, stage) => addUsage(sum, stage.usage), view.totals.usage);
}

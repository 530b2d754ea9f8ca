/** The part of the fold that concerns stages and the agents in them. Pure. */
import {
  type JsonObject,
  type JsonValue,
  type RunEvent,
  addUsage,
  parseStageId,
} from '@fabro/protocol';
import { LIVE_TEXT_CHARACTERS, SHOWN_TOOL_CALLS } from '../limits.js';
import { oneLine } from './text.js';
import type { RunView, StageView, Step, ToolView } from './view.js';

/** Folds an event of a stage; undefined when the event is none. */
export function reduceStage(view: RunView, event: RunEvent): Step | undefined {
  const key = `${event.frame_id ?? 'root'}/${event.stage_id ?? event.node_id ?? ''}`;
  const stage = view.active.find((candidate) => candidate.key === key);
  const quiet = (change: Partial<StageView>): Step => ({
    view: stage === undefined ? view : replace(view, { ...stage, ...change }),
    happened: [],
  });
  switch (event.event) {
    case 'stage.started': {
      const { attempt, max_attempts: maxAttempts, handler_type: handler } = event.properties;
      const begun: StageView = stage
        ? withoutRetry({ ...stage, state: 'running', attempt, maxAttempts, live: '', tools: [] })
        : {
            key,
            stageId: event.stage_id ?? event.node_id ?? '',
            label: labelOf(event),
            handler,
            depth: (event.frame_id ?? 'root').split('/').length - 1,
            state: 'running',
            attempt,
            maxAttempts,
            startedAt: Date.parse(event.ts),
            turns: 0,
            toolCalls: 0,
            tools: [],
            live: '',
          };
      const happened = stage ? [] : [{ kind: 'stage_started', stage: begun } as const];
      return { view: replace(view, begun), happened };
    }
    case 'stage.completed':
      return end(withResponse(view, event), stage, {
        state: event.properties.status,
        durationMs: event.properties.duration_ms,
        usage: event.properties.usage,
        failure: event.properties.failure?.message,
      });
    case 'stage.failed':
      if (event.properties.will_retry)
        return quiet({ failure: event.properties.failure.message, state: 'retrying' });
      return end(view, stage, {
        state: event.properties.failure.system_actor === 'engine' ? 'cancelled' : 'failed',
        durationMs: event.properties.duration_ms,
        usage: event.properties.usage,
        failure: event.properties.failure.message,
      });
    case 'stage.retrying': {
      if (stage === undefined) return { view, happened: [] };
      const { attempt, due_at: retryAt, delay_ms: delayMs } = event.properties;
      const waiting: StageView = { ...stage, state: 'retrying', attempt, retryAt, tools: [] };
      return {
        view: replace(view, waiting),
        happened: [{ kind: 'stage_retrying', stage: waiting, delayMs }],
      };
    }
    case 'stage.interrupted':
      if (stage === undefined) return { view, happened: [] };
      return { view, happened: [{ kind: 'stage_interrupted', stage }] };
    case 'agent.session.started': {
      const { model, provider, scripted } = event.properties;
      const shown = scripted
        ? `scripted model (${model.split('/').at(-1) ?? model})`
        : `${provider}/${model}`;
      return quiet({ model: shown });
    }
    case 'agent.turn.started':
      return quiet({ live: '' });
    case 'agent.message': {
      const { text, billing, tool_call_count: calls } = event.properties;
      const usage = addUsage(stage?.usage, billing);
      const { view: next } = quiet({
        turns: (stage?.turns ?? 0) + 1,
        live: text.slice(-LIVE_TEXT_CHARACTERS),
        ...(usage === undefined ? {} : { usage }),
      });
      // A message without calls is the answer of its session.
      const isAnswer = calls === 0 && text.trim() !== '';
      return { view: isAnswer ? { ...next, output: text } : next, happened: [] };
    }
    case 'agent.tool.started': {
      const tool: ToolView = {
        id: event.properties.tool_call_id,
        name: event.properties.tool_name,
        detail: toolDetail(event.properties.arguments),
        state: 'running',
      };
      return quiet({
        toolCalls: (stage?.toolCalls ?? 0) + 1,
        tools: [...(stage?.tools ?? []), tool].slice(-SHOWN_TOOL_CALLS),
        live: '',
      });
    }
    case 'agent.tool.completed': {
      const { tool_call_id: id, is_error: isError } = event.properties;
      return quiet({
        tools: (stage?.tools ?? []).map((tool) =>
          tool.id === id ? { ...tool, state: isError ? 'error' : 'ok' } : tool,
        ),
      });
    }
    case 'agent.session.ended':
      return quiet({ turns: event.properties.turns, toolCalls: event.properties.tool_calls });
    case 'prompt.completed':
      return { view: { ...view, output: event.properties.response }, happened: [] };
    case 'agent.llm.retry':
      return {
        view,
        happened: [
          {
            kind: 'notice',
            level: 'warn',
            message: `${event.properties.provider}: ${oneLine(event.properties.error)}; trying again in ${event.properties.delay_secs}s`,
          },
        ],
      };
    default:
      return undefined;
  }
}

/** The one argument that says what a call of a tool is about. */
export function toolDetail(args: JsonValue): string {
  if (typeof args === 'string') return oneLine(args);
  if (!isObject(args)) return '';
  for (const name of ['command', 'file_path', 'path', 'pattern', 'url', 'query']) {
    const value = args[name];
    if (typeof value === 'string') return oneLine(value);
  }
  return '';
}

/** A dry run has no messages of models: what a stage answered stands in its outcome alone. */
function withResponse(
  view: RunView,
  event: Extract<RunEvent, { event: 'stage.completed' }>,
): RunView {
  const text = event.properties.context_updates?.[`response.${event.node_id ?? ''}`];
  // A long answer stands there as the address of its blob; its messages were shown already.
  const isText = typeof text === 'string' && text.trim() !== '' && !text.startsWith('blob://');
  return isText ? { ...view, output: text } : view;
}

function isObject(value: JsonValue): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function labelOf(event: RunEvent<'stage.started'>): string {
  // Events of older servers have only the number that counts over all workflows of the run.
  const visit = event.properties.visit ?? parseStageId(event.stage_id ?? '')?.visit ?? 1;
  const label = oneLine(event.node_label ?? event.node_id ?? event.stage_id ?? 'stage');
  return visit > 1 ? `${label} (visit ${visit})` : label;
}

function replace(view: RunView, stage: StageView): RunView {
  const known = view.active.some((candidate) => candidate.key === stage.key);
  const active = known
    ? view.active.map((candidate) => (candidate.key === stage.key ? stage : candidate))
    : [...view.active, stage];
  return { ...view, active };
}

function withoutRetry(stage: StageView): StageView {
  const { retryAt: _retryAt, failure: _failure, ...rest } = stage;
  return rest;
}

interface StageEnd {
  readonly state: StageView['state'];
  readonly durationMs: number;
  readonly usage: StageView['usage'] | undefined;
  readonly failure: string | undefined;
}

function end(view: RunView, stage: StageView | undefined, with_: StageEnd): Step {
  if (stage === undefined) return { view, happened: [] };
  const usage = with_.usage ?? stage.usage;
  const { failure: _failure, ...rest } = stage;
  const finished: StageView = {
    ...rest,
    state: with_.state,
    durationMs: with_.durationMs,
    ...(usage === undefined ? {} : { usage }),
    ...(with_.failure === undefined ? {} : { failure: with_.failure }),
  };
  const sum = addUsage(view.totals.usage, usage);
  return {
    view: {
      ...view,
      active: view.active.filter((candidate) => candidate.key !== stage.key),
      totals: {
        stages: view.totals.stages + 1,
        turns: view.totals.turns + finished.turns,
        toolCalls: view.totals.toolCalls + finished.toolCalls,
        ...(sum === undefined ? {} : { usage: sum }),
      },
    },
    happened: [{ kind: 'stage_ended', stage: finished }],
  };
}

/** What `fabro logs` says of an event: a sign, one line, and text to quote below it. Pure. */
import { type AnyEvent, type RunEvent, parseRunEvent } from '@fabro/protocol';
import { answerText } from './answer-text.js';
import { formatBytes, formatDuration, formatTokens, formatUsd, plural } from './format.js';
import { aroundEntry } from './log-around.js';
import type { LogEntry } from './log-shape.js';
import { toolDetail } from './reduce-stage.js';
import { oneLine, safeText } from './text.js';

/** Characters of a commit's name: as many as git itself shows of a small repository. */
const SHORT_SHA = 7;

/** The entry of an event; one with its bare name when it is of an unknown type or shape. */
export function logEntry(raw: AnyEvent): LogEntry {
  const event = understood(raw);
  return (event === undefined ? undefined : known(event)) ?? plain(raw);
}

function understood(raw: AnyEvent): RunEvent | undefined {
  try {
    return parseRunEvent(raw);
  } catch {
    // A newer server's shape of a known event: its name is shown, its details are not understood.
    return undefined;
  }
}

function plain(raw: {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}): LogEntry {
  for (const name of ['error', 'message', 'status', 'text', 'reason', 'sha', 'branch']) {
    const value = raw.properties[name];
    if (typeof value === 'string' && value !== '')
      return { tone: 'dim', text: `${raw.event}  ${oneLine(value)}` };
  }
  return { tone: 'dim', text: raw.event };
}

function known(event: RunEvent): LogEntry | undefined {
  return (
    aboutRun(event) ??
    aroundEntry(event) ??
    aboutStage(event) ??
    aboutWork(event) ??
    aboutAgent(event)
  );
}

function aboutRun(event: RunEvent): LogEntry | undefined {
  switch (event.event) {
    case 'run.created': {
      const { workflow_name: name, goal } = event.properties;
      const what = oneLine(name ?? 'a workflow');
      return { tone: 'plain', mark: '●', text: `${what} created`, ...quoted(goal) };
    }
    case 'run.started': {
      const { run_branch: branch } = event.properties;
      return {
        tone: 'plain',
        mark: '●',
        text: branch === undefined ? 'started' : `started on branch ${oneLine(branch)}`,
      };
    }
    case 'run.queued':
      return { tone: 'dim', text: 'queued' };
    case 'run.resumed':
      return { tone: 'warn', mark: '↻', text: 'resumed after an interruption' };
    case 'run.paused':
      return { tone: 'warn', mark: '‖', text: 'paused' };
    case 'run.unpaused':
      return { tone: 'plain', mark: '●', text: 'goes on after a pause' };
    case 'run.cancel.requested':
    case 'run.pause.requested':
    case 'run.unpause.requested':
      return { tone: 'dim', text: `${event.properties.action} was asked for` };
    case 'run.completed': {
      const { status, duration_ms: ms, billing } = event.properties;
      const text = `${status.replace('_', ' ')}  ${formatDuration(ms)}${usageText(billing)}`;
      return { tone: status === 'succeeded' ? 'good' : 'warn', mark: '■', text };
    }
    case 'run.failed': {
      const { error, reason, duration_ms: ms, billing } = event.properties;
      const what = reason === 'cancelled' ? 'cancelled' : `failed (${reason})`;
      const text = `${what}  ${formatDuration(ms)}${usageText(billing)}`;
      return { tone: 'bad', mark: '■', text, ...quoted(error) };
    }
    case 'run.notice': {
      const { level, message } = event.properties;
      const tone = ({ info: 'dim', warn: 'warn', error: 'bad' } as const)[level];
      return { tone, mark: '!', text: oneLine(message) };
    }
    case 'sandbox.ready': {
      const { provider, duration_ms: ms } = event.properties;
      return { tone: 'dim', text: `sandbox ${oneLine(provider)} ready in ${formatDuration(ms)}` };
    }
    case 'sandbox.failed': {
      const { provider, error } = event.properties;
      return {
        tone: 'bad',
        mark: '✗',
        text: `sandbox ${oneLine(provider)} failed`,
        ...quoted(error),
      };
    }
    case 'run.submitted':
    case 'run.starting':
    case 'run.running':
    case 'run.blocked':
    case 'run.unblocked':
    case 'run.suspended':
    case 'sandbox.initializing':
    case 'sandbox.initialized':
    case 'call.started':
    case 'call.ended':
      return { ...plain(event), detail: true };
    default:
      return undefined;
  }
}

function aboutStage(event: RunEvent): LogEntry | undefined {
  switch (event.event) {
    case 'stage.started': {
      const { handler_type: handler, attempt, max_attempts: most } = event.properties;
      const label = oneLine(event.node_label ?? event.node_id ?? '');
      const again =
        attempt === 1 ? '' : `, attempt ${attempt}${attempt <= most ? ` of ${most}` : ''}`;
      return { tone: 'plain', mark: '▸', text: `${label} (${handler}${again})` };
    }
    case 'stage.completed': {
      const { status, duration_ms: ms, usage, notes, failure } = event.properties;
      const tone = (
        { succeeded: 'good', partially_succeeded: 'warn', failed: 'bad', skipped: 'dim' } as const
      )[status];
      const mark = (
        { succeeded: '✓', partially_succeeded: '◐', failed: '✗', skipped: '⊘' } as const
      )[status];
      const text = `${status.replace('_', ' ')}  ${formatDuration(ms)}${usageText(usage)}`;
      return {
        tone,
        mark,
        text,
        ...quoted(failure?.message ?? (status === 'succeeded' ? undefined : notes)),
      };
    }
    case 'stage.failed': {
      const { duration_ms: ms, will_retry: again, failure, usage } = event.properties;
      const called = failure.failure_class === 'canceled' ? 'cancelled' : 'failed';
      const what = again ? `${called}, to be tried again` : called;
      const text = `${what}  ${formatDuration(ms)}${usageText(usage)}`;
      return { tone: again ? 'warn' : 'bad', mark: '✗', text, ...quoted(failure.message) };
    }
    case 'stage.retrying': {
      const { attempt, max_attempts: most, delay_ms: ms } = event.properties;
      return {
        tone: 'warn',
        mark: '↻',
        text: `attempt ${attempt + 1} of ${most} in ${formatDuration(ms)}`,
      };
    }
    case 'stage.interrupted':
      return { tone: 'warn', mark: '↻', text: 'interrupted by a restart; a new attempt begins' };
    case 'edge.selected': {
      const { to_node: to, label, condition, is_jump: jump, reason } = event.properties;
      const why = label || condition || (jump ? 'jump' : '');
      const text = `→ ${oneLine(to)}${why ? `  (${oneLine(why)})` : ''}`;
      // Where there is but one way, taking it is no news.
      return { tone: 'dim', text, detail: reason === 'unconditional' && !why };
    }
    case 'parallel.started':
      return { tone: 'dim', text: plural(event.properties.branch_count, 'branch', 'branches') };
    case 'loop.restart':
      return {
        tone: 'warn',
        mark: '↻',
        text: `begins again at ${oneLine(event.properties.to_node)}`,
      };
    case 'subgraph.started':
      return { tone: 'dim', text: `child workflow ${oneLine(event.properties.graph)}` };
    case 'checkpoint.failed':
      return {
        tone: 'bad',
        mark: '!',
        text: `checkpoint failed: ${oneLine(event.properties.error)}`,
      };
    case 'stage.prompt':
    case 'checkpoint.completed':
    case 'parallel.branch.started':
    case 'parallel.branch.completed':
    case 'parallel.completed':
    case 'subgraph.completed':
      return { ...plain(event), detail: true };
    default:
      return undefined;
  }
}

function aboutWork(event: RunEvent): LogEntry | undefined {
  switch (event.event) {
    case 'command.started':
      return { tone: 'plain', mark: '$', text: '', body: event.properties.script, keep: 'start' };
    case 'command.completed': {
      const {
        exit_code: code,
        signal,
        termination,
        duration_ms: ms,
        stdout,
        stderr,
      } = event.properties;
      const how =
        termination === 'exited'
          ? code === undefined
            ? `ended by ${signal ?? 'a signal'}`
            : `exit code ${code}`
          : termination.replace('_', ' ');
      const sizes = [stdout, stderr].some(
        (output) => output.blob !== undefined || output.truncated === true,
      )
        ? `, printed ${formatBytes(stdout.bytes + stderr.bytes)}`
        : '';
      return {
        tone: 'dim',
        text: `${how} after ${formatDuration(ms)}${sizes}`,
        body: [stdout.tail, stderr.tail]
          .map((tail) => tail.trimEnd())
          .filter((tail) => tail !== '')
          .join('\n'),
        keep: 'end',
        streamed: true,
      };
    }
    case 'interview.started': {
      const { question, options, context_display: context } = event.properties;
      const choices = options.map(({ key, label }) => `${key}: ${label}`).join(', ');
      const text = `${oneLine(question)}${choices === '' ? '' : `  (${oneLine(choices)})`}`;
      return { tone: 'warn', mark: '?', text, ...quoted(context) };
    }
    case 'interview.completed':
      return {
        tone: 'good',
        mark: '!',
        text: `answered: ${oneLine(answerText(undefined, event.properties.answer, event.actor))}`,
      };
    case 'interview.timeout':
    case 'interview.interrupted':
      return { tone: 'dim', mark: '!', text: 'no answer' };
    case 'git.reset':
      return {
        tone: 'dim',
        text: `files put back to commit ${event.properties.sha.slice(0, SHORT_SHA)}`,
      };
    case 'hook.completed': {
      const { hook, decision, reason, duration_ms: ms, output_tail: output } = event.properties;
      const text = `hook ${oneLine(hook)}: ${decision}  ${formatDuration(ms)}`;
      const isNews = decision !== 'proceed';
      const said = decision === 'block' ? [reason, output] : [reason];
      const body = said.filter((part) => part !== undefined && part !== '').join('\n');
      return { tone: isNews ? 'warn' : 'dim', mark: '⚑', text, detail: !isNews, ...quoted(body) };
    }
    case 'artifact.captured': {
      const { path, bytes } = event.properties;
      return { tone: 'dim', text: `artifact ${oneLine(path)} (${formatBytes(bytes)})` };
    }
    case 'watchdog.timeout':
      return {
        tone: 'bad',
        mark: '!',
        text: `no activity in ${oneLine(event.properties.node)} for ${event.properties.idle_seconds}s`,
      };
    case 'hook.started':
    case 'git.commit':
    case 'git.branch':
    case 'git.worktree.added':
    case 'git.worktree.removed':
      return { ...plain(event), detail: true };
    default:
      return undefined;
  }
}

function aboutAgent(event: RunEvent): LogEntry | undefined {
  switch (event.event) {
    case 'agent.session.started': {
      const { provider, model, scripted } = event.properties;
      return {
        tone: 'dim',
        text: scripted
          ? `scripted model ${oneLine(model)}`
          : `model ${oneLine(provider)}/${oneLine(model)}`,
      };
    }
    case 'agent.message': {
      const { text, billing, turn } = event.properties;
      if (text.trim() === '')
        return { tone: 'dim', text: `turn ${turn}${usageText(billing)}`, detail: true };
      return {
        tone: 'plain',
        mark: '✎',
        text: `turn ${turn}${usageText(billing)}`,
        body: text,
        keep: 'start',
        streamed: true,
      };
    }
    case 'agent.tool.started': {
      const { tool_name: name, arguments: args } = event.properties;
      return { tone: 'plain', mark: '⚙', text: `${oneLine(name)} ${toolDetail(args)}`.trimEnd() };
    }
    case 'agent.tool.completed': {
      const { tool_name: name, output, is_error: bad } = event.properties;
      if (bad) return { tone: 'bad', mark: '✗', text: oneLine(name), ...quoted(output) };
      return { tone: 'dim', mark: '✓', text: oneLine(name), ...quoted(output), detail: true };
    }
    case 'agent.error':
      return { tone: 'bad', mark: '!', text: oneLine(event.properties.error) };
    case 'agent.warning':
      return { tone: 'warn', mark: '!', text: oneLine(event.properties.message) };
    case 'agent.loop.detected':
      return { tone: 'warn', mark: '!', text: 'the model turns in circles' };
    case 'agent.turn.limit':
      return {
        tone: 'warn',
        mark: '!',
        text: `the limit of ${plural(event.properties.max_turns, 'turn')} is reached`,
      };
    case 'agent.steering.injected':
      return { tone: 'plain', mark: '»', text: 'steered', ...quoted(event.properties.text) };
    case 'agent.llm.retry': {
      const { provider, error, delay_secs: seconds } = event.properties;
      return {
        tone: 'warn',
        mark: '↻',
        text: `${oneLine(provider)}: ${oneLine(error)}; asked again in ${seconds}s`,
      };
    }
    // The answer of an agent is its last message; that of a prompt node has no other event.
    case 'prompt.completed':
      return {
        tone: 'plain',
        mark: '✎',
        text: 'answer',
        body: event.properties.response,
        keep: 'start',
        streamed: true,
      };
    case 'agent.session.ended':
    case 'agent.input':
    case 'agent.turn.started':
      return { ...plain(event), detail: true };
    default:
      return undefined;
  }
}

/** A body, when there is something in it. */
function quoted(text: string | undefined): { readonly body?: string } {
  const body = safeText(text ?? '').trim();
  return body === '' ? {} : { body };
}

function usageText(
  usage:
    | {
        readonly input_tokens: number;
        readonly output_tokens: number;
        readonly total_usd_micros?: number | undefined;
      }
    | undefined,
): string {
  if (usage === undefined) return '';
  const tokens = ` · ${formatTokens(usage.input_tokens + usage.output_tokens)} tokens`;
  return usage.total_usd_micros === undefined
    ? tokens
    : `${tokens} · ${formatUsd(usage.total_usd_micros)}`;
}

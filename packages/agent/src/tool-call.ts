/** One tool call of the model as a durable call: bind, act, redact, cut, record. */
import {
  type EventScope,
  type InDoubt,
  type JsonObject,
  type ToolCallPart,
  messageOf,
} from '@fabro/protocol';
import { liveLines } from './live-lines.js';
import { planFileWrite } from './file-recovery.js';
import { type Session, turnKey } from './session.js';
import { type ToolReturn, decodeReturn, encodeReturn, toolResult } from './tool-return.js';
import { type ToolContext, type ToolOutcome, refusal } from './tools/tool.js';
import { type TextLimit, truncate } from './truncate.js';
import type { BoundCall } from './bind-call.js';

/** Rejects only when the signal aborts or the journal cannot be written; what a tool throws goes to the model. */
export async function callTool(
  session: Session,
  at: { readonly turn: number; readonly index: number },
  bound: BoundCall,
  hasRead: (place: string) => boolean,
): Promise<ToolReturn> {
  const { ports, request } = session;
  const { part, act, limit } = bound;
  const key = turnKey(session, at.turn, `tool${at.index}`);
  const scope: EventScope = { ...request.scope, tool_call_id: part.tool_call_id };
  const streams = outputStreams(session, scope);
  const context = (signal: AbortSignal): ToolContext => ({
    sandbox: ports.sandbox,
    pause: ports.pause,
    signal,
    key,
    hasRead,
    onOutput: (stream, text) => streams[stream].push(text),
  });

  let release: ToolOutcome['release'];
  const record = async (
    run: (signal: AbortSignal) => Promise<ToolOutcome>,
    inDoubt: InDoubt<ToolReturn>,
    recovery?: JsonObject,
  ): Promise<ToolReturn> => {
    const value = await ports.calls.call<ToolReturn>(
      {
        key,
        started: {
          ...scope,
          event: 'agent.tool.started',
          properties: {
            visit: request.visit,
            turn: at.turn,
            tool_name: part.tool_name,
            tool_call_id: part.tool_call_id,
            arguments: part.input,
            ...(recovery === undefined ? {} : { recovery }),
          },
        },
        ended: (value) => ({
          ...scope,
          event: 'agent.tool.completed',
          properties: encodeReturn({ visit: request.visit, turn: at.turn }, value),
        }),
        decode: decodeReturn,
        inDoubt,
      },
      async (signal) => {
        const outcome = await outcomeOf(() => run(signal), signal);
        release = outcome.release;
        streams.stdout.end();
        streams.stderr.end();
        return settle(session, part, outcome, limit);
      },
    );
    await release?.();
    return value;
  };

  switch (act.recovery) {
    case 'repeat':
      return record((signal) => act.run(context(signal)), { rule: 'repeat' });
    case 'never':
      return record((signal) => act.run(context(signal)), {
        rule: 'reconcile',
        async reconcile(_started, signal) {
          const left = await outcomeOf(() => act.leftBehind(context(signal)), signal);
          return { value: await settle(session, part, left, limit) };
        },
      });
    case 'reconcile': {
      const file = await planFileWrite(act, context(ports.calls.signal));
      return record(
        file.run,
        {
          rule: 'reconcile',
          async reconcile(started, signal) {
            const found = await outcomeOf(() => file.reconcile(started, signal), signal);
            return found === 'repeat'
              ? found
              : { value: await settle(session, part, found, limit) };
          },
        },
        file.recovery,
      );
    }
    default:
      return act satisfies never;
  }
}

/** The tool-result boundary: secrets go first, so that neither model nor journal ever sees them. */
async function settle(
  session: Session,
  part: ToolCallPart,
  outcome: ToolOutcome,
  limit: TextLimit,
): Promise<ToolReturn> {
  const { ports } = session;
  const whole = ports.redact(outcome.text);
  const { text, truncated } = truncate(whole, limit);
  return {
    part: toolResult(part.tool_name, part.tool_call_id, text, outcome.isError),
    ...(truncated ? { outputBlob: await ports.calls.blob(new TextEncoder().encode(whole)) } : {}),
    filesRead: outcome.filesRead ?? [],
    filesTouched: outcome.filesTouched ?? [],
  };
}

async function outcomeOf<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T | ToolOutcome> {
  try {
    return await run();
  } catch (error) {
    signal.throwIfAborted();
    return refusal(messageOf(error));
  }
}

function outputStreams(session: Session, scope: EventScope) {
  const stream = (name: 'stdout' | 'stderr') =>
    liveLines(
      (text) => session.ports.redact(text),
      (delta) =>
        session.ports.live({
          ...scope,
          event: 'agent.tool.output.delta',
          properties: { stream: name, delta },
        }),
    );
  return { stdout: stream('stdout'), stderr: stream('stderr') };
}

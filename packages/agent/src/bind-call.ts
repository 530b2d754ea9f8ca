/** From what the model asked for to an act: finds the tool and parses the arguments. Pure. */
import type { ToolCallPart } from '@fabro/protocol';
import { REFUSAL_LIMIT } from './limits.js';
import { type Tool, type ToolAct, refusal } from './tools/tool.js';
import type { TextLimit } from './truncate.js';

/** A call of the model with the tool it named; unknown tools and bad arguments have an act that says so. */
export interface BoundCall {
  readonly part: ToolCallPart;
  readonly act: ToolAct;
  readonly limit: TextLimit;
}

export function bindCall(tools: readonly Tool[], part: ToolCallPart, workdir: string): BoundCall {
  const tool = tools.find((candidate) => candidate.name === part.tool_name);
  if (tool === undefined) {
    const known = tools.map((candidate) => candidate.name).join(', ');
    return refused(part, `Unknown tool "${part.tool_name}". The tools are: ${known}.`);
  }
  if (part.invalid !== undefined)
    return refused(part, `The arguments of tool "${tool.name}" are no JSON: ${part.invalid}`);
  const binding = tool.bind(part.input, workdir);
  return binding.ok
    ? { part, act: binding.act, limit: tool.limit }
    : refused(part, binding.message);
}

function refused(part: ToolCallPart, text: string): BoundCall {
  return {
    part,
    limit: REFUSAL_LIMIT,
    act: { recovery: 'repeat', run: () => Promise.resolve(refusal(text)) },
  };
}

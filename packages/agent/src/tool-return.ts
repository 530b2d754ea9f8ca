/** What a tool call came to, and how it lies in the journal. Pure. */
import {
  type AnyEvent,
  EVENT_PROPERTIES,
  type EventProperties,
  type ToolResultPart,
} from '@fabro/protocol';
import { z } from 'zod';

export interface ToolReturn {
  readonly part: ToolResultPart;
  /** The whole redacted output when the model sees a part of it. */
  readonly outputBlob?: string | undefined;
  readonly filesRead: readonly string[];
  readonly filesTouched: readonly string[];
}

const Completed = EVENT_PROPERTIES['agent.tool.completed'].extend({
  files_read: z.array(z.string()).default([]),
});

/** The properties of `agent.tool.completed`. */
export function encodeReturn(
  at: { readonly visit: number; readonly turn: number },
  value: ToolReturn,
): EventProperties['agent.tool.completed'] {
  return {
    ...at,
    tool_name: value.part.tool_name,
    tool_call_id: value.part.tool_call_id,
    output: value.part.output,
    is_error: value.part.is_error,
    ...(value.outputBlob === undefined ? {} : { output_blob: value.outputBlob }),
    ...(value.filesRead.length === 0 ? {} : { files_read: [...value.filesRead] }),
    ...(value.filesTouched.length === 0 ? {} : { files_touched: [...value.filesTouched] }),
  };
}

export function decodeReturn(ended: AnyEvent): ToolReturn {
  const recorded = Completed.parse(ended.properties);
  return {
    part: toolResult(recorded.tool_name, recorded.tool_call_id, recorded.output, recorded.is_error),
    outputBlob: recorded.output_blob,
    filesRead: recorded.files_read,
    filesTouched: recorded.files_touched ?? [],
  };
}

/** One place makes the part, so that a fresh and a recorded result have the same bytes. */
export function toolResult(
  name: string,
  id: string,
  output: string,
  isError: boolean,
): ToolResultPart {
  return { type: 'tool_result', tool_call_id: id, tool_name: name, output, is_error: isError };
}

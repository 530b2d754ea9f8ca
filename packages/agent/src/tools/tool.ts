/**
 * What a tool is to the loop. A tool parses its arguments and answers with an act; the act says how it is
 * recovered when the process died inside it, and that decides which functions it has.
 */
import type { JsonValue, PauseSignal, ToolSpec } from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';
import { z } from 'zod';
import type { TextLimit } from '../truncate.js';

/** A result before redaction and truncation. */
export interface ToolOutcome {
  readonly text: string;
  /** The tool could not do what was asked; the model is told so. */
  readonly isError: boolean;
  /** Places (`placeOf`) whose contents the model has now seen. */
  readonly filesRead?: readonly string[];
  /** Places that were written. */
  readonly filesTouched?: readonly string[];
  /** Frees what a restart would still need while the result is not recorded; called when it is. */
  readonly release?: () => Promise<void>;
}

export interface ToolContext {
  readonly sandbox: Sandbox;
  readonly signal: AbortSignal;
  readonly pause: PauseSignal;
  /** The call's own key; marks processes that the tool starts. */
  readonly key: string;
  /** True when the model has seen the contents of this place. */
  hasRead(place: string): boolean;
  /** Output while the tool runs; redacted by the loop. */
  onOutput(stream: 'stdout' | 'stderr', text: string): void;
}

/** What a file tool is about to do, decided before anything is recorded or written. */
export type FilePlan =
  | { readonly kind: 'refuse'; readonly outcome: ToolOutcome }
  | {
      readonly kind: 'write';
      readonly place: string;
      /** SHA-256 of the contents now; null when there is no file. */
      readonly beforeHash: string | null;
      readonly after: Uint8Array;
      /** The result when the write has succeeded. */
      readonly outcome: ToolOutcome;
    };

export type ToolAct =
  /** Acting twice does no harm. `place`: calls on one file of one turn run in the order of the model. */
  | {
      readonly recovery: 'repeat';
      readonly place?: string;
      run(context: ToolContext): Promise<ToolOutcome>;
    }
  /** Effects are unknown after a kill: never again; `leftBehind` tells the model what is known. */
  | {
      readonly recovery: 'never';
      run(context: ToolContext): Promise<ToolOutcome>;
      leftBehind(context: ToolContext): Promise<ToolOutcome>;
    }
  /** One file is replaced: hashes before and after tell whether it was done. */
  | {
      readonly recovery: 'reconcile';
      readonly place: string;
      plan(context: ToolContext): Promise<FilePlan>;
    };

type Binding =
  | { readonly ok: true; readonly act: ToolAct }
  | { readonly ok: false; readonly message: string };

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema: ToolSpec['input_schema'];
  readonly limit: TextLimit;
  /** Parses the model's arguments; never throws. */
  bind(input: JsonValue, workdir: string): Binding;
}

export interface ToolDefinition<S extends z.ZodType> {
  readonly name: string;
  readonly description: string;
  readonly schema: S;
  readonly limit: TextLimit;
  act(args: z.output<S>, workdir: string): ToolAct;
}

const JsonSchema = z.record(z.string(), z.json());

export function defineTool<S extends z.ZodType>(definition: ToolDefinition<S>): Tool {
  const { $schema: _dialect, ...inputSchema } = JsonSchema.parse(
    z.toJSONSchema(definition.schema, { io: 'input' }),
  );
  return {
    name: definition.name,
    description: definition.description,
    limit: definition.limit,
    inputSchema,
    bind(input, workdir) {
      const parsed = definition.schema.safeParse(input);
      if (parsed.success) return { ok: true, act: definition.act(parsed.data, workdir) };
      return {
        ok: false,
        message: `Invalid arguments for tool "${definition.name}":\n${z.prettifyError(parsed.error)}`,
      };
    },
  };
}

/** A result that tells the model why the tool could not do it. */
export function refusal(text: string): ToolOutcome {
  return { text, isError: true };
}

/** What is known of an attribute. */
import type { HandlerType } from '../graph/handler-type.js';

/** What carries the attribute. */
export type AttributeScope = 'graph' | 'node' | 'edge';
/** The type of a value that is read; a value of another type has no effect. */
export type AttributeType = 'text' | 'integer' | 'number' | 'boolean' | 'duration';

export interface AttributeSpec {
  readonly scope: AttributeScope;
  readonly name: string;
  readonly type: AttributeType;
  /** What holds when the attribute is absent, in words or as written; absent: nothing. */
  readonly default?: string;
  /** The texts that have a meaning; absent: any. */
  readonly values?: readonly string[];
  /** Least number that has an effect. */
  readonly min?: number;
  /** One sentence. */
  readonly doc: string;
  /** The node types that read it; absent: all. */
  readonly handlers?: readonly HandlerType[];
  /** The lint rule that has its own words for a wrong value; `attribute_value` leaves it alone then. */
  readonly checkedBy?: string;
  /** Section of the engine reference, or `ours` for what this project adds. */
  readonly source: string;
}

/** A row of a table by name. */
export type AttributeRow = Omit<AttributeSpec, 'scope' | 'name'>;

/** The attributes of a table. */
export function rows(
  scope: AttributeScope,
  table: Readonly<Record<string, AttributeRow>>,
): AttributeSpec[] {
  return Object.entries(table).map(([name, row]) => ({ scope, name, ...row }));
}

/** How much of what happened before a stage is told to its model (§5.2). */
export const FIDELITY_MODES = [
  'full',
  'truncate',
  'compact',
  'summary:low',
  'summary:medium',
  'summary:high',
] as const;
export const RANK_DIRECTIONS = ['TB', 'LR', 'BT', 'RL'] as const;
export const SELECTION_MODES = ['deterministic', 'random'] as const;

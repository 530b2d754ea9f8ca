/** `--goal` and `--goal-file`. */
import { resolve } from 'node:path';
import { FabroError } from '@fabro/protocol';
import type { Io } from '../io.js';
import type { WorkflowGoal } from './load-workflow.js';
import { readSource } from './read-source.js';

export interface GoalFlags {
  readonly goal?: string;
  readonly goalFile?: string;
}

/** Undefined when neither is given. Throws `not_found` for a file that is not there. */
export async function goalFlag(io: Io, options: GoalFlags): Promise<WorkflowGoal | undefined> {
  if (options.goal !== undefined) return { type: 'value', text: options.goal };
  if (options.goalFile === undefined) return undefined;
  const path = resolve(io.cwd, options.goalFile);
  const text = await readSource(path, 'goal file');
  if (text === undefined) throw new FabroError('not_found', `--goal-file: ${path} does not exist.`);
  return { type: 'file', text: text.trim(), path };
}

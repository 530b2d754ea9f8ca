/** The text of a stage's commit, and the trailer by which recovery finds it again. Pure. */
import { FabroError } from '@fabro/protocol';
import type { StageStatus } from '@fabro/protocol';

/** Who a commit is by. */
export interface GitAuthor {
  readonly name: string;
  readonly email: string;
}

/** Used when no author is configured. */
export const DEFAULT_AUTHOR: GitAuthor = { name: 'Fabro', email: 'noreply@fabro.sh' };

export interface CommitMessageParts {
  readonly run: string;
  readonly node: string;
  readonly status: StageStatus;
  /** Number of completed stages. */
  readonly completed: number;
  /** Key of the durable call that commits. */
  readonly key: string;
  /** Commit on the metadata branch that belongs to it, when one was written. */
  readonly metadataSha?: string;
  /** Replaces the first line. */
  readonly subject?: string;
  /** A configured author replaces Fabro, which is then named as co-author. */
  readonly customAuthor: boolean;
}

const KEY_TRAILER = 'Fabro-Call';

/** @throws FabroError `invalid_argument` when a part holds a line break, which would forge a trailer. */
export function commitMessage(parts: CommitMessageParts): string {
  const subject = parts.subject ?? `fabro(${parts.run}): ${parts.node} (${parts.status})`;
  for (const [name, value] of Object.entries({ subject, run: parts.run, key: parts.key }))
    if (/[\r\n\0]/.test(value))
      throw new FabroError(
        'invalid_argument',
        `The ${name} of a commit is one line of text; it was ${JSON.stringify(value.slice(0, 80))}.`,
      );
  return [
    subject,
    '',
    `Fabro-Run: ${parts.run}`,
    `Fabro-Completed: ${parts.completed}`,
    ...(parts.metadataSha === undefined ? [] : [`Fabro-Checkpoint: ${parts.metadataSha}`]),
    `${KEY_TRAILER}: ${parts.key}`,
    '',
    '⚒️ Generated with [Fabro](https://fabro.sh)',
    ...(parts.customAuthor
      ? [`Co-Authored-By: ${DEFAULT_AUTHOR.name} <${DEFAULT_AUTHOR.email}>`]
      : []),
    '',
  ].join('\n');
}

/** The call key that a commit message carries; the last one counts. */
export function callKeyOf(message: string): string | undefined {
  let key: string | undefined;
  for (const line of message.split('\n'))
    if (line.startsWith(`${KEY_TRAILER}: `)) key = line.slice(KEY_TRAILER.length + 2).trimEnd();
  return key;
}

/** Schema issues as one sentence. */
import { MAX_ISSUES_IN_DETAIL } from './limits.js';

/** The part of a schema issue that is told to callers. */
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** `goal.type: Invalid option…; cwd: …`, at most five, each with its path. */
export function describeIssues(issues: readonly SchemaIssue[]): string {
  const shown = issues.slice(0, MAX_ISSUES_IN_DETAIL).map((issue) => {
    const path = issue.path.map(String).join('.');
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  });
  const rest = issues.length - shown.length;
  return shown.join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}

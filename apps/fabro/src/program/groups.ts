/** Under which headings the help of the program lists its commands. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Run a workflow:': ['run', 'create', 'start', 'attach', 'resume', 'demo'],
  'Watch runs:': ['ps', 'logs', 'inspect', 'wait', 'diff', 'artifact', 'dump', 'events'],
  'Act on runs:': [
    'answer',
    'cancel',
    'pause',
    'unpause',
    'fork',
    'rewind',
    'archive',
    'unarchive',
    'rm',
  ],
  'Write workflows:': ['validate', 'preflight', 'graph', 'parse', 'workflow', 'repo', 'lsp'],
  'Server and storage:': ['server', 'system', 'settings'],
  'This program:': ['doctor', 'completion', 'version', 'help'],
};
const REST = 'More:';
const HEADINGS = [...Object.keys(GROUPS), REST];

/** The heading of a command; one of its own for those that no heading names. */
export function groupOf(command: string): string {
  return Object.entries(GROUPS).find(([, names]) => names.includes(command))?.[0] ?? REST;
}

/** Where a heading stands among the others. */
export function inGroupOrder(heading: string): number {
  return HEADINGS.indexOf(heading);
}

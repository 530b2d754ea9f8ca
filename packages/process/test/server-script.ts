/** A server in miniature that tests kill: runs one script by a root and a folder given as arguments. */
import { createProcesses } from '../src/index.js';

const [rootId = '', folder = '', script = ''] = process.argv.slice(2);
await createProcesses({ rootId }).run(
  {
    key: 'run/root/work@1',
    argv: ['bash', '-c', script],
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
    stdoutPath: `${folder}/server.out`,
    stderrPath: `${folder}/server.err`,
    maxOutputBytes: 1_000_000,
  },
  { signal: new AbortController().signal },
);

/** Context, fidelity, blobs and artifacts (engine reference §5). */
export const CONTEXT = {
  '§5.1 current_node': 'the node being executed',
  '§5.1 outcome': 'status of the last stage',
  '§5.1 failure_class': 'class of its failure, "" without one',
  '§5.1 failure_signature': 'signature of its failure, "" without one',
  '§5.1 preferred_label': 'the last preference; it stays until there is another',
  '§5.1 last_stage': 'id of the last stage',
  '§5.1 last_response': 'its text',
  '§5.1 response.<node>': 'the text of a node',
  '§5.1 command.output': 'what the last command wrote to stdout',
  '§5.1 command.stderr': 'what the last command wrote to stderr',
  '§5.1 human.gate': 'selected, label and text of the last answer',
  '§5.1 parallel.results': 'what the branches came to',
  '§5.1 parallel.branch_count': 'their number',
  '§5.1 parallel.fan_in': 'what the fan-in chose',
  '§5.1 graph.goal': 'the goal',
  '§5.1 graph.<attr>': 'attributes of the graph as text, seeded at run start and after a restart',
  '§5.1 internal.run_id': 'id of the run',
  '§5.1 internal.work_dir': 'its working directory',
  '§5.1 internal.fidelity': 'fidelity of the stage',
  '§5.1 internal.thread_id': 'thread of the stage',
  '§5.1 internal.node_visit_count': 'visits of the node',
  '§5.1 internal.parent_preamble': 'what the parent workflow told a child',
  '§5.1 internal.parallel': 'group and branch of a parallel stage',
  '§5.1 internal.retry_count': 'retries of a node',
  '§5.1 current.preamble': 'the preamble of the stage (ours: as it would be now)',
  '§5.1 thread.<tid>.current_node': 'the node that a thread is at',

  '§5.2 full': 'an empty preamble',
  '§5.2 truncate': 'goal and run id',
  '§5.2 compact': 'goal, completed stages with their details, context; the default',
  '§5.2 compact command':
    'script and the last 25 lines of each output, with the number left out, or (empty)',
  '§5.2 compact model': 'model, tokens and files',
  '§5.2 summary:low': 'goal, run id, number of stages, the last 2 without context',
  '§5.2 summary:medium': 'the same with the last 5, details and context',
  '§5.2 summary:high':
    'progress and a section for each stage, outputs of 50 lines, responses, a table of the context',
  '§5.2 precedence':
    'edge, node, default_fidelity of the graph, compact; invalid values are skipped',
  '§5.2 after resume':
    'the first node after a resume keeps its fidelity (ours: full too, since threads are durable)',
  '§5.2 thread': 'edge, node, default_thread of the graph, first class, previous node',
  '§5.2 session reuse': 'agent sessions are used again only under full, by thread',
  '§5.2 start and exit':
    'preambles leave out start and exit and end with a line end; tokens are 1.2k, 1.2m',
  '§5.2 hidden keys':
    'the context of a preamble leaves out engine keys, keys shown inline and blanks',
  '§5.2 parent preamble':
    'a child workflow shows the preamble of its parent in a section of its own',

  '§5.3 blob': 'a context value of more than 102400 bytes of JSON becomes blob://sha256/<hex>',
  '§5.3 blob file':
    'durable state keeps the blob (ours: a stage is told the value itself, and no file:// pointer)',
  '§5.3 file values': 'an explicit file:// value names a file (ours: it stays as it is)',
  '§5.3 preamble not kept': 'current.preamble is never part of a checkpoint',
  '§5.3 artifacts': 'with run.artifacts.include globs files are collected after each attempt',
  '§5.3 artifact pruning': 'symbolic links and folders like .git and node_modules are left out',
  '§5.3 artifact globs': 'a glob with / matches the path, another the name',
  '§5.3 artifact limits':
    'at most 10 MiB a file, smallest first, 100 files, 50 MiB in all, changed since the attempt began',
  '§5.3 artifact upload':
    'artifact.captured; a failed upload is tried again (ours: each second until the disk takes it)',
  '§5.3 artifact slug': 'artifacts lie under the node id, from the second visit on id-visit_N',
} as const;

/** The loop, retries, failures, stalls and control (engine reference §4.3 to §4.6). */
export const LOOP = {
  '§4.3 order':
    'per node: pause, preamble, attempts, auto_status, blobs, final event, breaker, hook, commit, edge, hook, checkpoint, hook (ours: the breaker after the final event, the commit before the edge)',
  '§4.3 goal gates':
    'at the exit each latest outcome of a goal gate must be succeeded or partially_succeeded',
  '§4.3 exit stage':
    'the exit has stage.started and stage.completed, succeeded, notes "Pipeline completed"',
  '§4.3 gate retry': 'an unsatisfied goal gate sends the run to its retry target',
  '§4.3 gate failure':
    'without one the run fails: goal gate unsatisfied for node X and no retry target',
  '§4.3 visits': 'visits are counted and then checked, before the node is executed',
  '§4.3 node limit': 'max_visits of the node comes before max_node_visits of the graph',
  '§4.3 dry run limit': 'a dry run without a limit stops a node at 10',
  '§4.3 visit message': 'node "x" visited N times (node|graph limit L); run is stuck in a cycle',
  '§4.3 partial success':
    'how a run ends whose stages were not all good (ours: reason partial_success)',
  '§4.3 stage_start': 'the stage_start hook of each attempt may skip or block it',
  '§4.3 retrying':
    'an attempt that is tried again has stage.failed with will_retry, stage.retrying, then the delay',
  '§4.3 auto_status':
    'auto_status turns anything but succeeded and skipped into succeeded, with its notes',
  '§4.3 skipped':
    'a skipped stage has no hook of its end (ours: it has stage.started and stage.completed with that status)',
  '§4.3 breaker first':
    'a breaker that trips ends the run before hook, edge and checkpoint of its stage (ours: after its final event)',
  '§4.3 final event': 'a settled stage has stage.completed, or stage.failed with will_retry false',
  '§4.3 stage hooks':
    'stage_complete or stage_failed, edge_selected and checkpoint_saved follow their events',
  '§4.3 checkpoint':
    'after the edge checkpoint.completed (ours: git.commit comes before the edge, so that the checkpoint names it)',

  '§4.4 attempts':
    'attempts = preset, else max_retries + 1, else default_max_retries of the graph + 1',
  '§4.4 default_max_retries': 'default_max_retries is 0 when the graph does not say',
  '§4.4 none': 'preset none: 1 attempt',
  '§4.4 standard': 'preset standard: 5 attempts, 5 s, doubling',
  '§4.4 aggressive': 'preset aggressive: 5 attempts, 500 ms, doubling',
  '§4.4 linear': 'preset linear: 3 attempts, 500 ms each',
  '§4.4 patient': 'preset patient: 3 attempts, 2 s, tripling',
  '§4.4 no preset': 'without a preset: 5 s, doubling',
  '§4.4 cap': 'a delay is at most 60 s before its jitter',
  '§4.4 jitter': 'a delay is multiplied by 0.5 up to 1.5',
  '§4.4 retried':
    'tried again: an outcome that asks for it; errors of handlers, engine, I/O and retryable model errors',
  '§4.4 not retried': 'not tried again: validation, other model errors, plain failed outcomes',
  '§4.4 timeout': 'handler timed out after Nms: transient_infra, system actor timeout, tried again',
  '§4.4 allow_partial':
    'exhausted retry requests are partially_succeeded with allow_partial, else failed',
  '§4.4 exhausted errors': 'exhausted errors are failed, with allow_partial too',
  '§4.4 attempt number': 'stage.retrying names the attempt that just failed',

  '§4.5 canceled': 'text with cancel or interrupt is canceled',
  '§4.5 transient_infra':
    'text that speaks of timeouts, connections, overload and the like is transient_infra',
  '§4.5 budget_exhausted':
    'text that speaks of turn, token, context or quota limits is budget_exhausted',
  '§4.5 structural': 'text that speaks of write scope is structural',
  '§4.5 deterministic': 'any other text is deterministic',
  '§4.5 first match': 'the first class that matches counts',
  '§4.5 model errors': 'errors of model clients have classes by their kind',
  '§4.5 signature': 'signature = node|class|reason; the reason is the hint or the message',
  '§4.5 signature text':
    'the reason is trimmed, lower-cased, with <hex>, <n> and single blanks, cut to 240 bytes; empty is unknown',
  '§4.5 breaker':
    'N deterministic or structural failures of one signature fail the run, with its message',
  '§4.5 breaker memory':
    'its counts outlast successes and restarts (ours: resuming an ended run begins anew)',
  '§4.5 loop_restart':
    'a loop_restart edge clears the state of the walk but the visits, goes on at its target and repeats the run start',
  '§4.5 loop_restart blocked':
    'a failed outcome that is not transient_infra is blocked, with its message',
  '§4.5 loop_restart breaker':
    'a counter of its own ends a run that restarts too often for one signature',

  '§4.6 stall':
    'a run without activity for stall_timeout gets watchdog.timeout and fails, naming node and seconds',
  '§4.6 stall touched': 'streaming deltas and output touch the clock',
  '§4.6 cancel':
    'a cancel is seen at node boundaries, in handlers and in commands: run.failed, reason cancelled',
  '§4.6 cancel before start': 'submitted and queued runs fail at once',
  '§4.6 pause':
    'a pause waits before a node and after each attempt, never inside: run.paused, run.unpaused',
  '§4.6 pause blocked': 'a run that waits for an answer only gets the event',
} as const;

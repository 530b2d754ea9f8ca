/** The figures of a retro, from the ends of a run's attempts (engine reference §11). Pure. */
import { addUsage, type Retro, type RunEvent, type StageRetro, type Usage } from '@fabro/protocol';
import {
  MAX_RETRO_BYTES,
  MAX_RETRO_FILES,
  MAX_RETRO_STAGE_FILES,
  RETRO_TEXT_CHARS,
} from '../limits.js';

/** The events that a retro is made from. */
export type AttemptEnd = RunEvent<'stage.completed' | 'stage.failed'>;

export interface RetroFacts {
  readonly runId: string;
  readonly workflowName: string;
  readonly goal: string | undefined;
  /** RFC 3339. */
  readonly timestamp: string;
  readonly durationMs: number;
  readonly dryRun: boolean;
}

interface Ended {
  readonly stage: StageRetro;
  readonly usage: Usage | undefined;
}

/** Makes a retro; its smoothness and narrative are left to whoever looks back, but for a dry run. */
export function retroOf(facts: RetroFacts, ends: Iterable<AttemptEnd>): Retro {
  const stages = new Map<string, Ended>();
  const open = new Map<
    string,
    { readonly durationMs: number; readonly retries: number; readonly usage: Usage | undefined }
  >();
  for (const end of ends) {
    const id = end.stage_id ?? end.node_id ?? '';
    const before = open.get(id) ?? { durationMs: 0, retries: 0, usage: undefined };
    const durationMs = before.durationMs + end.properties.duration_ms;
    const usage = addUsage(before.usage, end.properties.usage);
    if (end.event === 'stage.failed' && end.properties.will_retry) {
      open.set(id, { durationMs, retries: before.retries + 1, usage });
      continue;
    }
    open.delete(id);
    // A stage that a resumed run ended anew stands where it ended last.
    stages.delete(id);
    stages.set(id, { stage: stageRetro(end, id, durationMs, before.retries, usage), usage });
  }
  return fitted({
    run_id: facts.runId,
    workflow_name: facts.workflowName,
    goal: facts.goal ?? '',
    timestamp: facts.timestamp,
    ...(facts.dryRun ? { smoothness: 'smooth' } : {}),
    stages: [...stages.values()].map(({ stage }) => stage),
    stats: statsOf(facts, [...stages.values()]),
    ...(facts.dryRun
      ? {
          intent: '[dry-run] No LLM analysis performed',
          outcome: '[dry-run] Run completed in simulated mode',
        }
      : {}),
  });
}

function stageRetro(
  end: AttemptEnd,
  id: string,
  durationMs: number,
  retries: number,
  usage: Usage | undefined,
): StageRetro {
  const { notes, failure } = end.properties;
  const files = end.event === 'stage.completed' ? (end.properties.files_touched ?? []) : [];
  return {
    stage_id: id,
    stage_label: end.node_label ?? end.node_id ?? id,
    status: end.event === 'stage.completed' ? end.properties.status : 'failed',
    duration_ms: durationMs,
    retries,
    ...(usage?.total_usd_micros === undefined
      ? {}
      : { billing_usd_micros: usage.total_usd_micros }),
    ...(notes === undefined || notes === '' ? {} : { notes: cut(notes) }),
    ...(failure === undefined ? {} : { failure_reason: cut(failure.message) }),
    ...(files.length === 0 ? {} : { files_touched: files.slice(0, MAX_RETRO_STAGE_FILES) }),
  };
}

function statsOf(facts: RetroFacts, ended: readonly Ended[]): Retro['stats'] {
  const usage = ended.reduce<Usage | undefined>((sum, e) => addUsage(sum, e.usage), undefined);
  const files = [...new Set(ended.flatMap(({ stage }) => stage.files_touched ?? []))].toSorted();
  const withStatus = (...wanted: readonly string[]): number =>
    ended.filter(({ stage }) => wanted.includes(stage.status)).length;
  return {
    total_duration_ms: facts.durationMs,
    ...(usage?.total_usd_micros === undefined
      ? {}
      : { total_billing_usd_micros: usage.total_usd_micros }),
    total_retries: ended.reduce((sum, { stage }) => sum + stage.retries, 0),
    ...(files.length === 0 ? {} : { files_touched: files.slice(0, MAX_RETRO_FILES) }),
    stages_completed: withStatus('succeeded', 'partially_succeeded'),
    stages_failed: withStatus('failed'),
  };
}

/** The latest stages that fit into a retro; the figures count all. */
function fitted(retro: Retro): Retro {
  let { stages } = retro;
  const made = (): Retro =>
    stages.length === retro.stages.length
      ? retro
      : {
          ...retro,
          stages,
          stats: { ...retro.stats, stages_omitted: retro.stages.length - stages.length },
        };
  while (stages.length > 0 && Buffer.byteLength(JSON.stringify(made())) > MAX_RETRO_BYTES)
    stages = stages.slice(Math.ceil(stages.length / 2));
  return made();
}

function cut(text: string): string {
  return text.length > RETRO_TEXT_CHARS ? `${text.slice(0, RETRO_TEXT_CHARS)}…` : text;
}

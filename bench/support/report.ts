/** The rows as a table for people, as JSON, and as the page in docs/. */
import { meets, type Row } from './row.js';

export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  /** Milliseconds of a synced page. */
  readonly syncMs: number;
}

/** Cells padded to the width of their column. */
export function tableText(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    verdict(row),
    figure(row),
    limitText(row),
    row.name,
    row.result.kind === 'measured' ? row.result.detail : row.result.because,
  ]);
  const all = [['', 'figure', 'limit', 'what', 'from'], ...cells];
  const widths = all[0]?.map((_, i) => Math.max(...all.map((line) => line[i]?.length ?? 0))) ?? [];
  return all
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function circumstancesText({ machine, node, syncMs }: Circumstances): string {
  return `${machine}, Node ${node}, a synced page ${syncMs.toFixed(2)} ms`;
}

export function pageText(rows: readonly Row[], circumstances: Circumstances): string {
  return `${[
    '# Benchmarks',
    `Measured ${circumstances.date}: ${circumstancesText(circumstances)}. Figures of time are ratios to something as simple as can be, measured in turns on the same machine: what they were on another machine can be compared, times cannot. They move by a fifth from one run to the next.`,
    'To reproduce: `npm run bench` prints this table, `npm run bench -- --write` writes this page, `npm run bench -- --check` measures the counts only and fails when one is past its limit (CI does this).',
    '## Counts',
    'They hold on any machine.',
    markdown(rows.filter((r) => r.kind === 'gate')),
    '## Ratios',
    'Reported, never a failure.',
    markdown(rows.filter((r) => r.kind === 'ratio')),
    '## The 30-line engine',
    '`bench/thirty-line-engine.ts` is the least that runs steps durably: one row and one synced commit a step, no graph, no retries, no events for anybody. What Fabro costs beside it is the price of all that it does more.',
  ].join('\n\n')}\n`;
}

function markdown(rows: readonly Row[]): string {
  const lines = rows.map(
    (r) =>
      `| ${r.name} | ${figure(r)} | ${limitText(r)} | ${r.result.kind === 'measured' ? r.result.detail : r.result.because} | ${r.why} |`,
  );
  return ['| what | figure | aim | from | why |', '| --- | --- | --- | --- | --- |', ...lines].join(
    '\n',
  );
}

function verdict(r: Row): string {
  const met = meets(r);
  if (met === undefined) return 'skipped';
  if (met) return 'ok';
  return r.kind === 'gate' ? 'FAILED' : 'missed';
}

function figure({ result, unit }: Row): string {
  return result.kind === 'skipped' ? '-' : withUnit(trimmed(result.value), unit);
}

function limitText({ limit, unit }: Row): string {
  return `${limit.relation === 'at most' ? '≤' : '≥'} ${withUnit(String(limit.value), unit)}`;
}

/** Two decimals at most. */
function trimmed(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function withUnit(text: string, unit: string): string {
  return unit === '' ? text : `${text} ${unit}`;
}

/** What the bench reports: rows, each a figure held against a budget. */

export interface Row {
  /** What was measured, as the table says it. */
  readonly name: string;
  /** A gate counts something that holds on any machine, and fails the bench; a ratio is reported. */
  readonly kind: 'gate' | 'ratio';
  readonly limit: { readonly relation: 'at most' | 'at least'; readonly value: number };
  /** Written behind figures, for example `KB`; empty for plain ratios and counts. */
  readonly unit: string;
  readonly result: Result;
  /** One line: why this is measured, and why so. */
  readonly why: string;
}

export type Result =
  | {
      readonly kind: 'measured';
      readonly value: number;
      /** The figures that the value was made from. */
      readonly detail: string;
    }
  /** Not measured, and what is missing. */
  | { readonly kind: 'skipped'; readonly because: string };

/** One measurement; it may give several rows. */
export interface Bench {
  readonly name: string;
  /** True when one of its rows is a gate. */
  readonly gate: boolean;
  measure(): Promise<readonly Row[]>;
}

/** Figures are compared as they are printed: to two decimals. */
export function meets({ limit, result }: Row): boolean | undefined {
  if (result.kind === 'skipped') return undefined;
  const value = Math.round(result.value * 100) / 100;
  return limit.relation === 'at most' ? value <= limit.value : value >= limit.value;
}

/** What requests and answers of the service have in common. */

export interface PageRequest {
  /** 1 to 100. */
  readonly limit: number;
  /** From 0. */
  readonly offset: number;
}

export interface Page<T> {
  readonly data: readonly T[];
  readonly hasMore: boolean;
}

/** One item of a run's stream: `json` is one line of JSON, equal bytes for every reader. */
export type StreamItem =
  | { readonly kind: 'event'; readonly seq: number; readonly json: string }
  | { readonly kind: 'live'; readonly json: string };

/** A pause that reaches down to running work: process groups are stopped, loops wait between steps. */
export interface PauseSignal {
  readonly paused: boolean;
  /** Calls back on every change; the returned function ends the subscription. */
  subscribe(listener: (paused: boolean) => void): () => void;
}

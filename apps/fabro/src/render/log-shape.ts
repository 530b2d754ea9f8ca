/** What a line of `fabro logs` is made of. */
export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'dim';

export interface LogEntry {
  readonly tone: Tone;
  /** One character in front, or none. */
  readonly mark?: string;
  readonly text: string;
  /** Quoted below the line, folded when it is long. */
  readonly body?: string;
  /** Which end of a long body is kept. */
  readonly keep?: 'start' | 'end';
  /** The body was streamed before, when it was watched as it came. */
  readonly streamed?: boolean;
  /** Shown under --verbose only. */
  readonly detail?: boolean;
}

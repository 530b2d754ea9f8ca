/**
 * Command output on its way to live readers. A chunk may end in the middle of a secret, so only whole lines
 * are redacted and passed on; a line past the limit is left to the tool's result.
 */
import { LIVE_LINE_CHARS } from './limits.js';

const OMITTED = '[line too long to stream]\n';

export interface LiveLines {
  push(text: string): void;
  /** Passes on a last line without a line break. */
  end(): void;
}

export function liveLines(
  redact: (text: string) => string,
  emit: (text: string) => void,
): LiveLines {
  let pending = '';
  let skipping = false;
  return {
    push(text) {
      let rest = text;
      if (skipping) {
        const lineEnd = rest.indexOf('\n');
        if (lineEnd < 0) return;
        skipping = false;
        rest = rest.slice(lineEnd + 1);
      }
      pending += rest;
      const lastEnd = pending.lastIndexOf('\n');
      if (lastEnd >= 0) {
        emit(redact(pending.slice(0, lastEnd + 1)));
        pending = pending.slice(lastEnd + 1);
      }
      if (pending.length > LIVE_LINE_CHARS) {
        pending = '';
        skipping = true;
        emit(OMITTED);
      }
    },
    end() {
      if (pending !== '') emit(redact(pending));
      pending = '';
    },
  };
}

/** What a person would look at first when a crash test fails. */
import { onTestFailed } from 'vitest';
import type { Home } from './home.js';
import type { Watcher } from './watcher.js';

const SHOWN = 25;

/** Prints the last events and the end of the server's log when the test fails. */
export function explainFailure(home: Home, watcher: Watcher): void {
  onTestFailed(() => {
    const events = watcher.record.slice(-SHOWN).map(({ data }) => data.slice(0, 400));
    const log = home.lines('server.log').slice(-SHOWN);
    console.error([`last ${SHOWN} events:`, ...events, 'end of the log:', ...log].join('\n'));
  });
}

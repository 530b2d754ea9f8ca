/** Entries of what is done around the walk: steps that prepare the folder, the retro. Pure. */
import type { RunEvent } from '@fabro/protocol';
import { formatDuration } from './format.js';
import type { LogEntry } from './log-shape.js';
import { retroLine } from './retro.js';
import { oneLine } from './text.js';

export function aroundEntry(event: RunEvent): LogEntry | undefined {
  switch (event.event) {
    case 'setup.command.completed': {
      const { command, exit_code: code, termination, duration_ms: ms } = event.properties;
      const ok = termination === 'exited' && code === 0;
      return {
        tone: ok ? 'plain' : 'bad',
        mark: ok ? '✓' : '✗',
        text: `prepare: ${oneLine(command)}  ${formatDuration(ms)}`,
      };
    }
    case 'setup.failed': {
      const { command, stderr } = event.properties;
      return {
        tone: 'bad',
        mark: '✗',
        text: `prepare: ${oneLine(command)} failed`,
        ...(stderr === '' ? {} : { body: stderr, keep: 'end' }),
      };
    }
    case 'retro.completed': {
      const { retro } = event.properties;
      return {
        tone: 'dim',
        text: retro === undefined ? 'retro' : `retro: ${oneLine(retroLine(retro))}`,
      };
    }
    case 'retro.failed':
      return { tone: 'warn', mark: '!', text: `retro failed: ${oneLine(event.properties.error)}` };
    case 'setup.started':
    case 'setup.command.started':
    case 'setup.completed':
    case 'retro.started':
      return { tone: 'dim', text: event.event, detail: true };
    default:
      return undefined;
  }
}

/** The server's log: one line of JSON an entry on standard error, which is the log file. */
import type { HttpLogger } from '@fabro/http';

type Level = 'info' | 'warn' | 'error';
export type Log = (level: Level, fields: object, message: string) => void;

export function createLog(write: (line: string) => void, now: () => number): Log {
  return (level, fields, message) =>
    write(`${JSON.stringify({ ts: new Date(now()).toISOString(), level, message, ...fields })}\n`);
}

export function httpLogger(log: Log): HttpLogger {
  return { error: (fields, message) => log('error', fields, message) };
}

/**
 * The yardstick: the least that runs steps durably. One row and one synced commit a step; the state of a run
 * is its last row. It knows no graph, no retry, no events for anybody, no leases.
 */
import { DatabaseSync } from '@photostructure/sqlite';
import { z } from 'zod';

const LastStep = z.object({ step: z.number().nullable() });

export interface ThirtyLineEngine {
  /** Goes on after the run's last row until `steps` are done. */
  walk(run: string, steps: number, act: (step: number) => Promise<string>): Promise<void>;
  close(): void;
}

export function openThirtyLineEngine(path: string): ThirtyLineEngine {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec(
    'CREATE TABLE IF NOT EXISTS steps (run TEXT, step INTEGER, outcome TEXT, PRIMARY KEY (run, step))',
  );
  const last = db.prepare('SELECT max(step) AS step FROM steps WHERE run = ?');
  const insert = db.prepare('INSERT INTO steps (run, step, outcome) VALUES (?, ?, ?)');
  return {
    async walk(run, steps, act) {
      const done = LastStep.parse(last.get(run)).step ?? 0;
      for (let step = done + 1; step <= steps; step++) insert.run(run, step, await act(step));
    },
    close: () => db.close(),
  };
}

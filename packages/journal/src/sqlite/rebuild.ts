/** Brings derived tables up to date when a projection is new or its version has changed. */
import { JsonObject } from '@fabro/protocol';
import { upcast } from '../event-line.js';
import { REBUILD_BATCH } from '../limits.js';
import type { Projection, Upcasters } from '../port.js';
import type { Database } from './database.js';
import { shapeChange } from './change-shape.js';
import { createTable } from './tables.js';
import { Writer } from './writer.js';

/** Rebuilds in batches; a kill in the middle begins anew at the next opening. */
export function rebuildProjections(
  db: Database,
  projections: readonly Projection[],
  upcasters: Upcasters,
): void {
  const writer = new Writer(db);
  forgetOthers(db, projections);
  for (const projection of projections) {
    const row = db
      .prepare('SELECT version FROM projections WHERE name = ?')
      .get(projection.name) as { version: number } | undefined;
    if (row?.version === projection.version) continue;
    db.prepare('DELETE FROM projections WHERE name = ?').run(projection.name);
    writer.script(
      projection.tables
        .map((t) => `DROP TABLE IF EXISTS p_${t.name}; ${createTable(t)}`)
        .join('\n'),
    );
    refill(db, writer, projection, upcasters);
    db.prepare('INSERT INTO projections (name, version) VALUES (?, ?)').run(
      projection.name,
      projection.version,
    );
  }
}

/** The tables of a projection that is not asked for now miss what is appended; later it begins anew. */
function forgetOthers(db: Database, projections: readonly Projection[]): void {
  const names = projections.map((p) => p.name);
  db.prepare(`DELETE FROM projections WHERE name NOT IN (${names.map(() => '?').join(', ')})`).run(
    ...names,
  );
}

function refill(db: Database, writer: Writer, projection: Projection, upcasters: Upcasters): void {
  const page = db.prepare(
    'SELECT position, stream_no, seq, type, body FROM events WHERE position > ? ORDER BY position LIMIT ?',
  );
  let position = 0;
  for (;;) {
    const rows = page.all(position, REBUILD_BATCH) as {
      position: number;
      stream_no: number;
      seq: number;
      type: string;
      body: string;
    }[];
    const last = rows.at(-1);
    if (last === undefined) return;
    writer.applyChanges(
      rows.flatMap((row) => {
        const body = JsonObject.parse(JSON.parse(upcast(row.type, row.body, upcasters)));
        return projection.apply({ type: row.type, body }, false).map((change) => ({
          streamNo: row.stream_no,
          seq: row.seq,
          change: shapeChange(change),
        }));
      }),
    );
    position = last.position;
  }
}

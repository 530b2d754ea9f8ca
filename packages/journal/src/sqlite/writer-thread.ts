/** Entry of the writer thread: one connection, one batch at a time, checkpoints of the log when idle. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '@fabro/protocol';
import { openDatabase, type Database } from './database.js';
import type { Answers, Command, Reply, Request, WriterSetup } from './messages.js';
import { unpackBatch } from './pack.js';
import { configureWriter } from './schema.js';
import { Writer } from './writer.js';

/** Quiet time after which the log is written back into the file. */
const IDLE_MS = 200;
/** Log pages past which that is done without waiting for quiet (64 MB of 4 KB pages). */
const FORCE_PAGES = 16_000;

function checkpoint(db: Database): void {
  db.exec('PRAGMA wal_checkpoint(PASSIVE)');
}

/**
 * Before closing: the file alone is then the whole journal. SQLite would do it for the last connection, but
 * the npm binding keeps a reader's connection alive until its statements are collected.
 */
function writeBack(db: Database): void {
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    // No space for it: the log keeps what is committed, the next opening reads it.
    if (!(error instanceof Error)) throw error;
  }
}

function answer(
  command: Command,
  db: Database,
  writer: Writer,
  setup: WriterSetup,
): Answers[keyof Answers] {
  switch (command.kind) {
    case 'batch':
      return writer
        .applyBatch(unpackBatch(command.batch))
        .map((result) =>
          result.ok || result.reason !== 'error'
            ? result
            : { ok: false, reason: 'error', error: messageOf(result.error) },
        );
    case 'acquire':
      return writer.acquireLease(command.request);
    case 'renew':
      return writer.renewLease(command.stream, command.epoch, command.expiresAt);
    case 'release':
      writer.releaseLease(command.stream, command.epoch);
      return null;
    case 'delete':
      writer.deleteStream(command.stream, setup.tables);
      return null;
    case 'compact':
      db.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)');
      return null;
    case 'close':
      writeBack(db);
      db.close();
      return null;
  }
}

function main(): void {
  const port = parentPort;
  if (port === null) throw new Error('the journal writer runs as a worker thread only');
  const setup = workerData as WriterSetup;
  const db = openDatabase(setup.path, { readOnly: false });
  configureWriter(db);
  const writer = new Writer(db);
  let pages = 0;
  let idle: NodeJS.Timeout | undefined;

  const tidy = (): void => {
    idle = undefined;
    if (pages === 0) return;
    pages = 0;
    try {
      checkpoint(db);
    } catch (error) {
      // A full disk must not end the thread: the log keeps what is committed, the next quiet moment tries again.
      if (!(error instanceof Error)) throw error;
    }
  };

  port.on('message', (request: Request) => {
    let reply: Reply;
    try {
      reply = { id: request.id, ok: true, value: answer(request.command, db, writer, setup) };
    } catch (error) {
      reply = { id: request.id, ok: false, error: messageOf(error) };
    }
    port.postMessage(reply);
    if (request.command.kind === 'close') {
      clearTimeout(idle);
      port.close();
      return;
    }
    // An append touches a handful of pages; the estimate only decides when a checkpoint cannot wait.
    if (request.command.kind === 'batch') pages += 4 + request.command.batch.cells.length / 8;
    if (pages > FORCE_PAGES) tidy();
    if (idle === undefined) idle = setTimeout(tidy, IDLE_MS);
    else idle.refresh();
  });
  port.postMessage({ id: 0, ok: true, value: null } satisfies Reply);
}

main();

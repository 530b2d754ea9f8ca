/**
 * Batches on their way to the writer thread: one flat list of texts and numbers. Copying objects between
 * threads costs far more than what is in them.
 */
import type { BlobHash, StreamId } from '@fabro/protocol';
import type { EncodedAppend } from '../check.js';
import type { Authority, Blob, Precondition, SnapshotDraft } from '../port.js';
import type { Cell } from '../table.js';
import { shapeChange, type ShapedChange } from './change-shape.js';

/** An append as the writer applies it. */
export interface WriteAppend {
  readonly stream: StreamId;
  readonly authority: Authority;
  readonly events: readonly {
    readonly type: string;
    readonly body: string;
    readonly changes: readonly ShapedChange[];
  }[];
  readonly blobs: readonly Blob[];
  readonly snapshot: SnapshotDraft | undefined;
}

export interface PackedBatch {
  readonly cells: readonly (Cell | undefined)[];
  readonly blobs: readonly Uint8Array[];
  /** Of the outside appends, in order: few, and not worth taking apart. */
  readonly preconditions: readonly (readonly Precondition[])[];
}

export function packBatch(appends: readonly EncodedAppend[]): PackedBatch {
  const cells: (Cell | undefined)[] = [];
  const blobs: Uint8Array[] = [];
  const preconditions: (readonly Precondition[])[] = [];
  for (const { stream, authority, events, blobs: own, snapshot } of appends) {
    cells.push(stream, authority.kind === 'owner' ? authority.epoch : null);
    if (authority.kind === 'outside') preconditions.push(authority.preconditions);
    cells.push(events.length);
    for (const { type, body, changes } of events) {
      cells.push(type, body, changes.length);
      for (const change of changes) {
        const { shape, values } = shapeChange(change);
        cells.push(shape, values.length, ...values);
      }
    }
    cells.push(own.length);
    for (const blob of own) {
      cells.push(blob.hash);
      blobs.push(blob.bytes);
    }
    if (snapshot === undefined) cells.push(null);
    else cells.push(snapshot.version, snapshot.seq, snapshot.body);
  }
  return { cells, blobs, preconditions };
}

/** The other side of `packBatch`; both are this release, so the types are known. */
export function unpackBatch({ cells, blobs, preconditions }: PackedBatch): readonly WriteAppend[] {
  const appends: WriteAppend[] = [];
  let at = 0;
  let blobAt = 0;
  let outsideAt = 0;
  const next = <T extends Cell>(): T => cells[at++] as T;
  const times = <T>(make: () => T): T[] => Array.from({ length: next<number>() }, make);
  while (at < cells.length) {
    const stream = next<StreamId>();
    const epoch = next<number | null>();
    const authority: Authority =
      epoch === null
        ? { kind: 'outside', preconditions: preconditions[outsideAt++] ?? [] }
        : { kind: 'owner', epoch };
    const events = times(() => ({
      type: next<string>(),
      body: next<string>(),
      changes: times((): ShapedChange => {
        const shape = next<string>();
        const count = next<number>();
        const values = cells.slice(at, at + count);
        at += count;
        return { shape, values };
      }),
    }));
    const own = times((): Blob => ({
      hash: next<BlobHash>(),
      bytes: blobs[blobAt++] ?? new Uint8Array(),
    }));
    const version = next<number | null>();
    const snapshot =
      version === null
        ? undefined
        : { version, seq: next<number>() as SnapshotDraft['seq'], body: next<string>() };
    appends.push({ stream, authority, events, blobs: own, snapshot });
  }
  return appends;
}

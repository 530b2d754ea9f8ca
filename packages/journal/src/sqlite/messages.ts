/** What main thread and writer thread say to each other. Both are this release: no schema is needed. */
import type { StreamId } from '@fabro/protocol';
import type { LeaseResult } from '../port.js';
import type { TableSpec } from '../table.js';
import type { PackedBatch } from './pack.js';
import type { LeaseRequest, WriteResult } from './writer.js';

export interface WriterSetup {
  readonly path: string;
  readonly tables: readonly TableSpec[];
}

export type Command =
  | { readonly kind: 'batch'; readonly batch: PackedBatch }
  | { readonly kind: 'acquire'; readonly request: LeaseRequest }
  | {
      readonly kind: 'renew';
      readonly stream: StreamId;
      readonly epoch: number;
      readonly expiresAt: number;
    }
  | { readonly kind: 'release'; readonly stream: StreamId; readonly epoch: number }
  | { readonly kind: 'delete'; readonly stream: StreamId }
  | { readonly kind: 'compact' }
  | { readonly kind: 'close' };

export interface Answers {
  batch: readonly (
    | Exclude<WriteResult, { reason: 'error' }>
    | { readonly ok: false; readonly reason: 'error'; readonly error: string }
  )[];
  acquire: LeaseResult;
  renew: boolean;
  release: null;
  delete: null;
  compact: null;
  close: null;
}

export interface Request {
  readonly id: number;
  readonly command: Command;
}

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: Answers[keyof Answers] }
  | { readonly id: number; readonly ok: false; readonly error: string };

import type { StatusReason } from '@fabro/protocol';

/** A run that could not begin, with the reason that its status gets. */
export class BeginFailed extends Error {
  override readonly name = 'BeginFailed';
  readonly reason: StatusReason;

  constructor(reason: StatusReason, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * The error vocabulary. `message` is safe to show a caller and names the place, the value, what was
 * allowed and the remedy; what only a developer should see stays in `cause`.
 */

/** Every code that leaves the product; `docs/reference/errors.md` is generated from this table. */
export const ERROR_CODES = {
  invalid_argument: {
    status: 400,
    exit: 2,
    when: 'A flag, parameter or body does not fit its schema.',
  },
  invalid_workflow: {
    status: 400,
    exit: 1,
    when: 'A workflow cannot be parsed or fails a lint rule.',
  },
  invalid_manifest: {
    status: 400,
    exit: 1,
    when: 'A run manifest is inconsistent or names a path outside itself.',
  },
  invalid_settings: {
    status: 400,
    exit: 1,
    when: 'A settings file cannot be parsed or has an unknown key.',
  },
  unauthenticated: { status: 401, exit: 4, when: 'No credential, or one that is not accepted.' },
  forbidden: { status: 403, exit: 1, when: 'The credential is accepted but does not allow this.' },
  not_found: { status: 404, exit: 1, when: 'The named resource does not exist.' },
  conflict: { status: 409, exit: 1, when: 'The resource is in a state that does not allow this.' },
  gone: { status: 410, exit: 1, when: 'The stream has ended and nothing is left to send.' },
  too_large: { status: 413, exit: 1, when: 'A body or value is past its limit.' },
  unsupported_media_type: {
    status: 415,
    exit: 1,
    when: 'The content type is not application/json.',
  },
  internal: { status: 500, exit: 1, when: 'A defect; the request id finds it in the log.' },
  not_implemented: {
    status: 501,
    exit: 1,
    when: 'The operation exists in the API but is not built yet.',
  },
  upstream: {
    status: 502,
    exit: 1,
    when: 'A model provider or another service answered with an error.',
  },
  unavailable: {
    status: 503,
    exit: 1,
    when: 'The server is read-only, shutting down or not reachable.',
  },
  storage_full: {
    status: 503,
    exit: 1,
    when: 'The disk is full; the server is read-only until there is space.',
  },
  storage_corrupt: {
    status: 500,
    exit: 1,
    when: 'A storage file is damaged; the message names it.',
  },
  storage_locked: { status: 409, exit: 1, when: 'Another server holds the storage root.' },
  storage_unwritable: { status: 500, exit: 1, when: 'The storage root cannot be written.' },
  address_in_use: { status: 409, exit: 1, when: 'The socket or port of the server is taken.' },
  missing_program: {
    status: 500,
    exit: 1,
    when: 'A program that is needed (git, bash) is not on PATH.',
  },
  lease_lost: {
    status: 409,
    exit: 1,
    when: 'Another owner took the stream; this one stopped acting.',
  },
} as const satisfies Record<string, { status: number; exit: number; when: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An expected failure. Defects are ordinary errors and become `internal`. */
export class FabroError extends Error {
  override readonly name = 'FabroError';
  readonly code: ErrorCode;

  /** @param message caller-safe: place, value, what was allowed, remedy. */
  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** The HTTP status that belongs to the code. */
  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  /** The exit code that belongs to the code (engine reference §13). */
  get exitCode(): number {
    return ERROR_CODES[this.code].exit;
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Where the kit reports what a caller must not see. */
export interface HttpLogger {
  /** @param fields data of the entry: `err` holds the thrown value. */
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

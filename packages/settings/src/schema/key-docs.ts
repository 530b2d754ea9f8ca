/** What each key of the settings is for, kept beside its schema: `docs/reference/settings.md` is made from it. */
import { z } from 'zod';

export interface KeyDoc {
  /** A sentence without its subject: what the value says or does. */
  readonly doc: string;
  /** The kind of value in words. */
  readonly type: string;
  /** The default in words, where it is no constant of `DEFAULTS`. */
  readonly default?: string;
  /** How a number in the settings is written in a file. */
  readonly unit?: 'duration' | 'size';
}

/** Documentation by schema. */
export const KEY_DOCS = z.registry<KeyDoc>();

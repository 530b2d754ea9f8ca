/** Names that completion offers and hover explains beside those of the language: the editor's host knows them. */

export interface NamedThing {
  readonly name: string;
  /** A few words about it. */
  readonly detail: string;
}

export interface Vocabulary {
  /** Ids and aliases of models. */
  readonly models: readonly NamedThing[];
  readonly providers: readonly NamedThing[];
}

/** What the language has to know of models. The catalogue of models fills it in, at the composition root. */
export interface ModelNames {
  /** The model with this id or alias, in any case; undefined when there is none. */
  model(name: string): NamedModel | undefined;
  /** The provider with this name or alias, in any case; undefined when there is none. */
  provider(name: string): NamedProvider | undefined;
  /** The providers that messages offer, in their order. */
  readonly providers: readonly string[];
  /** Known names that an unknown one was probably meant to be, best first. */
  similarModels(name: string): readonly string[];
}

export interface NamedModel {
  /** The canonical id. */
  readonly id: string;
  /** The canonical name of its provider. */
  readonly provider: string;
}

export interface NamedProvider {
  /** The canonical name. */
  readonly id: string;
  /** True when its models are listed; else every model name is accepted. */
  readonly listsModels: boolean;
}

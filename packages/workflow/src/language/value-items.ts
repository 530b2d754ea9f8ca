/** The values that an attribute may have, where they can be listed. */
import type { AttributeScope } from '../catalogue/attribute-spec.js';
import { findAttribute } from '../catalogue/attributes.js';
import { typeOfShape } from '../graph/handler-type.js';
import { nodeReference } from './attribute-kinds.js';
import type { NamedThing, Vocabulary } from './vocabulary.js';

export interface ValueItem {
  readonly text: string;
  readonly kind: 'value' | 'node';
  /** A few words about it. */
  readonly detail?: string;
}

export interface ValueQuestion {
  readonly scope: AttributeScope;
  readonly key: string;
  readonly vocabulary: Vocabulary;
  /** The ids of the nodes of the text. */
  readonly ids: () => readonly string[];
}

/** Clauses that conditions begin with; the language has more, which cannot be listed. */
const CONDITIONS: readonly NamedThing[] = [
  { name: 'outcome=succeeded', detail: 'the stage went well' },
  { name: 'outcome=failed', detail: 'the stage failed' },
  { name: 'outcome=partially_succeeded', detail: 'a part of the stage went well' },
  { name: 'outcome=skipped', detail: 'the stage was skipped' },
  { name: 'preferred_label=', detail: 'the label that the stage chose' },
  { name: 'context.', detail: 'a key of the context' },
];

/** What an attribute may be set to; empty where any text may stand. */
export function valuesOf({ scope, key, vocabulary, ids }: ValueQuestion): readonly ValueItem[] {
  if (nodeReference(scope, key)) return ids().map((text) => ({ text, kind: 'node' }));
  const things = namedThings(scope, key, vocabulary);
  if (things !== undefined)
    return things.map(({ name, detail }) => ({ text: name, kind: 'value', detail }));
  const spec = findAttribute(scope, key);
  const texts = spec?.type === 'boolean' ? ['true', 'false'] : (spec?.values ?? []);
  return texts.map((text) => {
    const detail = detailOf(key, text, spec?.default);
    return { text, kind: 'value', ...(detail === undefined ? {} : { detail }) };
  });
}

function namedThings(
  scope: AttributeScope,
  key: string,
  { models, providers }: Vocabulary,
): readonly NamedThing[] | undefined {
  switch (key) {
    case 'model':
      return scope === 'node' ? models : undefined;
    case 'default_model':
      return scope === 'graph' ? models : undefined;
    case 'provider':
      return scope === 'node' ? providers : undefined;
    case 'default_provider':
      return scope === 'graph' ? providers : undefined;
    case 'condition':
      return scope === 'edge' ? CONDITIONS : undefined;
    case 'manager.stop_condition':
      return scope === 'node' ? CONDITIONS : undefined;
    default:
      return undefined;
  }
}

function detailOf(key: string, text: string, standard: string | undefined): string | undefined {
  if (key === 'shape') return typeOfShape(text);
  return text === standard ? 'default' : undefined;
}

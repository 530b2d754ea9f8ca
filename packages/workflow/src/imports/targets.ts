/** Attributes that name a node: they follow it when its id changes. */
import { type Attributes, withText } from '../graph/attributes.js';

const RETRY_TARGETS = ['retry_target', 'fallback_retry_target'];

/**
 * The attributes with every node they name renamed.
 * @param rename the new id of a node; undefined for an unknown name.
 * @param unknownTarget what a retry target of unknown name becomes.
 */
export function renameTargets(
  attributes: Attributes,
  rename: (id: string) => string | undefined,
  unknownTarget: (id: string) => string = (id) => id,
): Attributes {
  let changed: Attributes = attributes;
  for (const key of [...RETRY_TARGETS, 'human.default_choice']) {
    const target = attributes.get(key);
    if (target?.kind !== 'string') continue;
    const { value } = target;
    const renamed = rename(value) ?? (RETRY_TARGETS.includes(key) ? unknownTarget(value) : value);
    if (renamed !== value) changed = new Map(changed).set(key, withText(target, renamed));
  }
  return changed;
}

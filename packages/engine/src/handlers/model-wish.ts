/** Which model a stage asks for. Pure. */
import type { Models } from '@fabro/models';
import { attr, type GraphNode } from '@fabro/workflow';
import type { RunSettings } from '../run-settings.js';

/**
 * What the node names, else what the run does. A run that plays a script plays it in every stage: who tries
 * a workflow without a key, or in a test, means no provider to be asked, whichever model a node names.
 */
export function modelWish(
  node: GraphNode,
  settings: Pick<RunSettings, 'model' | 'provider'>,
): Parameters<Models['resolve']>[0] {
  const own = attr.string(node, 'provider');
  const plays = settings.provider === 'scripted' && own !== 'scripted';
  const model = plays ? settings.model : (attr.string(node, 'model') ?? settings.model);
  const provider = plays ? settings.provider : (own ?? settings.provider);
  return {
    ...(model === undefined ? {} : { model }),
    ...(provider === undefined ? {} : { provider }),
  };
}

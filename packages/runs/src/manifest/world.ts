/** What stays the same for a whole run, as the engine takes it. */
import { handlerOf, type World } from '@fabro/engine';
import type { CheckedManifest } from './check.js';
import { planRun, type Plan, type PlanDefaults } from './plan.js';

/** @param git stages are committed to a worktree of their own. */
export function worldOf(plan: Plan, git: boolean): World {
  return { graph: plan.graph, children: plan.children, settings: plan.run, handlerOf, git };
}

/** The world of a run that is only looked at; undefined when its manifest cannot be planned as things are now. */
export function worldToRead(manifest: CheckedManifest, defaults: PlanDefaults): World | undefined {
  try {
    return worldOf(planRun(manifest, defaults), false);
  } catch {
    return undefined; // An older release took what this one refuses; the run can still be read.
  }
}

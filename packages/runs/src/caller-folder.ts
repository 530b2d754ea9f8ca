import { resolve } from 'node:path';
import { messageOf } from '@fabro/protocol';
import { resolveEnvTemplates, type Env, type Settings } from '@fabro/settings';
import { BeginFailed } from './begin-failed.js';

/**
 * The folder in which a run's commands start, as the manifest and the settings name it.
 * @param env the variables that settings may name here. Throws BeginFailed for one that is missing.
 */
export function callerFolder(cwd: string, settings: Settings, env: Env): string {
  try {
    return resolve(
      cwd,
      resolveEnvTemplates(settings.run.working_dir ?? '.', env, 'run.working_dir'),
    );
  } catch (error) {
    throw new BeginFailed('bootstrap_failed', messageOf(error), { cause: error });
  }
}

/** The models of this server: the providers with a key, and scripted ones from files. */
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Model, Models } from '@fabro/models';
import { createAiSdkModels } from '@fabro/models/ai-sdk';
import { createScriptedModel, parseScript } from '@fabro/models/scripted';
import { FabroError, messageOf, type Clock } from '@fabro/protocol';
import type { Env } from '@fabro/settings';

/** `provider="scripted"` plays the YAML file that `model` names by an absolute path. */
export function serverModels(env: Env, clock: Clock): Models {
  const real = createAiSdkModels({ env, fetch: globalThis.fetch });
  return {
    get configured() {
      return real.configured;
    },
    resolve: (wish) =>
      wish.provider === 'scripted' ? scripted(wish.model, clock) : real.resolve(wish),
  };
}

function scripted(path: string | undefined, clock: Clock): Model {
  if (path === undefined || !isAbsolute(path))
    throw new FabroError(
      'invalid_argument',
      `provider "scripted" needs the absolute path of its script as the model; it got ${path ?? 'none'}`,
    );
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new FabroError(
      'invalid_argument',
      `the script ${path} cannot be read: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return createScriptedModel(parseScript(text, path), {
    sleep: (ms, signal) => clock.sleepUntil(clock.now() + ms, signal),
  });
}

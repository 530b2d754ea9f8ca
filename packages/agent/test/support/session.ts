/** A session in a world of its own, removed after the test. */
import { onTestFinished } from 'vitest';
import { type World, makeWorld, removeWorld } from './folder-sandbox.js';
import { type Play, provider } from './model.js';
import { type Setting, setting } from './process.js';

export async function given(
  play: Play,
  files: Readonly<Record<string, string>> = {},
  commands?: World['commands'],
): Promise<Setting> {
  const world = await makeWorld(files, commands);
  onTestFinished(() => removeWorld(world));
  return setting(world, provider(play));
}

import { describe, expect, it } from 'vitest';
import { mergeSettings, parseSettings, prepareOf } from '../src/index.js';

const settingsOf = (toml: string) => mergeSettings([parseSettings(toml, 'x.toml')]);
describe('the preparation of a run (§12 run.prepare)', () => {
  it('has steps of shell text or a program, and five minutes for each', () => {
    const toml =
      '[[run.prepare.steps]]\nscript = "npm ci"\n[[run.prepare.steps]]\ncommand = ["make"]\nenv = { CI = "1" }';
    expect(prepareOf(settingsOf(toml))).toEqual({
      steps: [
        { script: 'npm ci', env: {} },
        { command: ['make'], env: { CI: '1' } },
      ],
      timeoutMs: 300_000,
    });
    expect(prepareOf(settingsOf(''))).toEqual({ steps: [], timeoutMs: 300_000 });
  });
});

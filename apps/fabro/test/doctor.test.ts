/** `fabro doctor`. */
import { describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import { fakeIo as io } from './support/fake-io.js';

// §13 doctor
describe('doctor', () => {
  const models = async (env: Record<string, string>) => {
    const fake = io({ env });
    await runCli(['doctor'], fake);
    return fake.out().match(/^. models.*\n(?: .*\n)?/m)?.[0];
  };

  it('names what would configure a model provider, and no provider without a client', async () => {
    expect(await models({ GEMINI_API_KEY: 'g' })).toBe(
      [
        '! models      No model provider is configured; agents can only play scripts.',
        "              Set in the server's environment one of ANTHROPIC_API_KEY, OPENAI_API_KEY, KIMI_API_KEY, ZAI_API_KEY, MINIMAX_API_KEY, INCEPTION_API_KEY; or OPENAI_COMPATIBLE_BASE_URL and OPENAI_COMPATIBLE_MODEL for a server that speaks chat completions (OPENAI_COMPATIBLE_API_KEY if it asks for a key).",
        '',
      ].join('\n'),
    );
  });

  it('takes the address of a compatible server as enough, without a key', async () => {
    const env = { OPENAI_COMPATIBLE_BASE_URL: 'http://localhost:1/v1', ANTHROPIC_API_KEY: 'a' };
    expect(await models(env)).toContain('✓ models      Configured: anthropic, openai_compatible\n');
  });
});
